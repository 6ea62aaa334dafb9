"""Find the strictest isolation that this machine allows, by trying each in earnest.

The process that is shut in looks around itself; an isolation that it can see out of is not taken.
"""

import platform
import sys
from dataclasses import dataclass

from gdm_grader.sandbox.forkserver import cgroup
from gdm_grader.sandbox.host.process import SandboxError
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import landlock

SELF_TEST = "gdm_grader.sandbox.forkserver.self_test"  # a program of its own: started, never imported


@dataclass(frozen=True)
class Report:
    """The strictest isolation, the versions of Linux and Landlock, why stricter ones fell away, what bounds memory."""

    isolation: Isolation
    kernel: str
    landlock: int
    refused: dict[Isolation, str]
    memory: str | None = None

    def __str__(self) -> str:
        lines = [f"sandbox: {self.isolation}", f"Linux {self.kernel}, Landlock version {self.landlock or 'none'}",
                 self.memory, *(f"not available: {isolation} ({why})" for isolation, why in self.refused.items())]
        return "\n".join(filter(None, lines))


def probe() -> Report:
    """Costs about half a second for each isolation that is tried."""
    refused: dict[Isolation, str] = {}
    if sys.platform == "linux":
        for isolation in (Isolation.NAMESPACES, Isolation.LANDLOCK):
            why_not = why_unavailable(isolation)
            if why_not is None:
                return Report(isolation, platform.release(), landlock.abi(), refused, cgroup.says())
            refused[isolation] = why_not
    return Report(Isolation.OPEN, platform.release(), 0, refused)


def choose_isolation(no_sandbox: bool = False) -> Isolation:
    """The isolation to grade on; SandboxError where there is none, unless `no_sandbox` was said, and outside Linux."""
    if sys.platform != "linux":
        raise SandboxError(f"Expected Linux, found {'macOS' if sys.platform == 'darwin' else sys.platform}: the "
                           "processes that run students' code need it, also with --no-sandbox. Nothing is graded. "
                           "Run this in a virtual machine with Linux, on Windows in WSL2.")
    report = probe()
    if report.isolation is Isolation.OPEN and not no_sandbox:
        raise SandboxError(f"this machine cannot isolate a student's code, so nothing is graded.\n{report}\n"
                           "Grade on another machine, or say --no-sandbox if you trust every submission.")
    return report.isolation


def why_unavailable(isolation: Isolation) -> str | None:
    """Shut a process in and let it look for a way out; return what went wrong, None if it found none."""
    from gdm_grader.sandbox.host.forkserver import ForkServer, remove_home

    try:
        with ForkServer(module=SELF_TEST) as process:
            shut_in, home = process.launch(isolation, "", [], Limits(), {}, {})
            status = shut_in.wait(10)
            shut_in.close()
            remove_home(home)
    except SandboxError as error:
        return str(error)
    return None if status == 0 else f"the isolated process found a way out (exit status {status})"
