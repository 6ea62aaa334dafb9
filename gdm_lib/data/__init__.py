"""Data for the models. Nothing needs a network; the whole of MNIST and the binary sets are downloaded separately."""

from gdm_lib.data.binary import BinarySplit, binary
from gdm_lib.data.digits import digits
from gdm_lib.data.larger_digits import larger_digits
from gdm_lib.data.mnist import mnist
from gdm_lib.data.photographs import patches
from gdm_lib.data.shapes import shapes
from gdm_lib.data.split import Split

__all__ = ["BinarySplit", "Split", "binary", "digits", "larger_digits", "mnist", "patches", "shapes"]
