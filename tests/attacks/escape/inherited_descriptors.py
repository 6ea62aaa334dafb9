"""Looks for descriptors that were left open: the fork server's socket would give it a kernel without limits."""

import os
import socket
import stat

from attack import escaped, tries

allowed = ("pipe:", "anon_inode:", "/dev/", "/null", "/proc/", os.getcwd())


def look(number):
    if stat.S_ISSOCK(os.fstat(number).st_mode):
        if socket.socket(fileno=os.dup(number)).type == socket.SOCK_SEQPACKET:
            escaped("a socket of the fork server")
    elif not os.readlink(f"/proc/self/fd/{number}").startswith(allowed):
        escaped(os.readlink(f"/proc/self/fd/{number}"))


for number in range(3, 512):
    tries(lambda number=number: look(number))
