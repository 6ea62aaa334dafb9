"""A disposable machine for what would harm this one: namespaces, a file system in memory, limits on memory, processes
and time. No Landlock, no seccomp, no rules about sockets: inside, everything is as on a machine without a sandbox.
"""

import encodings.ascii  # noqa: F401  (wanted when the file system is half made)
import fcntl
import json
import os
import signal
import socket
import struct
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn, Protocol

from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.forkserver.watchdog import PAUSE, Watchdog
from gdm_grader.sandbox.inside import allowlist, filesystem, lockdown
from gdm_grader.sandbox.limits import MB, Limits
from gdm_grader.sandbox.linux import syscalls

EACH = Limits(memory=1500 * MB, processes=200, disk=1000 * MB, files=50_000, open_files=1024)  # a process of the box
ALL = replace(EACH, memory=3000 * MB)
_UP, _SET_FLAGS = 0x1 | 0x40, 0x8914


class Scene(Protocol):
    """The scene of an attack in a box: `prepare` and `look` in its first process, which nothing in the box can end."""

    def prepare(self) -> None: ...

    def act(self) -> None: ...

    def look(self, in_time: bool) -> Any: ...


def run(scene: Scene, seconds: float) -> tuple[Any, str | None]:
    """Return `look`'s result, through JSON, and the limit for which the box had to be ended: one of them is None."""
    gate, inner = ipc.pair()
    with tempfile.TemporaryFile() as result:
        pid = syscalls.clone(lockdown.NAMESPACES)
        if pid == 0:
            gate.close()
            _live(scene, seconds, inner, result.fileno())
        inner.close()
        lockdown.map_user(pid)
        ipc.send(gate, {"go": True})
        _, (proc,) = ipc.receive(gate)
        why = _watch(pid, Watchdog(pid, ALL, proc, "").look)
        os.close(proc)
        gate.close()
        result.seek(0)
        return json.loads(result.read() or b"null"), why


def _watch(pid: int, look: Callable[[], str | None]) -> str | None:
    while not os.waitpid(pid, os.WNOHANG)[0]:
        try:
            why = look()
        except OSError:  # it ends just now
            why = None
        if why is not None:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return why
        time.sleep(PAUSE)
    return None


def _live(scene: Scene, seconds: float, gate: socket.socket, result: int) -> NoReturn:
    try:
        ipc.receive(gate)
        os.setpgid(0, 0)
        _enter()
        proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY)
        ipc.send(gate, {"proc": True}, (proc,))
        os.close(proc)
        scene.prepare()
        actor = os.fork()
        if actor == 0:
            _act(scene)
        os.write(result, json.dumps(scene.look(_ended(actor, seconds))).encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _act(scene: Scene) -> NoReturn:
    try:
        scene.act()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def _enter() -> None:
    sources = filesystem.handles(allowlist.read_only(("gdm_lib",)))
    os.setgroups([])
    os.setresgid(lockdown.STUDENT, lockdown.STUDENT, lockdown.STUDENT)
    os.setresuid(lockdown.STUDENT, lockdown.STUDENT, lockdown.STUDENT)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    with socket.socket() as any_socket:  # the network within: the machine's own address alone
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))
    filesystem.enter(sources, EACH, {})
    lockdown.limit(EACH, EACH.processes)
    syscalls.drop_capability_bounds()
    syscalls.set_capabilities(0)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)


def _ended(pid: int, seconds: float) -> bool:
    """Return True if it ended by itself, and within the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitpid(pid, os.WNOHANG)[0]:
            return True
        time.sleep(PAUSE)
    return False
