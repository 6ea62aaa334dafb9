"""Lets Linux signal another process: a descriptor's owner gets what F_SETSIG says when something can be read."""

import fcntl
import os
import socket
import struct

import attack

F_SETSIG, F_SETOWN_EX = 10, 15
one, other = socket.socketpair()
for victim in (attack.target.victim, os.getppid(), -os.getppid()):
    attack.tries(lambda victim=victim: fcntl.fcntl(one, fcntl.F_SETOWN, victim),
                 lambda victim=victim: fcntl.fcntl(one, F_SETOWN_EX, struct.pack("ii", 1, victim)),
                 lambda victim=victim: fcntl.ioctl(one, 0x8901, struct.pack("i", victim)),
                 lambda victim=victim: fcntl.ioctl(one, 0x8902, struct.pack("i", victim)))
    attack.tries(lambda: fcntl.fcntl(one, F_SETSIG, 9) == 0 and attack.escaped("F_SETSIG"),
                 lambda: fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK))
    other.send(b"x")
