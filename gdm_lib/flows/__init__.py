"""Normalizing flows: z = f(x) from data to noise, x = g(z) back, each with its log|det J|."""

from gdm_lib.flows.autoregressive.gaussian import GaussianAutoregressive, maf
from gdm_lib.flows.autoregressive.transformer import PatchAutoregressive, patch_order, transformer_flow
from gdm_lib.flows.common.compose import Compose, Inverse, Permute, Reverse
from gdm_lib.flows.common.dequantization import Dequantized, Logit
from gdm_lib.flows.common.noise import NoiseAugmented
from gdm_lib.flows.common.normalizing_flow import NormalizingFlow, StandardNormal
from gdm_lib.flows.common.transform import Transform
from gdm_lib.flows.linear.linear import Diagonal, Linear, Triangular
from gdm_lib.flows.linear.orthogonal import QR, Orthogonal
from gdm_lib.flows.linear.plu import PLU
from gdm_lib.flows.nonlinear.coupling import AffineCoupling
from gdm_lib.flows.nonlinear.planar import Planar

__all__ = [
    "PLU",
    "QR",
    "AffineCoupling",
    "Compose",
    "Dequantized",
    "Diagonal",
    "GaussianAutoregressive",
    "Inverse",
    "Linear",
    "Logit",
    "NoiseAugmented",
    "NormalizingFlow",
    "Orthogonal",
    "PatchAutoregressive",
    "Permute",
    "Planar",
    "Reverse",
    "StandardNormal",
    "Transform",
    "Triangular",
    "maf",
    "patch_order",
    "transformer_flow",
]
