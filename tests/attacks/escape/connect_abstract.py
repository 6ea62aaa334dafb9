"""Connects to a socket without a file: only a network namespace or Landlock 6 shuts these off."""

import socket

from attack import escaped, target, tries


def connect():
    with socket.socket(socket.AF_UNIX) as end:
        end.connect(target.abstract)
        escaped("connected")


tries(connect)
