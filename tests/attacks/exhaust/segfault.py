"""Reads where there is no memory."""

import ctypes

import attack  # noqa: F401

EXPECTED = {"died"}
ctypes.string_at(0)
