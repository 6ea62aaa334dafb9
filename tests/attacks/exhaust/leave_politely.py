"""Asks its kernel to end, as the cell `exit()` does."""

from IPython import get_ipython

import attack  # noqa: F401

EXPECTED = {"died", "ok"}
get_ipython().ask_exit()
