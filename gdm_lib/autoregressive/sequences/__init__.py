"""Autoregressive models of sequences and vectors."""
