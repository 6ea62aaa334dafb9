"""Shows one output of 400 MB."""

from IPython.display import display

import attack  # noqa: F401

EXPECTED = {"message", "memory", "error"}
display({"text/plain": "x" * (400 << 20)}, raw=True)
