"""Linear flows z = W x + b: diagonal and triangular, where the determinant is a product of m numbers."""

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.flows.common.transform import Transform


class Linear(Transform):
    """z = W x + b with a W that its subclass can apply and undo, and whose determinant it knows in O(m).

    A dense W would cost O(m^3) for its determinant and for its inverse. Each subclass is a way to write W
    that avoids both; it gives `multiply`, `solve` and `log_abs_det`. The bias b starts at 0.

    Parameters
    ----------
    m
        The dimension.
    """

    def __init__(self, m: int) -> None:
        super().__init__()
        self.m = check_int("m", m)
        self.bias = nn.Parameter(torch.zeros(self.m))

    def multiply(self, x: Tensor) -> Tensor:
        """W x for every row x of a batch (*, m)."""
        raise NotImplementedError

    def solve(self, z: Tensor) -> Tensor:
        """W^{-1} z for every row z of a batch (*, m)."""
        raise NotImplementedError

    def log_abs_det(self) -> Tensor:
        """log|det W|, a scalar in nats."""
        raise NotImplementedError

    def f(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.check("x", x)
        return self.multiply(x) + self.bias, self.log_abs_det() + x.new_zeros(x.shape[:-1])

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check("z", z)
        return self.solve(z - self.bias), z.new_zeros(z.shape[:-1]) - self.log_abs_det()

    def weight(self) -> Tensor:
        """W itself, (m, m), for looking at: its columns are W e_1, ..., W e_m."""
        return self.multiply(torch.eye(len(self.bias), dtype=self.bias.dtype, device=self.bias.device)).mT


class Diagonal(Linear):
    """W = diag(exp(s)): every coordinate is stretched and shifted by itself.

    log|det W| = sum_j s_j. Cost: O(m) a point in both directions. The scale exp(s_j) is positive, never 0.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import Diagonal
    >>> stretch = Diagonal(2)
    >>> stretch.log_diagonal.data = torch.tensor([0.0, 1.0])
    >>> stretch.f(torch.ones(2))[1].item()
    1.0
    """

    def __init__(self, m: int) -> None:
        super().__init__(m)
        self.log_diagonal = nn.Parameter(torch.zeros(m))

    def multiply(self, x: Tensor) -> Tensor:
        return x * self.log_diagonal.exp()

    def solve(self, z: Tensor) -> Tensor:
        return z * torch.exp(-self.log_diagonal)

    def log_abs_det(self) -> Tensor:
        return self.log_diagonal.sum()


class Triangular(Linear):
    """W lower or upper triangular with the diagonal exp(s): no entry of it can be 0, so W is invertible.

    log|det W| = sum_j s_j: O(m). Both directions cost O(m^2) a point; g is one triangular solve for
    the whole batch. The solve loses about log10 cond(W) digits, like any other: for a
    badly conditioned W, `check.jacobian` shows how many are left. W starts as the identity.

    Parameters
    ----------
    m
        The dimension.
    lower
        True: z_j depends on x_1, ..., x_j. False: on x_j, ..., x_m.
    """

    def __init__(self, m: int, lower: bool = True) -> None:
        super().__init__(m)
        self.lower = lower
        self.log_diagonal = nn.Parameter(torch.zeros(m))
        self.entries = nn.Parameter(torch.zeros(m, m))

    def matrix(self) -> Tensor:
        """W from its parameters: the strict triangle of `entries`, and exp(s) on the diagonal."""
        strict = self.entries.tril(-1) if self.lower else self.entries.triu(1)
        return strict + torch.diag(self.log_diagonal.exp())

    def multiply(self, x: Tensor) -> Tensor:
        return x @ self.matrix().mT

    def solve(self, z: Tensor) -> Tensor:
        return solve_rows(self.matrix(), z, upper=not self.lower)

    def log_abs_det(self) -> Tensor:
        return self.log_diagonal.sum()


def solve_rows(triangle: Tensor, z: Tensor, upper: bool, unit: bool = False) -> Tensor:
    """T^{-1} z for every row z of a batch (*, m), by one triangular solve: the rows X of X T^T = Z.

    Only the triangle itself is read, with `unit` not even its diagonal. Broadcasting a solve over the batch
    would copy T for every row and is dozens of times slower.
    """
    rows = z.reshape(-1, z.shape[-1])                                       # (B, m)
    x = torch.linalg.solve_triangular(triangle.mT, rows, upper=not upper, left=False, unitriangular=unit)
    return x.reshape(z.shape)
