"""Forward KL in the space of data is reverse KL in the space of noise: term by term."""

from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gdm_lib._shapes import check_context, check_floating, check_instance, check_method
from gdm_lib.check.jacobian import shown
from gdm_lib.divergences import Estimate, HasLogProb
from gdm_lib.flows.common.normalizing_flow import NormalizingFlow
from gdm_lib.flows.common.transform import given

MAX_DIFFERENCE_NATS = 1e-6
"""The difference of one sample up to which a report is ok; all of it is computed in float64."""


@dataclass(frozen=True)
class DualityReport:
    """Both integrands at the same samples, (n,), in nats."""

    in_data: Tensor = field(repr=False)
    """log pi(x) - log p(x | theta) at x ~ pi."""
    in_noise: Tensor = field(repr=False)
    """log p(z | theta) - log p(z) at z = f(x), which is then a draw of p(z | theta)."""

    @property
    def forward_kl(self) -> Estimate:
        """KL(pi(x) || p(x | theta))."""
        return Estimate.of(self.in_data)

    @property
    def reverse_kl(self) -> Estimate:
        """KL(p(z | theta) || p(z))."""
        return Estimate.of(self.in_noise)

    @property
    def difference(self) -> float:
        """The largest over the samples, not of the means: the duality holds for each sample."""
        return (self.in_data - self.in_noise).abs().max().item()

    @property
    def ok(self) -> bool:
        """The two agree at every sample to 1e-6."""
        return self.difference <= MAX_DIFFERENCE_NATS

    def __str__(self) -> str:
        return "\n".join([
            f"KL duality at {len(self.in_data)} samples x ~ pi, z = f(x)",
            f"  KL(pi(x) || p(x|theta))  {self.forward_kl}",
            f"  KL(p(z|theta) || p(z))   {self.reverse_kl}",
            f"  largest difference of one sample  {shown(self.difference)}",
        ])


@torch.no_grad()
def kl_duality(
    flow: NormalizingFlow, target: HasLogProb, x: Tensor, context: Tensor | None = None
) -> DualityReport:
    """Compare log pi(x) - log p(x | theta) with log p(z | theta) - log p(z) at every sample.

    p(z | theta) is the distribution of z = f(x) for x ~ pi: log p(z | theta) = log pi(g(z)) + log|det J_g(z)|. The
    left side uses f and its log-det, the right side g and its own, so the report also tells whether the
    two directions belong together. All in float64, on a copy of the flow.

    Parameters
    ----------
    flow
        The model.
    target
        Has `log_prob`; the same constant, if it is unnormalized, is missing on both sides.
    x
        At least two samples of the target, (n, m).
    context
        (c,) for all samples or (n, c), one for each, where the flow takes one.

    Returns
    -------
    DualityReport
        `print` it.

    Raises
    ------
    ValueError
        If there are fewer than two samples.

    Examples
    --------
    >>> from gdm_lib.check import kl_duality
    >>> from gdm_lib.densities import moons
    >>> from gdm_lib.flows import PLU, NormalizingFlow, StandardNormal
    >>> flow = NormalizingFlow(StandardNormal(2), PLU(2))
    >>> kl_duality(flow, moons(), moons().sample(100)).ok
    True
    """
    check_instance("flow", flow, NormalizingFlow, "NormalizingFlow(StandardNormal(2), PLU(2))")
    check_method("target", target, "log_prob", "moons()")
    check_floating("x", x)
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(f"x must have shape (n, m) with n >= 2, got {tuple(x.shape)}")
    exact, x = deepcopy(flow).double(), x.double()
    context = check_context(context, x.shape[:1], flow.context_size, x)
    extra = given(exact.transform, context)
    z, _ = exact.transform.f(x, *extra)
    back, log_det_g = exact.transform.g(z, *extra)
    log_p_of_z = target.log_prob(back) + log_det_g
    return DualityReport(target.log_prob(x) - exact.log_prob(x, context), log_p_of_z - exact.base.log_prob(z))
