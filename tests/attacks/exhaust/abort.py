"""Aborts, as a failed assertion in a library of C does."""

import os

import attack  # noqa: F401

EXPECTED = {"died"}
os.abort()
