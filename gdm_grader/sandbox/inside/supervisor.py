"""The process between the warm one and a kernel: it shuts the kernel in, hands interrupts on, and leaves nothing.

In a pid namespace it is the first process: when it ends, everything in the namespace is killed.
"""

import os
import signal
import socket
import tarfile
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.inside import filesystem, library, lockdown
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import syscalls
from gdm_grader.sandbox.linux.procfs import end_below

LIBRARY_FOLDER = ".packages"  # in the home of a kernel without a file system of its own
REFUSED = 71  # the exit status when the lockdown failed
Run = Callable[[], None]


def supervise(isolation: Isolation, limits: Limits, packages: tuple[str, ...], home: str, files: int, withheld: int,
              line: socket.socket, gate: socket.socket, fork_server: int, run: Run) -> NoReturn:
    """Start `run` as a shut-in child, wait for it, end with its status.

    `files` is a tar archive for its working folder, `withheld` one of what it finds in place of files of the packages,
    by their path. `line` hears of a start or a failure, before `run` begins;
    through `gate` the watchdog gets the namespace's own /proc.
    """
    try:
        _write_oom_score()
        if isolation is Isolation.NAMESPACES:
            lockdown.shut_in_namespaces(limits, packages, packed(withheld))
            home = filesystem.HOME
            _show_processes(gate)
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        else:
            syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
            signal.signal(signal.SIGTERM, lambda *_: _leave(isolation, -signal.SIGKILL))
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGTERM)  # it ends what is below it first
        if os.getppid() not in (0, fork_server):  # that ended before it could be noticed
            _leave(isolation, -signal.SIGKILL)
        gate.close()
        child = os.fork()
    except BaseException as error:
        _refuse(line, error)
    if child == 0:
        _become_kernel(isolation, limits, packages, home, files, withheld, line, run)
    line.close()
    os.close(files)
    os.close(withheld)
    _wait(isolation, child)


def _show_processes(gate: socket.socket) -> None:
    proc = os.open("/proc", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    ipc.send(gate, {"proc": True}, (proc,))
    os.close(proc)


def _become_kernel(isolation: Isolation, limits: Limits, packages: tuple[str, ...], home: str, files: int,
                   withheld: int, line: socket.socket, run: Run) -> NoReturn:
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()  # a signal to its own group does not reach the supervisor
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        if isolation is Isolation.LANDLOCK:
            replaced = packed(withheld)
            copies = lockdown.shut_in_place(limits, packages, home, set(replaced))
            library.copy_packages(copies, f"{home}/{LIBRARY_FOLDER}", replaced)
            syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)  # a change of user took it back
        elif isolation is Isolation.OPEN:
            os.chdir(home)
            lockdown.limit(limits, 1 << 20)
        os.close(withheld)
        with open(files, "rb") as archive, tarfile.open(fileobj=archive) as tar:
            tar.extractall(home)  # in the sandbox already: a file can do no more here than the student's code
        ipc.send(line, {"started": True})
    except BaseException as error:
        _refuse(line, error)
    line.close()
    try:
        run()
        os._exit(0)
    finally:
        os._exit(1)


def packed(archive: int) -> dict[str, bytes]:
    """Read a tar archive of the grader's into memory, by absolute path."""
    found = {}
    with open(os.dup(archive), "rb") as file, tarfile.open(fileobj=file) as tar:
        for entry in tar.getmembers():
            content = tar.extractfile(entry)
            if content is not None:
                found[f"/{entry.name}"] = content.read()
    return found


def _refuse(line: socket.socket, error: BaseException) -> NoReturn:
    with suppress(OSError):
        ipc.send(line, {"failed": f"{type(error).__name__}: {error}"})
    os._exit(REFUSED)


def _write_oom_score() -> None:
    """Have Linux end this process, or one that it starts, first when the machine runs out of memory."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")


def _wait(isolation: Isolation, child: int) -> NoReturn:
    if isolation is Isolation.NAMESPACES:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # not to be looked into from below
    signal.signal(signal.SIGINT, lambda *_: _interrupt(child))
    signal.signal(signal.SIGTERM, lambda *_: _leave(isolation, -signal.SIGKILL))
    while True:
        ended, status = os.waitpid(-1, 0)
        if ended == child:
            _leave(isolation, os.waitstatus_to_exitcode(status))


def _interrupt(child: int) -> None:
    with suppress(ProcessLookupError):  # it ended just now
        os.kill(child, signal.SIGINT)


def _leave(isolation: Isolation, code: int) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if isolation is not Isolation.NAMESPACES:
        end_below(os.getpid())
    os._exit(code if code >= 0 else 128 - code)
