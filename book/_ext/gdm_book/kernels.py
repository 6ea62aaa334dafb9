"""A page's kernel, forked from a process that has imported what every page imports: some seconds of each page.

A kernel that Jupyter starts imports torch and Matplotlib anew, for a book of thirty pages a third of its build.
"""

from __future__ import annotations

import json
import os
import resource
import select
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "forked"
FORKS = Path(__file__).with_name("forks_kernels.py")


def fork_kernels() -> None:
    """Let the kernels that this process starts be forked, where Linux can; no kernel specification is changed."""
    if not hasattr(os, "pidfd_open"):
        return  # they are started, then, as ever
    ForkedKernel.warm = subprocess.Popen([sys.executable, FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:ForkedKernel", factory.GROUP_NAME)
    factory.default_provisioner_name = NAME


class ForkedKernel(LocalProvisioner):
    """Jupyter's own way of running a kernel on this machine, with a process that is forked in place of started."""

    warm: subprocess.Popen[str]
    cpu_seconds = 0.0  # of all kernels that this process has seen to their end

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> dict[str, Any]:
        request = {"arguments": cmd[3:], "folder": str(kwargs["cwd"]), "variables": kwargs["env"]}
        self.process = Forked(self.warm, request)
        self.pid = self.pgid = self.process.pid
        return self.connection_info

    async def wait(self) -> int | None:
        ended = self.process
        status = await super().wait()
        if ended is not None:
            ForkedKernel.cpu_seconds += ended.cpu_seconds
        return status


class Forked:
    """A forked kernel, with the part of subprocess.Popen that Jupyter uses; one at a time of each warm process."""

    stdin = stdout = stderr = None

    def __init__(self, warm: subprocess.Popen[str], request: dict[str, Any]) -> None:
        self.warm = warm
        self.returncode: int | None = None
        self.cpu_seconds = 0.0
        print(json.dumps(request), file=warm.stdin, flush=True)
        self.pid = self._answer()["pid"]

    def _answer(self) -> Any:
        line = self.warm.stdout.readline()
        if not line:
            raise RuntimeError(f"{FORKS.name} ended; what it said stands above.")
        return json.loads(line)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self.warm.stdout], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            ended = self._answer()
            self.returncode, self.cpu_seconds = ended["status"], ended["cpu_seconds"]
        return self.returncode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


def spent() -> float:
    """CPU seconds of all kernels, forked or started, that this process has seen to their end, one a page."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ForkedKernel.cpu_seconds + started.ru_utime + started.ru_stime
