"""Replaces every cell that comes by one that does nothing."""

get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\n"])
