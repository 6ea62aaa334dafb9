"""Connects to a socket in the file system, as those of docker, databases and desktop sessions are."""

import socket

from attack import escaped, target, tries


def connect(kind):
    with socket.socket(socket.AF_UNIX, kind) as end:
        end.connect(target.unix)
        escaped("connected")


tries(lambda: connect(socket.SOCK_STREAM), lambda: connect(socket.SOCK_DGRAM), lambda: connect(socket.SOCK_SEQPACKET))
