"""Training: one loop for every model, and its checkpoints."""

from gdm_lib.train.checkpoint import History
from gdm_lib.train.loop import fit

__all__ = ["History", "fit"]
