"""The file system of one kernel: the allow-list read-only, a scratch folder of limited size, and nothing else."""

import os
from collections.abc import Mapping

from gdm_grader.sandbox.environment import HOME
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import syscalls
from gdm_grader.sandbox.linux.syscalls import MS_BIND, MS_NODEV, MS_NOSUID, MS_REC, mount

TERMINALS = 32  # of one kernel: the machine has some thousand, and a shell command of a notebook needs one
DEVICES = ("null", "zero", "full", "random", "urandom")
WRITABLE = (HOME, "/tmp", "/dev/shm", "/dev/pts", "/dev/null", "/dev/zero", "/dev/full")
_LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1",
          "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}
_ROOT = "/tmp"  # where the new root is put together: a folder that every machine has
_PRIVATE = MS_NOSUID | MS_NODEV


def handles(paths: list[str]) -> dict[str, int]:
    """Open `paths` while this process still may: the student's user cannot walk down to all of them."""
    return {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths}


def enter(sources: dict[str, int], limits: Limits, withheld: Mapping[str, bytes]) -> None:
    """Build the new root in this mount namespace and leave the machine's; the working folder is then `HOME`.

    `withheld` are files, by path, that have another content in it; folders of compiled files beside them are empty.
    Costs about 10 ms. Any step that fails raises OSError, and the kernel must not start.
    """
    mount("none", "/", flags=MS_REC | syscalls.MS_PRIVATE)
    mount("tmpfs", _ROOT, "tmpfs", _PRIVATE, "size=4m,nr_inodes=4k,mode=755")
    _devices()
    _scratch(limits)
    for path, handle in sources.items():
        _bind(f"/proc/self/fd/{handle}", path)
        syscalls.restrict_mount(_ROOT + path, syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NOSUID
                                | syscalls.MOUNT_ATTR_NODEV)
        os.close(handle)
    _replace(withheld)
    os.mkdir(_ROOT + "/proc")
    mount("proc", _ROOT + "/proc", "proc", _PRIVATE)
    _accounts()
    os.chdir(_ROOT)
    syscalls.syscall("pivot_root", b".", b".")  # the old root now lies on top of the new one
    syscalls.unmount(".")
    syscalls.restrict_mount("/", syscalls.MOUNT_ATTR_RDONLY, below=False)
    os.chdir(HOME)


def _bind(source: str, path: str) -> None:
    target = _ROOT + path
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        open(target, "w").close()
    mount(source, target, flags=MS_BIND | MS_REC)


def _replace(withheld: Mapping[str, bytes]) -> None:
    empty = _ROOT + "/withheld"
    os.makedirs(empty + "/none")
    for number, (path, content) in enumerate(withheld.items()):
        with open(f"{empty}/{number}", "wb") as file:
            file.write(content)
        _mount_over(f"{empty}/{number}", _ROOT + path)
    for folder in {os.path.dirname(path) for path in withheld}:
        if os.path.isdir(f"{_ROOT}{folder}/__pycache__"):
            _mount_over(empty + "/none", f"{_ROOT}{folder}/__pycache__")


def _mount_over(source: str, target: str) -> None:
    mount(source, target, flags=MS_BIND)
    syscalls.restrict_mount(target, syscalls.MOUNT_ATTR_RDONLY | syscalls.MOUNT_ATTR_NOSUID
                            | syscalls.MOUNT_ATTR_NODEV)


def _devices() -> None:
    for name in DEVICES:
        _bind(f"/dev/{name}", f"/dev/{name}")
    os.mkdir(_ROOT + "/dev/pts")
    mount("devpts", _ROOT + "/dev/pts", "devpts", MS_NOSUID, f"newinstance,ptmxmode=0666,mode=620,max={TERMINALS}")
    for name, target in _LINKS.items():
        os.symlink(target, f"{_ROOT}/dev/{name}")


def _scratch(limits: Limits) -> None:
    """One file system for all that can be written, so that one size bounds it."""
    scratch = _ROOT + "/scratch"
    os.mkdir(scratch)
    mount("tmpfs", scratch, "tmpfs", _PRIVATE, f"size={limits.disk},nr_inodes={limits.files},mode=700")
    for number, path in enumerate((HOME, "/tmp", "/dev/shm")):
        part = f"{scratch}/{number}"
        os.mkdir(part)
        os.makedirs(_ROOT + path)
        mount(part, _ROOT + path, flags=MS_BIND)
    syscalls.unmount(scratch)
    os.rmdir(scratch)


def _accounts() -> None:
    os.makedirs(_ROOT + "/etc", exist_ok=True)
    with open(_ROOT + "/etc/passwd", "w", encoding="ascii") as passwd:
        passwd.write(f"student:x:1000:1000::{HOME}:/bin/sh\n")

