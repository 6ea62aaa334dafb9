"""Planar flows: a full Jacobian whose determinant costs one inner product."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gdm_lib._shapes import check_int
from gdm_lib.flows.common.transform import Transform

LEAST_SLOPE = 1e-3
"""How far w^T u_hat stays above -1, below which the map would fold."""


class Planar(Transform):
    """z = x + u_hat tanh(w^T x + b): space is pushed along u_hat, in layers parallel to a plane.

    By the matrix determinant lemma log|det dz/dx| = log(1 + c (1 - tanh^2(w^T x + b))), c = w^T u_hat: O(m).
    For c < -1 the map folds; at c = -1 it is still one-to-one, but its slope is 0 where w^T x = -b. It is a
    diffeomorphism if and only if c > -1, so u is replaced by

        u_hat = u + (c - w^T u) w / |w|^2,    c = softplus(w^T u) - 1 + 0.001

    (over |w| squared). `g` has no formula: with s = w^T x it finds the one root of
    s + c tanh(s + b) = w^T z, one number a point, to the precision of the dtype; gradients through it are
    exact up to the third order. w must not be 0: then there is no plane, and the output is NaN. In float32 u_hat
    overflows where |w| is below about 1e-39.

    Parameters
    ----------
    m
        The dimension.

    References
    ----------
    Rezende & Mohamed (2015), Variational Inference with Normalizing Flows.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import Planar
    >>> flow = Planar(2)
    >>> x = torch.randn(3, 2)
    >>> torch.allclose(flow.g(flow.f(x)[0])[0], x, atol=1e-4)
    True
    """

    def __init__(self, m: int) -> None:
        super().__init__()
        self.m = check_int("m", m)
        self.w = nn.Parameter(torch.randn(m))
        self.u = nn.Parameter(torch.randn(m))
        self.b = nn.Parameter(torch.zeros(()))

    def constrained(self) -> tuple[Tensor, Tensor]:
        """u_hat (m,) and c = w^T u_hat, which is above -1 also after rounding."""
        inner = self.w @ self.u
        c = F.softplus(inner) - 1 + LEAST_SLOPE
        # |w|^2 is 0 in float32 below |w| = 1e-23: scaled by a power of two, w loses no digit
        size = torch.exp2(self.w.detach().abs().max().log2().floor())
        w = self.w / size
        return self.u + (c - inner) * w / w.square().sum() / size, c

    def f(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.check("x", x)
        u_hat, c = self.constrained()
        t = torch.tanh(x @ self.w + self.b)                                 # (*,)
        return x + t[..., None] * u_hat, torch.log1p(c * (1 - t.square()))

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check("z", z)
        u_hat, c = self.constrained()
        t = torch.tanh(_root(c, self.b, z @ self.w) + self.b)               # (*,)
        return z - t[..., None] * u_hat, -torch.log1p(c * (1 - t.square()))


def _root(c: Tensor, b: Tensor, target: Tensor) -> Tensor:
    """The s with s + c tanh(s + b) = target: bisection, then two steps of Newton that carry the gradient.

    tanh lies in (-1, 1), so s lies within |c| of the target. A step of Newton from a constant close to
    the root has the root's first derivative; a second step has its derivatives up to the third.
    """
    with torch.no_grad():
        low, high = target - c.abs(), target + c.abs()
        for _ in range(80 if target.dtype == torch.float64 else 40):
            middle = (low + high) / 2
            above = middle + c * torch.tanh(middle + b) > target
            low, high = torch.where(above, low, middle), torch.where(above, middle, high)
    s = (low + high) / 2
    for _ in range(2):
        t = torch.tanh(s + b)
        s = s - (s + c * t - target) / (1 + c * (1 - t.square()))
    return s
