"""A check of a transform: its log-dets are those of its Jacobian, and g is the inverse of f."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.func import jacrev, vmap

from gdm_lib._shapes import check_context, check_floating, check_instance
from gdm_lib.flows.common.transform import Transform, given

MAX_JACOBIAN_ERROR = 1e-6
"""The error up to which a report is ok; all of it is computed in float64."""


def shown(error: float) -> str:
    """An error as a report prints it. Below 1e-12 it is rounding, which differs between machines."""
    return "< 1e-12" if error < 1e-12 else f"{error:.1e}"


@dataclass(frozen=True)
class JacobianReport:
    """The results of f and g at n points beside their derivatives there. All in float64, log-dets in nats."""

    transform: str
    x: Tensor = field(repr=False)
    x_back: Tensor = field(repr=False)
    """g(f(x)), (n, m)."""
    jacobian_f: Tensor = field(repr=False)
    """dz/dx at x by automatic differentiation, (n, m, m)."""
    jacobian_g: Tensor = field(repr=False)
    """dx/dz at z = f(x), (n, m, m)."""
    log_det_f: Tensor = field(repr=False)
    """What f says of log|det dz/dx|, (n,)."""
    log_det_g: Tensor = field(repr=False)
    """What g says of log|det dx/dz|, (n,)."""

    @property
    def errors(self) -> dict[str, float]:
        """The largest error of each claim, over the points. NaN if any point gave NaN."""
        identity = torch.eye(self.x.shape[-1], dtype=self.x.dtype, device=self.x.device)
        claims = {
            "g(f(x)) = x": self.x_back - self.x,
            "f's log-det = log|det dz/dx|": self.log_det_f - torch.linalg.slogdet(self.jacobian_f)[1],
            "g's log-det = log|det dx/dz|": self.log_det_g - torch.linalg.slogdet(self.jacobian_g)[1],
            "the two log-dets cancel": self.log_det_f + self.log_det_g,
            "dx/dz dz/dx = I": self.jacobian_g @ self.jacobian_f - identity,
        }
        return {claim: error.abs().max().item() for claim, error in claims.items()}

    @property
    def ok(self) -> bool:
        """Every claim holds to 1e-6."""
        return all(error <= MAX_JACOBIAN_ERROR for error in self.errors.values())

    def __str__(self) -> str:
        n, m = self.x.shape
        rows = [f"  {claim:<30}{shown(error):>10}{'' if error <= MAX_JACOBIAN_ERROR else '  <- wrong'}"
                for claim, error in self.errors.items()]
        return "\n".join([f"Jacobian of {self.transform} at {n} points, m = {m}; largest errors:", *rows])


def jacobian(transform: Transform, x: Tensor, context: Tensor | None = None) -> JacobianReport:
    """Compare both log-dets of `transform` with the exact Jacobians, and g(f(x)) with x.

    The transform is copied to float64 and left as it is.

    Parameters
    ----------
    transform
        Anything with f and g.
    x
        The points, (n, m) with n >= 1.
    context
        (c,) for all points or (n, c), one for each, where the transform takes one.

    Returns
    -------
    JacobianReport
        `print` it; `errors` holds the figures.

    Raises
    ------
    ValueError
        If x has another shape or holds no point.

    Notes
    -----
    Cost a point: m backward passes through f and through g, and O(m^3) for the determinants.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.check import jacobian
    >>> from gdm_lib.flows import PLU
    >>> jacobian(PLU(3), torch.randn(10, 3)).ok
    True
    """
    check_instance("transform", transform, Transform, "PLU(2), or the .transform of a flow")
    check_floating("x", x)
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"x must have shape (n, m) with n >= 1, got {tuple(x.shape)}")
    exact, x = deepcopy(transform).double(), x.detach().double()
    extra = given(exact, check_context(context, x.shape[:1], exact.context_size, x))
    with torch.no_grad():
        z, log_det_f = exact.f(x, *extra)
        x_back, log_det_g = exact.g(z, *extra)
    return JacobianReport(
        type(transform).__name__, x, x_back,
        jacobians(lambda p, *c: exact.f(p, *c)[0], x, *extra),
        jacobians(lambda p, *c: exact.g(p, *c)[0], z, *extra),
        log_det_f, log_det_g,
    )


def jacobians(function: Callable[..., Tensor], x: Tensor, *extra: Tensor | None) -> Tensor:
    """The Jacobian of a function R^m -> R^m at every row of x, all at once: (n, m) -> (n, m, m).

    A loop over points and outputs would take n m backward passes of one row each; this takes one of n m.
    """
    return vmap(jacrev(function))(x, *extra).detach()
