"""Images for the models. None needs a network connection; the files of MNIST are to be downloaded separately."""

from gdm_lib.data.digits import digits
from gdm_lib.data.mnist import mnist
from gdm_lib.data.photographs import patches
from gdm_lib.data.shapes import shapes
from gdm_lib.data.split import Split

__all__ = ["Split", "digits", "mnist", "patches", "shapes"]
