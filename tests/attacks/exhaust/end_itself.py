"""Ends its process without a word."""

import os

import attack  # noqa: F401

EXPECTED = {"died"}
os._exit(0)
