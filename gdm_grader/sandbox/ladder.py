"""Which rung of the ladder this machine allows: by trying each in earnest, from the top.

The process that is shut in looks around itself; a rung that it can see out of is not taken.
"""

import os
import platform
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from gdm_grader.sandbox import cgroup, landlock, wire
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.process import SandboxError
from gdm_grader.sandbox.rungs import Rung
from gdm_grader.sandbox.zygote import Zygote

_COURSE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Report:
    """The best rung, the kernel's version and Landlock's, why the rungs above it fell away, what bounds the memory."""

    rung: Rung
    kernel: str
    landlock: int
    refused: dict[Rung, str]
    memory: str = ""

    def __str__(self) -> str:
        lines = [f"sandbox: {self.rung}", f"Linux {self.kernel}, Landlock version {self.landlock or 'none'}",
                 self.memory, *(f"not available: {rung} ({why})" for rung, why in self.refused.items())]
        return "\n".join(filter(None, lines))


def probe() -> Report:
    """Costs about half a second for each rung that is tried."""
    refused: dict[Rung, str] = {}
    if sys.platform == "linux":
        for rung in (Rung.NAMESPACES, Rung.LANDLOCK):
            if not (why := _tried(rung)):
                return Report(rung, platform.release(), landlock.abi(), refused, cgroup.says())
            refused[rung] = why
    return Report(Rung.OPEN, platform.release(), 0, refused)


def choose(no_sandbox: bool = False) -> Rung:
    """The rung to grade on; SandboxError where there is none, unless `no_sandbox` was said."""
    report = probe()
    if report.rung is Rung.OPEN and not no_sandbox:
        raise SandboxError(f"this machine cannot shut a student's code in, so nothing is graded.\n{report}\n"
                           "Grade on another machine, or say --no-sandbox if you trust every submission.")
    return report.rung


def _tried(rung: Rung) -> str:
    """"" if a process was shut in and found no way out, else why not."""
    from gdm_grader.sandbox.warm_process import WarmProcess, remove

    try:
        with WarmProcess("gdm_grader.sandbox.ladder") as process:
            shut_in, home = process.launch(rung, "", [], Limits(), {})
            status = shut_in.wait(10)
            shut_in.close()
            remove(home)
    except SandboxError as error:
        return str(error)
    return "" if status == 0 else f"what was shut in found a way out (exit status {status})"


def _look_around(*_: object) -> NoReturn:
    """In the shut-in process: each of these must be refused."""
    ways_out = (
        lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        lambda: os.listdir(_COURSE / "gdm_grader"),
        lambda: os.listdir("/var"),
        lambda: os.open(os.path.join(sys.prefix, "escaped"), os.O_WRONLY | os.O_CREAT),
        lambda: os.kill(os.getppid(), 0) if os.getppid() > 1 else os.listdir("/none"),
        lambda: os.setuid(0),
    )
    for number, way_out in enumerate(ways_out, start=1):
        try:
            way_out()
        except OSError:
            continue
        os._exit(number)
    os._exit(0)


def main(descriptor: int) -> NoReturn:
    control = socket.socket(fileno=descriptor)
    wire.send(control, {"warm": os.getpid()})
    Zygote(control, _look_around).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
