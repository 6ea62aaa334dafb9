"""Give up everything but what a notebook needs. A step that fails raises, and the caller must end.

Order matters: the file system while there are capabilities, limits, then the capabilities go, then Landlock, and
seccomp last because it refuses the calls that the steps before it made.
"""

import os
import resource
from collections.abc import Collection, Mapping
from contextlib import suppress

from gdm_grader.sandbox.inside import allowlist, filesystem, library
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import landlock, seccomp, syscalls
from gdm_grader.sandbox.linux.procfs import data_size

NAMESPACES = (syscalls.CLONE_NEWUSER | syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNET
              | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS | syscalls.CLONE_NEWCGROUP)
STUDENT = 1000  # the user inside a namespace
_SPARE_USERS, _FEW_USERS = 1 << 28, 60_000  # first of the users that nobody has; the second where a map is short
_CAP_DAC_READ_SEARCH = 1 << 2


def outer_user(pid: int) -> int:
    """A user of this machine that owns nothing, and no two kernels share while they live."""
    if os.geteuid() != 0:
        return os.geteuid()
    with open("/proc/self/uid_map", encoding="ascii") as mapping:
        last = max(int(start) + int(length) - 1 for start, _, length in map(str.split, mapping))
    return _SPARE_USERS + pid if last > _SPARE_USERS + (1 << 22) else _FEW_USERS + pid % 5000


def map_user(pid: int) -> None:
    """Called outside the namespaces of `pid`: its one user is an outer one without rights."""
    user = outer_user(pid)
    if os.geteuid() != 0:
        _write(f"/proc/{pid}/setgroups", "deny")
    for name in ("uid_map", "gid_map"):
        outer = user if os.geteuid() == 0 or name == "uid_map" else os.getegid()
        _write(f"/proc/{pid}/{name}", f"{STUDENT} {outer} 1")


def shut_in_namespaces(limits: Limits, packages: tuple[str, ...], withheld: Mapping[str, bytes]) -> None:
    """For the first process in new namespaces, after `map_user`. `withheld`: other contents for files, by path."""
    sources = filesystem.handles(allowlist.read_only(packages))
    with suppress(PermissionError):  # refused together with the group map of an unprivileged grader
        os.setgroups([])
    os.setresgid(STUDENT, STUDENT, STUDENT)
    os.setresuid(STUDENT, STUDENT, STUDENT)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # else its own /proc/self/fd is closed to it
    filesystem.enter(sources, limits, withheld)
    limit(limits, limits.processes)
    syscalls.drop_capability_bounds()
    syscalls.set_capabilities(0)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if landlock.abi():
        landlock.restrict(["/"], filesystem.WRITABLE)
    seccomp.install()


def shut_in_place(limits: Limits, packages: tuple[str, ...], home: str, withheld: Collection[str]
                  ) -> dict[str, dict[str, bytes]]:
    """For a process that shares the machine's file system: everything but the allow-list and `home` is out of reach.

    Returns the files of the packages that hold a file of `withheld`, by package and path: these are out of reach, too.
    """
    readable = _everyone_reads(allowlist.environment(packages))
    shut, copies = library.shut(packages, withheld)
    was_root = os.geteuid() == 0
    if was_root:
        user = outer_user(os.getpid())
        os.chown(home, user, user)
        os.setgroups([])
        os.setresgid(user, user, user)
        syscalls.drop_capability_bounds()
        syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 1)
        os.setresuid(user, user, user)
        others = 0
    else:
        others = _threads_of(os.geteuid())
    os.chdir(home)
    limit(limits, limits.processes + others)
    # Landlock grants no more than the allow-list; the capability lets Python's own folders be read below one that is
    # closed to others. The user who grades needs none: the kernel keeps that user.
    syscalls.set_capabilities(0 if readable or not was_root else _CAP_DAC_READ_SEARCH)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    devices = ["/dev/null", "/dev/zero", "/dev/full"]
    readable_paths, listed = allowlist.without(allowlist.read_only(packages), shut)
    landlock.restrict([*readable_paths, "/dev/urandom", "/dev/random", "/proc/self", "/proc/cpuinfo",
                       "/proc/meminfo"], [home, *devices], listed)
    seccomp.install(shared=True, signals=landlock.abi() >= landlock.SCOPED_SINCE)
    return copies


def limit(limits: Limits, processes: int) -> None:
    """Set what Linux counts for each process, or for each user; a hard limit that is lower already stays."""
    bounds = {
        resource.RLIMIT_DATA: data_size() + limits.memory,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_FSIZE: limits.disk,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 1,  # not 0: that does not keep Linux from a program that takes the dumps, see core(5)
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_SIGPENDING: 1_000,
        resource.RLIMIT_RTPRIO: 0,  # an audio group's, or a container's, would be the student's, too
        resource.RLIMIT_NICE: 0,
    }
    for kind, value in bounds.items():
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def _everyone_reads(paths: list[str]) -> bool:
    for path in paths:
        while path != "/":
            if not os.stat(path).st_mode & 0o001:
                return False
            path = os.path.dirname(path)
    return True


def _threads_of(user: int) -> int:
    """RLIMIT_NPROC counts all threads of a user; those that are there already do not count as the kernel's."""
    count = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if os.stat(f"/proc/{process}").st_uid == user:
                count += len(os.listdir(f"/proc/{process}/task"))
    return count


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
