"""The fork server: it imported everything and forks a kernel for each request on an inherited socket.

    python -m gdm_grader.sandbox.forkserver.server DESCRIPTOR PROFILE

It runs nobody's code itself and has one thread. It ends with the grader, and every kernel ends with it.
"""

import importlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.environment import KERNEL_ENVIRONMENT
from gdm_grader.sandbox.forkserver.cgroup import Cgroup, confine
from gdm_grader.sandbox.forkserver.preload import KERNEL_MODULE, reseed, warm
from gdm_grader.sandbox.forkserver.watchdog import PAUSE, Watchdog
from gdm_grader.sandbox.inside.lockdown import NAMESPACES, map_user
from gdm_grader.sandbox.inside.supervisor import supervise
from gdm_grader.sandbox.ipc import CHANNELS, EXTRA
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import syscalls
from gdm_grader.sandbox.linux.procfs import end_below, exiting, oom_kills
from gdm_grader.sandbox.profile import Profile

Serve = Callable[[str, list[int]], None]


@dataclass
class ForkedKernel:
    """A kernel, seen from outside."""

    pid: int
    handle: int  # pidfd of its supervisor
    line: socket.socket  # to the grader; when the grader lets go of it, the kernel ends
    isolation: Isolation
    limits: Limits
    proc: int | None = None  # the /proc of its namespace
    watchdog: Watchdog | None = None
    group: Cgroup | None = None
    why: str | None = None
    oom_kills: int = field(default_factory=oom_kills)  # of this machine when the kernel was forked

    def end(self, why: str | None = None) -> None:
        """End the kernel by a signal to its supervisor; the first reason given is kept.

        SIGKILL ends all of a namespace at once; elsewhere the supervisor gets SIGTERM.
        """
        self.why = self.why or why
        how = signal.SIGKILL if self.isolation is Isolation.NAMESPACES else signal.SIGTERM
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, how)

    def outcome(self, status: int) -> int:
        """Return how the supervisor ended; -SIGKILL where its machine may have killed the kernel for want of memory.

        Code that sends SIGKILL to itself looks the same. While some process of the machine died so, nobody can tell
        them apart, and the student has the benefit of it: a second run.
        """
        if status == 128 + signal.SIGKILL and self.why is None and oom_kills() > self.oom_kills:
            return -signal.SIGKILL
        return status


class Server:
    """Forks on request and watches what it forked; `serve` runs in each shut-in process."""

    def __init__(self, control: socket.socket, serve: Serve, packages: tuple[str, ...] = ()) -> None:
        self.control = control
        self.serve = serve
        self.pid = os.getpid()
        self.packages = packages
        self.kernels: dict[int, ForkedKernel] = {}  # by pidfd
        self.selector = selectors.DefaultSelector()
        self.selector.register(control, selectors.EVENT_READ, self.fork_on_request)

    def run(self) -> NoReturn:
        """Handle requests and the ends of kernels as they come, and look at every kernel each PAUSE seconds."""
        watched = time.monotonic()
        while True:
            for key, _ in self.selector.select(PAUSE if self.kernels else None):
                key.data()
            if time.monotonic() - watched >= PAUSE:
                self.watch()
                watched = time.monotonic()

    def fork_on_request(self) -> None:
        """Fork a process for the request that waits on the control socket, and keep it.

        A fork that fails is reported on the line that came with the request. If the grader has ended, `leave`.
        """
        try:
            request, descriptors = ipc.receive(self.control)
        except EOFError:
            self.leave()
        line = socket.socket(fileno=descriptors.pop(0))
        files, withheld, *sockets = descriptors
        isolation, limits = Isolation[request["isolation"]], Limits(**request["limits"])
        gate, inner_gate = ipc.pair()
        try:
            pid = syscalls.clone(NAMESPACES) if isolation is Isolation.NAMESPACES else os.fork()
        except OSError as error:
            ipc.send(line, {"failed": str(error)})
            return
        if pid == 0:
            gate.close()
            self.become_supervisor(isolation, limits, request, files, withheld, sockets, line, inner_gate)
        inner_gate.close()
        for descriptor in descriptors:
            os.close(descriptor)
        self.keep(pid, isolation, limits, line, gate, request["home"])

    def keep(self, pid: int, isolation: Isolation, limits: Limits, line: socket.socket, gate: socket.socket,
             home: str) -> None:
        """Watch a forked process, confine it and open its gate, where it waits until all limits are in place.

        `home` is the kernel's folder. If a step fails, the grader is told and the kernel is ended.
        """
        kernel = ForkedKernel(pid, os.pidfd_open(pid), line, isolation, limits)
        self.kernels[kernel.handle] = kernel
        self.selector.register(kernel.handle, selectors.EVENT_READ, lambda: self.clean_up(kernel))
        self.selector.register(line, selectors.EVENT_READ, lambda: self.hang_up(kernel))
        with suppress(OSError):
            ipc.send(line, {"pid": pid}, (kernel.handle,))
        try:
            if isolation is Isolation.NAMESPACES:
                map_user(pid)
            kernel.group = confine(pid, limits)
            ipc.send(gate, {"go": True})
            if isolation is Isolation.NAMESPACES:
                gate.settimeout(10)
                _, (kernel.proc,) = ipc.receive(gate)
            kernel.watchdog = Watchdog(pid, limits, kernel.proc, home, kernel.group)
        except (OSError, EOFError, ValueError) as error:
            with suppress(OSError):
                ipc.send(line, {"failed": str(error)})
            kernel.end("lockdown")
        gate.close()

    def become_supervisor(self, isolation: Isolation, limits: Limits, request: dict[str, Any], files: int,
                          withheld: int, sockets: list[int], line: socket.socket, gate: socket.socket) -> NoReturn:
        """In the forked process: wait at the gate, then drop all that is not this kernel's and supervise it.

        `files` and `withheld` are descriptors, `sockets` those of the kernel's channels. An error ends the process with
        status 1.
        """
        with suppress(BaseException):
            os.setsid()  # no signal to a group, and no priority of one, reaches beyond this kernel
            ipc.receive(gate)
            _keep_only({files, withheld, *sockets, line.fileno(), gate.fileno()})
            os.environ.clear()
            scratch = "/tmp" if isolation is Isolation.NAMESPACES else request["home"]
            os.environ.update(KERNEL_ENVIRONMENT, HOME=request["home"], TMPDIR=scratch,
                              IPYTHONDIR=f"{scratch}/.ipython", MPLCONFIGDIR=f"{scratch}/.matplotlib")
            run = partial(self.serve, request["key"], sockets)
            supervise(isolation, limits, self.packages, request["home"], files, withheld, line, gate, self.pid, run)
        os._exit(1)

    def watch(self) -> None:
        """Look at every kernel. An error of the look, of whatever kind, ends the kernel that it looked at."""
        for kernel in self.kernels.values():
            try:
                why = kernel.watchdog.look() if kernel.watchdog else None
            except Exception:
                why = None if exiting(kernel.pid) else "could not be watched"
            if why:
                kernel.end(why)

    def leave(self) -> NoReturn:
        """The grader ended: so does everything below, also what a student's code forked twice."""
        for kernel in self.kernels.values():
            with suppress(Exception):
                kernel.end()
        end_below(os.getpid())
        for kernel in self.kernels.values():
            if kernel.group is not None:
                with suppress(Exception):
                    kernel.group.remove()
        os._exit(0)

    def hang_up(self, kernel: ForkedKernel) -> None:
        """The grader never sends on a line: something to read is its end."""
        if kernel.handle in self.kernels:  # else it ended just now
            self.selector.unregister(kernel.line)
            kernel.end()

    def clean_up(self, kernel: ForkedKernel) -> None:
        """After a kernel's end: nothing of it is left, and the grader hears how it ended."""
        status = os.waitstatus_to_exitcode(os.waitpid(kernel.pid, 0)[1])
        del self.kernels[kernel.handle]
        self.selector.unregister(kernel.handle)
        with suppress(KeyError, ValueError):
            self.selector.unregister(kernel.line)
        if kernel.group is not None:
            with suppress(Exception):
                kernel.why = kernel.why or kernel.group.exceeded()
            with suppress(Exception):
                kernel.group.remove()
        if kernel.isolation is not Isolation.NAMESPACES:  # where the end of the first process is the end of all
            self.end_orphans()
        with suppress(OSError):
            ipc.send(kernel.line, {"ended": kernel.outcome(status), "why": kernel.why})
        kernel.line.close()
        os.close(kernel.handle)
        if kernel.proc is not None:
            os.close(kernel.proc)

    def end_orphans(self) -> None:
        """Kill what a supervisor left: this process adopts it (PR_SET_CHILD_SUBREAPER)."""
        supervisors = {kernel.pid for kernel in self.kernels.values()}
        end_below(os.getpid(), spare=supervisors)


def _keep_only(descriptors: set[int]) -> None:
    """In a child: nothing of the other kernels, of the grader and of the machine stays open."""
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)
    before = 2
    for descriptor in [*sorted(descriptors), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(before + 1, descriptor)
        before = descriptor


def _kernel(hook: str | None, key: str, sockets: list[int]) -> None:
    reseed()
    serve = importlib.import_module(KERNEL_MODULE).serve  # the fork server imported it when its environment was set
    serve(key, dict(zip((*CHANNELS, EXTRA), sockets, strict=False)), hook)


def main(descriptor: int, profile: Profile) -> NoReturn:
    """Run the fork server on an inherited socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=descriptor)
    control.set_inheritable(False)
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    warm(profile)
    ipc.send(control, {"warm": os.getpid()})
    Server(control, partial(_kernel, profile.hook), profile.packages).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), Profile.from_json(sys.argv[2]))
