"""Keeps memory in the buffers of sockets, where no process has it."""

import socket
import time

import attack

EXPECTED = {"ok", "memory", "died", "timeout"}  # without a free descriptor a kernel may not answer
PIECE = b"x" * (1 << 20)
held, pairs = 0, []
try:
    for _ in range(60):
        pair = socket.socketpair()
        pairs.append(pair)
        for end in pair:
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
            try:
                while True:
                    held += end.send(PIECE)
            except BlockingIOError:
                pass
except OSError as error:
    print(error)
if held > 100 << 20:  # 120 ends of the usual size hold 25 MB
    attack.escaped(held)
time.sleep(0.1)
