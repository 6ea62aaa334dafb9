"""Normalizing flows: z = f(x) from data to noise, x = g(z) back, each with its log|det J|."""

from gdm_lib.flows.autoregressive import GaussianAutoregressive, maf
from gdm_lib.flows.compose import Compose, Inverse, Permute, Reverse
from gdm_lib.flows.coupling import AffineCoupling
from gdm_lib.flows.dequantization import Dequantized, Logit
from gdm_lib.flows.linear import Diagonal, Linear, Triangular
from gdm_lib.flows.noise import NoiseAugmented
from gdm_lib.flows.normalizing_flow import NormalizingFlow, StandardNormal
from gdm_lib.flows.orthogonal import QR, Orthogonal
from gdm_lib.flows.planar import Planar
from gdm_lib.flows.plu import PLU
from gdm_lib.flows.transform import Transform
from gdm_lib.flows.transformer import PatchAutoregressive, patch_order, transformer_flow

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
