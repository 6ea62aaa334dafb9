"""Autoregressive models: p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta)."""

from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.common.context import one_hot
from gdm_lib.autoregressive.images.gated import GatedPixelCNN
from gdm_lib.autoregressive.images.pixelcnn import PixelCNN
from gdm_lib.autoregressive.laws.conditionals import Bernoulli, Categorical, Conditional
from gdm_lib.autoregressive.laws.mixtures import DiscretizedLogisticMixture, GaussianMixture
from gdm_lib.autoregressive.sequences.causal_conv import CausalConvNet
from gdm_lib.autoregressive.sequences.made import MADE
from gdm_lib.autoregressive.sequences.many_orders import ManyOrders, one_order_nll
from gdm_lib.autoregressive.sequences.markov import MarkovMLP

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
    "ManyOrders",
    "MarkovMLP",
    "PixelCNN",
    "one_hot",
    "one_order_nll",
]
