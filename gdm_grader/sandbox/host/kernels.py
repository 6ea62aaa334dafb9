"""Sandboxed kernels for the grader.

    with Kernels(Limits()) as kernels, kernels.start({"data.csv": b"..."}) as kernel:
        outcome = kernel.execute("print(1 + 1)", timeout=10)
        if outcome.lost:
            kernel.restart()
"""

import socket
import time
from collections.abc import Callable, Mapping

from gdm_grader.sandbox.host.client import Client
from gdm_grader.sandbox.host.connection import Connection
from gdm_grader.sandbox.host.exchange import Exchange
from gdm_grader.sandbox.host.forkserver import ForkServer, remove_home
from gdm_grader.sandbox.host.outcome import Outcome
from gdm_grader.sandbox.host.probe import choose_isolation
from gdm_grader.sandbox.host.process import KernelProcess, SandboxError
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.profile import Profile


class Kernels:
    """One fork server and the kernels that it forks. Costs about 4 s to enter, then 0.1 s a kernel.

    `isolation` is the one that this machine allows unless it is given; SandboxError where there is none and
    `no_sandbox` was not said. `isolation` afterwards is what a report prints.
    """

    def __init__(self, limits: Limits | None = None, isolation: Isolation | None = None, no_sandbox: bool = False,
                 profile: Profile | None = None) -> None:
        self.limits = limits or Limits()
        self.isolation = isolation or choose_isolation(no_sandbox)
        self.fork_server = ForkServer.lent(profile)

    def __enter__(self) -> "Kernels":
        self.fork_server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.fork_server.close()

    def start(self, files: Mapping[str, bytes] | None = None, withheld: Mapping[str, bytes] | None = None) -> "Kernel":
        """A kernel whose working folder holds `files`, by relative name, and nothing else.

        `withheld` are files of the profile's packages, by path, that have another content in the kernel's sight.
        """
        return Kernel(self.fork_server, self.isolation, self.limits, files or {}, withheld or {})


class Kernel:
    """Close it, or use it as a context manager: nothing of it is left then."""

    def __init__(self, fork_server: ForkServer, isolation: Isolation, limits: Limits, files: Mapping[str, bytes],
                 withheld: Mapping[str, bytes] | None = None) -> None:
        self.isolation, self.limits, self.files, self.withheld = isolation, limits, files, withheld or {}
        self._fork_server = fork_server
        self._until = time.monotonic() + limits.notebook
        self._generation: int | None = None
        self._open()

    def _open(self) -> None:
        self._connection = Connection()
        self._client: Client | None = None
        self._process: KernelProcess | None = None
        self._home: str | None = None
        self._line, inner = socket.socketpair()
        sockets = [*self._connection.listen(), inner]
        try:
            self._process, self._home = self._fork_server.launch(
                self.isolation, self._connection.key, sockets, self.limits, self.files, self.withheld)
            self._client = Client(self._connection, self._process, self.limits)
            self._client.wait_ready()
            if self._generation is None:
                self._generation = self._fork_server.starts
        except BaseException:
            self.close()
            raise
        finally:
            for end in sockets:
                end.close()

    def __enter__(self) -> "Kernel":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def orphaned(self) -> bool:
        """Return whether the fork server ended and took this kernel, or one before it, along, or this one was killed.

        That is no fault of the student's: `kill -9` from outside, or a machine without memory.
        """
        killed = self._process is not None and self._process.poll() is not None and self._process.killed
        return killed or self._fork_server.starts != self._generation or not self._fork_server.alive

    @property
    def pid(self) -> int:
        """The process that holds all others of this kernel, as this machine numbers it."""
        return self._process.pid if self._process else 0

    @property
    def seconds_left(self) -> float:
        """Return the seconds left of the notebook's time; restarts do not add to it."""
        return max(0.0, self._until - time.monotonic())

    def execute(self, source: str, timeout: float | None = None, output: int | None = None,
                history: bool = True) -> Outcome:
        """Run one cell. Whatever it does, this returns within about timeout + grace seconds."""
        seconds = min(timeout or self.limits.cell, self.seconds_left)
        if seconds <= 0:
            return Outcome("timeout", says=f"not run: the notebook had used its {self.limits.notebook:g} s.")
        if self._client is None or not self.alive:
            return Outcome("died", says="not run: the Python process had ended before.", lost=True)
        return self._client.execute(source, seconds, output or self.limits.output, history)

    def exchange(self, source: str, size_of: Callable[[bytes], int]) -> Exchange:
        """Start a cell that answers questions; SandboxError if there is no kernel to ask."""
        if self._client is None or not self.alive:
            raise SandboxError("the Python process of this notebook had ended before.")
        return Exchange(self._client, self._line, source, size_of)

    def restart(self) -> None:
        """A fresh kernel in a fresh folder; the notebook's time goes on."""
        self.close()
        self._open()

    def close(self) -> None:
        """End the kernel, close its connections and remove its folder."""
        if self._process is not None:
            self._process.close()
        if self._client is not None:
            self._client.close()
        self._process = self._client = None
        self._line.close()
        self._connection.close()
        remove_home(self._home)


__all__ = ["Kernel", "Kernels", "SandboxError"]
