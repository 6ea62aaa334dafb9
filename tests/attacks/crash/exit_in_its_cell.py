"""Ends Python when it is defined."""

import os

os._exit(0)
