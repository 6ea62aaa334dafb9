"""The warm process: it imported everything and forks a kernel for each request on an inherited socket.

    python -m gdm_grader.sandbox.zygote DESCRIPTOR

It runs nobody's code itself and has one thread. It ends with the grader, and every kernel ends with it.
"""

import os
import select
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from gdm_grader.sandbox import syscalls, wire
from gdm_grader.sandbox.cgroup import Cgroup, confine
from gdm_grader.sandbox.connection import CHANNELS, REFEREE
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.lockdown import NAMESPACES, map_user
from gdm_grader.sandbox.rungs import Rung
from gdm_grader.sandbox.supervisor import supervise
from gdm_grader.sandbox.warm import ENVIRONMENT, reseed, warm
from gdm_grader.sandbox.watchdog import PAUSE, Watchdog

Serve = Callable[[str, list[int]], None]


@dataclass
class Kept:
    """A kernel, seen from outside."""

    pid: int
    handle: int  # pidfd of its supervisor
    line: socket.socket  # to the grader; when the grader lets go of it, the kernel ends
    rung: Rung
    limits: Limits
    proc: int | None = None  # the /proc of its namespace
    watchdog: Watchdog | None = None
    group: Cgroup | None = None
    why: str = ""

    def end(self, why: str = "") -> None:
        self.why = self.why or why
        how = signal.SIGKILL if self.rung is Rung.NAMESPACES else signal.SIGTERM
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, how)


class Zygote:
    """Forks on request and watches what it forked; `serve` runs in each shut-in process."""

    def __init__(self, control: socket.socket, serve: Serve) -> None:
        self.control = control
        self.serve = serve
        self.kernels: dict[int, Kept] = {}  # by pidfd
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, self.fork_on_request)

    def run(self) -> NoReturn:
        watched = time.monotonic()
        while True:
            for key, _ in self.selector.select(PAUSE if self.kernels else None):
                key.data()
            if time.monotonic() - watched >= PAUSE:
                self.watch()
                watched = time.monotonic()

    def fork_on_request(self) -> None:
        try:
            request, descriptors = wire.receive(self.control)
        except EOFError:
            os._exit(0)
        line = socket.socket(fileno=descriptors.pop(0))
        files, *sockets = descriptors
        rung, limits = Rung[request["rung"]], Limits(**request["limits"])
        gate, inner_gate = wire.pair()
        try:
            pid = syscalls.clone(NAMESPACES) if rung is Rung.NAMESPACES else os.fork()
        except OSError as error:
            wire.send(line, {"failed": str(error)})
            return
        if pid == 0:
            gate.close()
            self.become_supervisor(rung, limits, request, files, sockets, line, inner_gate)
        inner_gate.close()
        for descriptor in descriptors:
            os.close(descriptor)
        self.keep(pid, rung, limits, line, gate, request["home"])

    def keep(self, pid: int, rung: Rung, limits: Limits, line: socket.socket, gate: socket.socket,
             home: str) -> None:
        kept = Kept(pid, os.pidfd_open(pid), line, rung, limits)
        self.kernels[kept.handle] = kept
        self.selector.register(kept.handle, selectors.EVENT_READ, lambda: self.bury(kept))
        self.selector.register(line, selectors.EVENT_READ, lambda: self.hang_up(kept))
        with suppress(OSError):
            wire.send(line, {"pid": pid}, (kept.handle,))
        try:
            if rung is Rung.NAMESPACES:
                map_user(pid)
            kept.group = confine(pid, limits)
            wire.send(gate, {"go": True})
            if rung is Rung.NAMESPACES:
                gate.settimeout(10)
                _, (kept.proc,) = wire.receive(gate)
            kept.watchdog = Watchdog(pid, limits, kept.proc, home, kept.group)
        except (OSError, EOFError, ValueError) as error:
            with suppress(OSError):
                wire.send(line, {"failed": str(error)})
            kept.end("lockdown")
        gate.close()

    def become_supervisor(self, rung: Rung, limits: Limits, request: dict[str, Any], files: int, sockets: list[int],
                          line: socket.socket, gate: socket.socket) -> NoReturn:
        with suppress(BaseException):
            wire.receive(gate)
            _keep_only({files, *sockets, line.fileno(), gate.fileno()})
            os.environ.clear()
            scratch = "/tmp" if rung is Rung.NAMESPACES else request["home"]
            os.environ.update(ENVIRONMENT, HOME=request["home"], TMPDIR=scratch, IPYTHONDIR=f"{scratch}/.ipython",
                              MPLCONFIGDIR=f"{scratch}/.matplotlib")
            supervise(rung, limits, request["home"], files, line, gate, lambda: self.serve(request["key"], sockets))
        os._exit(1)

    def watch(self) -> None:
        for kept in self.kernels.values():
            try:
                why = kept.watchdog.look() if kept.watchdog else ""
            except OSError:
                why = "" if _ended(kept.handle) else "could not be watched"
            if why:
                kept.end(why)

    def hang_up(self, kept: Kept) -> None:
        """The grader never sends on a line: something to read is its end."""
        if kept.handle in self.kernels:  # else it was buried just now
            self.selector.unregister(kept.line)
            kept.end()

    def bury(self, kept: Kept) -> None:
        status = os.waitstatus_to_exitcode(os.waitpid(kept.pid, 0)[1])
        if kept.group is not None:
            with suppress(OSError):
                kept.why = kept.why or kept.group.exceeded()
            kept.group.remove()
        with suppress(OSError):
            wire.send(kept.line, {"ended": status, "why": kept.why})
        self.selector.unregister(kept.handle)
        with suppress(KeyError, ValueError):
            self.selector.unregister(kept.line)
        kept.line.close()
        os.close(kept.handle)
        if kept.proc is not None:
            os.close(kept.proc)
        del self.kernels[kept.handle]


def _ended(handle: int) -> bool:
    return bool(select.select([handle], [], [], 0)[0])


def _keep_only(descriptors: set[int]) -> None:
    """In a child: nothing of the other kernels, of the grader and of the machine stays open."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    before = 2
    for descriptor in [*sorted(descriptors), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(before + 1, descriptor)
        before = descriptor


def _kernel(key: str, sockets: list[int]) -> None:
    from gdm_grader.sandbox.kernel import serve  # imported by the warm process, when its environment is set

    reseed()
    serve(key, dict(zip((*CHANNELS, REFEREE), sockets, strict=False)))


def main(descriptor: int) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    warm()
    wire.send(control, {"warm": os.getpid()})
    Zygote(control, _kernel).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
