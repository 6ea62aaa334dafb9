"""Commands on a disk that is nearly full, as a program that may mount one: `python -m tests.grader.small_disk FOLDER`.

The course in FOLDER/course is copied to a small disk, on which so many pages of 4 KB are left; a command must succeed,
or name the disk in a sentence. With room again, the same command must make what it makes elsewhere, and no parts.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from typer.testing import CliRunner

from gdm_grader import cli
from gdm_grader.course.disk import trouble

DISK_MB = 4
PAGE_BYTES = 4096
LEFT = (0, 1, 2, 3, 5, 9, 20, 40, 80)  # pages
COMMANDS = (
    ("new", "other"),
    ("demo", "tiny"),
    ("demo", "tiny", "--students", "12", "--class", "large"),
    ("release", "tiny"),
    ("refresh", "solutions/plain.ipynb"),
    ("report", "tiny"),
    ("similar", "tiny"),
    ("export", "tiny"),
    ("feedback", "tiny", "--workers", "1"),
    ("due", "tiny", "2026-12-01 10:00 UTC"),
)
CHANGING = (".db", ".db-wal", ".db-shm", ".lock", ".log", ".key")  # of no fixed bytes


def may_mount() -> bool:
    """Return whether this machine lets a program mount a disk of its own."""
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


def run(*arguments: str) -> tuple[int, str]:
    """Run a command; return its exit status and its output on one line."""
    trouble.AT_WORK.clear()
    result = CliRunner().invoke(cli.app, arguments)
    fault = "" if isinstance(result.exception, SystemExit | None) else repr(result.exception)
    return result.exit_code, " ".join(result.output.split()) + fault


def made(root: Path) -> dict[str, bytes]:
    """Return the files of a course by their paths, without their contents where these differ each time."""
    return {str(path.relative_to(root)): b"" if path.name.endswith(CHANGING) else path.read_bytes()
            for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts}


def without_order(found: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in found.items() if not path.endswith((".log", ".db-wal", ".db-shm"))}


def tries(command: tuple[str, ...], pristine: Path, disk: Path) -> Iterator[str]:
    """Run a command at each filling of the disk; yield what is wrong, in a sentence each."""
    root = disk / "course"
    filler = disk / "filler"

    def anew() -> None:
        os.chdir("/")
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(pristine, root)
        os.chdir(root)

    anew()
    status, output = run(*command)
    if status:
        yield f"it fails on a disk with room: {output}"
        return
    expected = without_order(made(root))
    for left in LEFT:
        anew()
        room = os.statvfs(disk)
        filler.write_bytes(bytes((room.f_bavail - left) * PAGE_BYTES))
        status, output = run(*command)
        filler.unlink()
        if status and f"No space is left on {disk}, the disk that holds" not in output:
            yield f"with {left} pages: {output[-300:]}"
        parts = [path for path in made(root) if ".part" in path]
        if parts:
            yield f"with {left} pages it leaves {parts}"
        status, output = run(*command) if status or "new" not in command else (0, "")
        if status:
            yield f"after {left} pages, with room again: {output[-300:]}"
        now = without_order(made(root))
        differing = sorted(path for path in expected.keys() | now.keys() if expected.get(path) != now.get(path))
        if differing:
            yield f"after {left} pages, with room again, these differ: {differing}"


def main(folder: Path) -> int:
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(disk)], check=True)
    cli.places_table = lambda *_: "decided"  # runs the solution, in seconds, and writes no file of the release
    wrong = 0
    for command in COMMANDS:
        for problem in tries(command, folder / "course", disk):
            print(f"gdm {' '.join(command)}: {problem}")
            wrong += 1
    return wrong


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
