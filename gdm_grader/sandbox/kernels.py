"""Sandboxed kernels for the grader.

    with Kernels(Limits()) as kernels, kernels.start({"data.csv": b"..."}) as kernel:
        outcome = kernel.execute("print(1 + 1)", timeout=10)
        if outcome.lost:
            kernel.restart()
"""

import socket
import time
from collections.abc import Callable, Mapping

from gdm_grader.sandbox.client import Client
from gdm_grader.sandbox.connection import Connection
from gdm_grader.sandbox.conversation import Conversation
from gdm_grader.sandbox.ladder import choose
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.outcome import Outcome
from gdm_grader.sandbox.process import KernelProcess, SandboxError
from gdm_grader.sandbox.rungs import Rung
from gdm_grader.sandbox.warm_process import WarmProcess, remove


class Kernels:
    """One warm process and the kernels that it forks. Costs about 4 s to enter, then 0.1 s a kernel.

    `rung` is the one that this machine allows unless it is given; SandboxError where there is none and
    `no_sandbox` was not said. `rung` afterwards is what a report prints.
    """

    def __init__(self, limits: Limits | None = None, rung: Rung | None = None, no_sandbox: bool = False) -> None:
        self.limits = limits or Limits()
        self.rung = rung or choose(no_sandbox)
        self.warm = WarmProcess.lent()

    def __enter__(self) -> "Kernels":
        self.warm.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.warm.close()

    def start(self, files: Mapping[str, bytes] | None = None) -> "Kernel":
        """A kernel whose working folder holds `files`, by relative name, and nothing else."""
        return Kernel(self.warm, self.rung, self.limits, files or {})


class Kernel:
    """Close it, or use it as a context manager: nothing of it is left then."""

    def __init__(self, warm: WarmProcess, rung: Rung, limits: Limits, files: Mapping[str, bytes]) -> None:
        self.rung, self.limits, self.files = rung, limits, files
        self._warm = warm
        self._until = time.monotonic() + limits.notebook
        self._generation: int | None = None
        self.deaths = 0
        self._open()

    def _open(self) -> None:
        self._connection = Connection()
        self._client: Client | None = None
        self._process: KernelProcess | None = None
        self._home = ""
        self._line, inner = socket.socketpair()
        sockets = [*self._connection.listen(), inner]
        try:
            self._process, self._home = self._warm.launch(self.rung, self._connection.key, sockets, self.limits,
                                                          self.files)
            self._client = Client(self._connection, self._process, self.limits)
            self._client.wait_ready()
            if self._generation is None:
                self._generation = self._warm.starts
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
        """Whether the warm process ended and took this kernel, or one before it, along: no fault of the student's."""
        return self._warm.starts != self._generation or not self._warm.alive

    @property
    def pid(self) -> int:
        """The process that holds all others of this kernel, as this machine numbers it."""
        return self._process.pid if self._process else 0

    @property
    def seconds_left(self) -> float:
        """What is left of the notebook's time; restarts do not add to it."""
        return max(0.0, self._until - time.monotonic())

    def execute(self, source: str, timeout: float | None = None, output: int | None = None,
                history: bool = True) -> Outcome:
        """Run one cell. Whatever it does, this returns within about timeout + grace seconds."""
        seconds = min(timeout or self.limits.cell, self.seconds_left)
        if seconds <= 0:
            return Outcome("timeout", says=f"not run: the notebook had used its {self.limits.notebook:g} s.")
        if self._client is None or not self.alive:
            return Outcome("died", says="not run: the Python process had ended before.", lost=True)
        outcome = self._client.execute(source, seconds, output or self.limits.output, history)
        self.deaths += outcome.lost
        return outcome

    def converse(self, source: str, size_of: Callable[[bytes], int]) -> Conversation:
        """Start a cell that answers questions; SandboxError if there is no kernel to ask."""
        if self._client is None or not self.alive:
            raise SandboxError("the Python process of this notebook had ended before.")
        return Conversation(self._client, self._line, source, size_of)

    def interrupt(self) -> None:
        if self._process is not None:
            self._process.send_signal(2)

    def restart(self) -> None:
        """A fresh kernel in a fresh folder; the notebook's time goes on."""
        self.close()
        self._open()

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
        if self._client is not None:
            self._client.close()
        self._process = self._client = None
        self._line.close()
        self._connection.close()
        remove(self._home)


__all__ = ["Kernel", "Kernels", "SandboxError"]
