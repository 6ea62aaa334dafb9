"""Asks its kernel to end, as the cell `exit()` does."""

import attack  # noqa: F401
from IPython import get_ipython

EXPECTED = {"died", "ok"}
get_ipython().ask_exit()
