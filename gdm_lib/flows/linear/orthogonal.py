"""Rotations and reflections as products of Householder reflections, and a full matrix as Q R."""

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.flows.linear.linear import Linear, solve_rows


class Orthogonal(Linear):
    """W = Q = H_1 ... H_k, each H_i = I - 2 v_i v_i^T / |v_i|^2 the reflection across v_i's hyperplane.

    Q^{-1} = Q^T and log|det Q| = 0, exactly. The v_i are the columns of a unit lower trapezoid (v_i is 0
    above entry i, which is 1), so no v_i can vanish. With k = m they reach every orthogonal matrix
    of determinant (-1)^m, but for a null set. Cost: O(m^2 k) a call to form Q, O(m^2) a point.

    Parameters
    ----------
    m
        The dimension.
    reflections
        k, from 1 to m; m if not given.

    References
    ----------
    Tomczak & Welling (2016), Improving Variational Auto-Encoders using Householder Flow.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import Orthogonal
    >>> q = Orthogonal(4).weight()
    >>> torch.allclose(q @ q.mT, torch.eye(4), atol=1e-6)
    True
    """

    def __init__(self, m: int, reflections: int | None = None) -> None:
        super().__init__(m)
        k = m if reflections is None else check_int("reflections", reflections)
        if k > m:
            raise ValueError(f"reflections must be at most m = {m}: more reach nothing new, got {k}")
        self.vectors = nn.Parameter(torch.randn(m, k))

    def matrix(self) -> Tensor:
        """Q, (m, m)."""
        return householder(self.vectors)

    def multiply(self, x: Tensor) -> Tensor:
        return x @ self.matrix().mT

    def solve(self, z: Tensor) -> Tensor:
        return z @ self.matrix()

    def log_abs_det(self) -> Tensor:
        return self.bias.new_zeros(())


class QR(Linear):
    """W = Q R: an orthogonal matrix times an upper triangle with the diagonal exp(s).

    log|det W| = sum_j s_j: O(m). Forming Q costs O(m^3) a call; both directions O(m^2) a point, g being
    a product with Q^T and a triangular solve. Unlike a PLU it has no permutation to fix beforehand.
    W starts as a random orthogonal matrix. Its determinant keeps the sign (-1)^m: Q is a product of m reflections.

    Parameters
    ----------
    m
        The dimension.

    References
    ----------
    Hoogeboom, van den Berg & Welling (2019), Emerging Convolutions for Generative Normalizing Flows.
    """

    def __init__(self, m: int) -> None:
        super().__init__(m)
        self.vectors = nn.Parameter(torch.randn(m, m))
        self.entries = nn.Parameter(torch.zeros(m, m))
        self.log_diagonal = nn.Parameter(torch.zeros(m))

    def triangle(self) -> Tensor:
        """R, (m, m)."""
        return self.entries.triu(1) + torch.diag(self.log_diagonal.exp())

    def multiply(self, x: Tensor) -> Tensor:
        return x @ self.triangle().mT @ householder(self.vectors).mT

    def solve(self, z: Tensor) -> Tensor:
        return solve_rows(self.triangle(), z @ householder(self.vectors), upper=True)

    def log_abs_det(self) -> Tensor:
        return self.log_diagonal.sum()


def householder(vectors: Tensor) -> Tensor:
    """Q = H_1 ... H_k from the columns of (m, k), of which only what lies below the diagonal counts."""
    m, k = vectors.shape
    v = vectors.tril(-1) + torch.eye(m, k, dtype=vectors.dtype, device=vectors.device)
    square = torch.cat((v, v.new_zeros(m, m - k)), 1)                       # (m, m)
    return torch.linalg.householder_product(square, 2 / v.square().sum(0))
