"""Autoregressive models: p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta)."""

from gdm_lib.autoregressive.base import AutoregressiveModel
from gdm_lib.autoregressive.causal_conv import CausalConvNet
from gdm_lib.autoregressive.conditionals import Bernoulli, Categorical, Conditional
from gdm_lib.autoregressive.context import one_hot
from gdm_lib.autoregressive.images.gated import GatedPixelCNN
from gdm_lib.autoregressive.images.pixelcnn import PixelCNN
from gdm_lib.autoregressive.made import MADE
from gdm_lib.autoregressive.markov import MarkovMLP
from gdm_lib.autoregressive.mixtures import DiscretizedLogisticMixture, GaussianMixture

__all__ = [
    "MADE",
    "AutoregressiveModel",
    "Bernoulli",
    "Categorical",
    "CausalConvNet",
    "Conditional",
    "DiscretizedLogisticMixture",
    "GatedPixelCNN",
    "GaussianMixture",
    "MarkovMLP",
    "PixelCNN",
    "one_hot",
]
