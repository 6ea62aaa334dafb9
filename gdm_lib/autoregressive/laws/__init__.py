"""The distribution of one value given those before it."""
