"""The law of one value given those before it."""
