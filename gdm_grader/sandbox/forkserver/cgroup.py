"""A control group (version 2) for each kernel, where this machine lets us make one.

The Linux kernel itself then bounds the memory and the number of all its processes together, and ends them all when
the memory is used up: no look at them is ever too late. Linux: Documentation/admin-guide/cgroup-v2.rst. Controllers
reach the groups below only from one that holds no processes, so a group beside our own is made where that is ours to
do: below a user's systemd, or a service with Delegate=yes and DelegateSubgroup=.
"""

import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

from gdm_grader.sandbox.limits import Limits

NEEDED = {"memory", "pids"}
OWN_TASKS = 1  # the supervisor
_TRIES = 10


class Cgroup:
    """Limits for one process and all that it starts; OSError if it cannot be made."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder = folder
        folder.mkdir()
        try:
            # The files in a kernel's own folder lie in memory, too, and are no process's.
            self._write("memory.max", limits.memory + limits.disk)
            self._write("memory.oom.group", 1)
            self._write("pids.max", limits.processes + OWN_TASKS)
            with suppress(OSError):  # a machine without swap has no such file
                self._write("memory.swap.max", 0)
        except OSError:
            self.remove()
            raise

    def add(self, pid: int) -> None:
        """Move a process into the group; what it starts from now on belongs there, too, and cannot leave it."""
        self._write("cgroup.procs", pid)

    def exceeded(self) -> str | None:
        """Return "memory" if processes were ended because it was used up, else None."""
        events = dict(line.split() for line in (self.folder / "memory.events").read_text().splitlines())
        return "memory" if int(events.get("oom_kill", 0)) else None

    def remove(self) -> None:
        """End what is left in it, and remove it as soon as that is gone; what takes longer is left to `sweep`."""
        with suppress(OSError):
            self._write("cgroup.kill", 1)
        for _ in range(_TRIES):
            with suppress(OSError):
                self.folder.rmdir()
                return
            time.sleep(0.01)

    def _write(self, name: str, value: int) -> None:
        (self.folder / name).write_text(f"{value}\n", encoding="ascii")


def confine(pid: int, limits: Limits) -> Cgroup | None:
    """A group around a process that has started nothing yet; None where there can be none."""
    if (folder := place()) is None:
        return None
    try:
        group = Cgroup(folder / f"gdm-{os.getpid()}-{pid}", limits)
    except OSError:
        return None
    try:
        group.add(pid)
    except OSError:
        group.remove()
        return None
    return group


def says() -> str:
    """For a report: what bounds the memory of a kernel's processes together."""
    if (folder := place()) is not None:
        return f"total memory: bounded by control groups in {folder}"
    return "total memory: bounded by a watchdog, 20 looks a second; no control group of version 2 is ours to make"


@cache
def place() -> Path | None:
    """The folder in which this process may make groups for its kernels; None if there is none."""
    try:
        folder = find_group(*own(Path("/proc/self/mountinfo").read_text(), Path("/proc/self/cgroup").read_text()))
    except (OSError, LookupError):
        return None
    if folder is not None:
        sweep(folder)
    return folder


def own(mounts: str, groups: str) -> tuple[Path, Path]:
    """This process's group and the topmost one in sight, from the texts in /proc; LookupError without version 2."""
    path = next((line[3:] for line in groups.splitlines() if line.startswith("0::/")), None)
    for fields in map(str.split, mounts.splitlines()):
        if path is not None and fields[fields.index("-") + 1] == "cgroup2":
            return Path(fields[4] + path.removeprefix(fields[3].rstrip("/"))), Path(fields[4])
    raise LookupError("no control groups of version 2")


def find_group(group: Path, top: Path) -> Path | None:
    """The nearest of `group` and those above it in which groups with limits can be made, and processes moved there."""
    while group.is_relative_to(top):
        if all(os.access(path, os.W_OK) for path in (group, group / "cgroup.procs")) and _hands_down(group):
            return group
        group = group.parent
    return None


def _hands_down(group: Path) -> bool:
    """Return whether groups below it get the controllers; switch that on where it has them and holds no processes."""
    try:
        if _words(group / "cgroup.subtree_control") >= NEEDED:
            return True
        if NEEDED - _words(group / "cgroup.controllers") or _words(group / "cgroup.procs"):
            return False
        (group / "cgroup.subtree_control").write_text("+memory +pids\n", encoding="ascii")
    except OSError:
        return False
    return True


def sweep(folder: Path) -> None:
    """Remove the groups that fork servers left which were killed; one that still holds a process stays."""
    for group in folder.glob("gdm-*-*"):
        if not Path(f"/proc/{group.name.split('-')[1]}").exists():
            with suppress(OSError):
                group.rmdir()


def _words(path: Path) -> set[str]:
    return set(path.read_text(encoding="ascii").split())
