"""A full matrix whose determinant costs O(m): the PLU decomposition as a parametrization."""

import torch
from torch import Tensor, nn

from gdm_lib.flows.linear.linear import Linear, solve_rows


class PLU(Linear):
    """W = P L U: a fixed permutation, a lower triangle with 1 on the diagonal, an upper one with +-exp(s).

    log|det W| = sum_j s_j: O(m), where a dense W needs O(m^3). Both directions cost O(m^2) a point; g is two
    triangular solves or, for m points and more, the inverses of both triangles, O(m^3) once, and one product: that is
    faster and more exact. Every invertible W has such a decomposition; P and the signs of the diagonal do not
    change in training, so W stays on its side of det W = 0. W starts as a random rotation or reflection.

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
    >>> torch.allclose(flow.log_abs_det(), torch.linalg.slogdet(flow.weight())[1], atol=1e-6)
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
        if z.shape[:-1].numel() < len(self.order):                          # fewer points than columns to invert
            y = solve_rows(self.lower, z.index_select(-1, self.order.argsort()), upper=False, unit=True)
            return solve_rows(self.triangle(), y, upper=True)
        eye = torch.eye(len(self.order), dtype=z.dtype, device=z.device)
        below = torch.linalg.solve_triangular(self.lower, eye, upper=False, unitriangular=True)
        inverse = torch.linalg.solve_triangular(self.triangle(), below, upper=True)
        return z @ inverse.index_select(1, self.order).mT                   # W^-1 = U^-1 L^-1 P^T

    def log_abs_det(self) -> Tensor:
        return self.log_diagonal.sum()
