"""The sandbox as a kernel provisioner: nbclient and nbgrader start their kernels in it and notice nothing.

Entry point group `jupyter_client.kernel_provisioners`, name `gdm-sandbox`. A kernel specification names it in its
metadata, or `use` makes it the one for every kernel of this process.
"""

import asyncio
import atexit
import signal
from functools import cache
from importlib.metadata import EntryPoint
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerBase, KernelProvisionerFactory

from gdm_grader.sandbox.connection import Connection
from gdm_grader.sandbox.ladder import choose
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.process import KernelProcess
from gdm_grader.sandbox.rungs import Rung
from gdm_grader.sandbox.warm_process import WarmProcess, folder_files, remove

NAME = "gdm-sandbox"


@cache
def shared(rung: Rung | None = None) -> tuple[WarmProcess, Rung]:
    """One warm process for all kernels of this process; it ends with it."""
    rung = rung or choose()
    warm = WarmProcess()
    atexit.register(warm.close)
    return warm, rung


def use() -> None:
    """Start every kernel of this process in the sandbox, also where the package's entry points are not installed."""
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:SandboxProvisioner", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


class SandboxProvisioner(KernelProvisionerBase):
    """The kernel sees the files of its working folder but the notebooks, copied; nothing comes back but messages."""

    process: KernelProcess | None = None
    limits = Limits()
    _connection: Connection | None = None
    _home = ""

    @property
    def has_process(self) -> bool:
        return self.process is not None

    async def poll(self) -> int | None:
        return self.process.poll() if self.process else 0

    async def wait(self) -> int | None:
        while self.process is not None and self.process.poll() is None:
            await asyncio.sleep(0.01)
        status = self.process.poll() if self.process else 0
        if self.process is not None:
            self.process.close()
            self.process = None
        return status

    async def send_signal(self, signum: int) -> None:
        if self.process is not None and signum != 0:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        manager: Any = self.parent
        self._connection = Connection()
        manager.transport, manager.ip = "ipc", self._connection.ip
        for channel, port in self._connection.ports.items():
            setattr(manager, f"{channel}_port", port)
        self._connection.key = manager.session.key.decode()
        self.connection_info = manager.get_connection_info()
        kwargs.pop("extra_arguments", None)
        return await super().pre_launch(cmd=[], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        assert self._connection is not None
        warm, rung = shared()
        sockets = self._connection.listen()
        files = folder_files(kwargs["cwd"]) if kwargs.get("cwd") else {}
        try:
            self.process, self._home = await asyncio.to_thread(
                warm.launch, rung, self._connection.key, sockets, self.limits, files)
        finally:
            for socket in sockets:
                socket.close()
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.close()
            self.process = None
        if self._connection is not None:
            self._connection.close()
        remove(self._home)
