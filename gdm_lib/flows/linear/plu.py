"""A full matrix whose determinant costs O(m): the PLU decomposition as a parametrization."""

import torch
from torch import Tensor, nn

from gdm_lib.flows.linear.linear import Linear, solve_rows


class PLU(Linear):
    """W = P L U: a fixed permutation, a lower triangle with 1 on the diagonal, an upper one with +-exp(s).

    log|det W| = sum_j s_j: O(m), where a dense W needs O(m^3). Both directions cost O(m^2) a point; g is two
    triangular solves or, for m points and more, the inverses of both triangles, O(m^3) once, and one product: that is
    faster and about as exact. Every invertible W has such a decomposition; P and the signs of the diagonal do not
    change in training, so W stays on its side of det W = 0. W starts as a random orthogonal matrix.

    Parameters
    ----------
    m
        The dimension.

    References
    ----------
    Kingma & Dhariwal (2018), Glow: Generative Flow with Invertible 1x1 Convolutions.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import PLU
    >>> flow = PLU(3)
    >>> exact = torch.linalg.slogdet(flow.weight())[1]
    >>> torch.allclose(flow.log_abs_det(), exact, atol=1e-6)
    True
    """

    order: Tensor
    sign: Tensor

    def __init__(self, m: int) -> None:
        super().__init__(m)
        rotation = torch.linalg.qr(torch.randn(m, m))[0]
        permutation, lower, upper = torch.linalg.lu(rotation)
        diagonal = upper.diagonal()
        self.lower = nn.Parameter(lower.tril(-1))
        self.upper = nn.Parameter(upper.triu(1))
        self.log_diagonal = nn.Parameter(diagonal.abs().log())
        self.register_buffer("sign", diagonal.sign())
        self.register_buffer("order", permutation.argmax(1))                # (P y)_i = y[order[i]]

    def triangle(self) -> Tensor:
        """U from its parameters, (m, m)."""
        return self.upper.triu(1) + torch.diag(self.sign * self.log_diagonal.exp())

    def multiply(self, x: Tensor) -> Tensor:
        y = x @ self.triangle().mT
        return (y + y @ self.lower.tril(-1).mT).index_select(-1, self.order)

    def solve(self, z: Tensor) -> Tensor:
        y = solve_rows(self.lower, z.index_select(-1, self.order.argsort()), upper=False, unit=True)
        return solve_rows(self.triangle(), y, upper=True)

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check("z", z)
        if z.shape[:-1].numel() < len(self.order) and not self.is_frozen:   # fewer points than columns to invert
            return super().g(z)
        inverse = self.once("inverse", self._inverse)
        x = torch.addmm(-(inverse @ self.bias), z.reshape(-1, z.shape[-1]), inverse.mT)     # W^-1 (z - b)
        return x.reshape(z.shape), z.new_zeros(z.shape[:-1]) - self.log_abs_det()

    def _inverse(self) -> Tensor:
        """W^-1 = U^-1 L^-1 P^T, with U as its diagonal times a triangle that has 1 on its own."""
        scale = (self.sign * torch.exp(-self.log_diagonal)).unsqueeze(1)    # (m, 1)
        places = torch.zeros_like(self.lower).scatter_(0, self.order.unsqueeze(0), 1)       # P^T
        below = torch.linalg.solve_triangular(self.lower, places, upper=False, unitriangular=True)
        return torch.linalg.solve_triangular(self.upper * scale, below * scale, upper=True, unitriangular=True)

    def log_abs_det(self) -> Tensor:
        return self.log_diagonal.sum()
