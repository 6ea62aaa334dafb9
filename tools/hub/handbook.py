"""The commands of book/hub.md, in the order of the page."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "book" / "hub.md"
BLOCK = re.compile(r"^```sh\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(heading: str) -> list[str]:
    """Return the commands of the shell below a heading, up to the next one; a backslash joins two lines to one."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(?P<text>.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if section is None:
        raise SystemExit(f"Expected the heading '## {heading}' in {PAGE}.")
    lines = []
    for block in BLOCK.finditer(section["text"]):
        lines += block["lines"].replace("\\\n", "").splitlines()
    if not lines:
        raise SystemExit(f"Expected commands below '## {heading}' in {PAGE}, found none.")
    return lines
