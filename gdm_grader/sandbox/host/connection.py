"""The sockets of one kernel: opened by the grader in a private folder, listening before the kernel exists."""

import secrets
import shutil
import socket
import tempfile

from gdm_grader.sandbox.ipc import CHANNELS


class Connection:
    """The kernel gets the descriptors, so nothing of the folder is in its sight."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="gdm-")  # short: the path of a socket has at most 107 bytes
        self.key = secrets.token_hex(32)
        self.ip = f"{self.folder}/s"
        self.ports = {channel: number for number, channel in enumerate(CHANNELS, start=1)}

    def listen(self) -> list[socket.socket]:
        """Listening sockets in the order of `CHANNELS`; close them when the kernel has them."""
        sockets = []
        for number in self.ports.values():
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(f"{self.ip}-{number}")
            listening.listen(8)
            sockets.append(listening)
        return sockets

    def address(self, channel: str) -> str:
        return f"ipc://{self.ip}-{self.ports[channel]}"

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
