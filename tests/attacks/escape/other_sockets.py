"""Opens sockets of families that have nothing to do in a notebook: packets, netlink, virtual machines, Bluetooth."""

import socket

from attack import escaped, tries

for family in (socket.AF_NETLINK, socket.AF_PACKET, socket.AF_INET6, socket.AF_VSOCK, socket.AF_ALG):
    tries(lambda family=family: socket.socket(family, socket.SOCK_RAW if family == socket.AF_NETLINK
                                              else socket.SOCK_DGRAM) and escaped(family))
