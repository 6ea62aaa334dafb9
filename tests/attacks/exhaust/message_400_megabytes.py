"""Shows one output of 400 MB."""

import attack  # noqa: F401
from IPython.display import display

EXPECTED = {"message", "memory", "error"}
display({"text/plain": "x" * (400 << 20)}, raw=True)
