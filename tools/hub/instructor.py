"""The instructor's part: the commands of the page, in the instructor's own account."""

from __future__ import annotations

from pathlib import Path

from tools.hub import handbook
from tools.hub.accounts import Account


def follow(teacher: Account, course: Path, heading: str) -> str:
    """Run the commands below a heading in one shell, as they would be typed; return what they printed."""
    lines = "\n".join(handbook.commands(heading))
    done = teacher.run(f"set -e\n{lines}", course)
    print("".join(f"    {line}\n" for line in done.stdout.splitlines()), end="", flush=True)
    if done.returncode:
        raise SystemExit(f"These commands of book/hub.md failed with status {done.returncode}:\n{lines}")
    return done.stdout
