"""Small JSON messages with file descriptors, between the grader and its fork server; both ends are ours."""

import json
import socket
from typing import Any

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")  # numbered from 1, as jupyter_client names ipc sockets
EXTRA = "extra"  # a connected socket for the profile's hook; no channel of Jupyter's
MAX_MESSAGE_BYTES = 64 << 10
MAX_DESCRIPTORS = 16  # with one message


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected ends that keep messages apart and say when the other end is gone."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(end: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    socket.send_fds(end, [json.dumps(message).encode()], descriptors)


def receive(end: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message and its descriptors; EOFError when the other end is gone, TimeoutError when it is silent."""
    data, descriptors, _, _ = socket.recv_fds(end, MAX_MESSAGE_BYTES, MAX_DESCRIPTORS)
    if not data:
        raise EOFError
    return json.loads(data), descriptors
