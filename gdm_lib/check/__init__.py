"""Checks of models and flows: each returns a report that prints as a small table."""

from gdm_lib.check.causality import CausalityReport, causality
from gdm_lib.check.jacobian import JacobianReport, jacobian
from gdm_lib.check.kl_duality import DualityReport, kl_duality
from gdm_lib.check.normalization import NormalizationReport, normalization

__all__ = [
    "CausalityReport",
    "DualityReport",
    "JacobianReport",
    "NormalizationReport",
    "causality",
    "jacobian",
    "kl_duality",
    "normalization",
]
