"""Autoregressive models: p(x | theta) = prod_j p(x_j | x_{1:j-1}, theta)."""

from gdm_lib.autoregressive.base import AutoregressiveModel
from gdm_lib.autoregressive.conditionals import Bernoulli, Categorical, Conditional
from gdm_lib.autoregressive.markov import MarkovMLP
from gdm_lib.autoregressive.pixelcnn import PixelCNN

__all__ = ["AutoregressiveModel", "Bernoulli", "Categorical", "Conditional", "MarkovMLP", "PixelCNN"]
