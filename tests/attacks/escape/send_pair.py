"""Uses one end of a datagram pair to send to another socket of the machine by its name."""

import socket

from attack import escaped, target, tries

tries(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"stolen", target.unix_datagram)
      and escaped("sent"))
