"""Formulas in a plot's labels are set as one line of text, in the page's type.

Matplotlib places each letter of a label with a formula by itself, by the widths of its own font, and in an order of its
own. In the page's narrower font the letters then stand apart. Here they are put back in reading order, letters of one
kind together, and only the first keeps its place: the browser sets the rest, raised or lowered where it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LABEL = re.compile(r"<text>(?P<letters>\s*(?:<tspan [^>]*>[^<]*</tspan>\s*)+)</text>(?:\s*<rect [^>]*/>)?")
LETTER = re.compile(r'<tspan x="([-\d.]+)" y="([-\d.]+)" style="([^"]*)">([^<]*)</tspan>')
PLACE = re.compile(r'id="(legend|xtick|ytick|patch)_\d|transform="[^"]*(rotate)\(-90\)')
SIZE = re.compile(r"font-size: ([\d.]+)px")
ANCHORS = {"legend": "start", "ytick": "end"}  # of other labels: middle
SAME_LINE = 0.5  # points between the base lines of letters that stand on one
ADVANCE = 0.6  # of the font's size: the width of Matplotlib's letters


@dataclass
class Letters:
    x: float
    y: float
    style: str
    text: str


def in_reading_order(found: str) -> list[Letters]:
    """The letters from left to right, those of one style and height together."""
    letters = [Letters(float(x), float(y), style, text) for x, y, style, text in LETTER.findall(found)]
    letters.sort(key=lambda letter: letter.x)
    runs: list[Letters] = []
    for letter in letters:
        if runs and runs[-1].style == letter.style and abs(runs[-1].y - letter.y) < SAME_LINE:
            runs[-1].text += letter.text
        else:
            runs.append(letter)
    return runs


def width(found: str) -> float:
    """The label's width in points, in Matplotlib's font."""
    ends = []
    for x, _, style, _ in LETTER.findall(found):
        size = SIZE.search(style)
        ends.append(float(x) + ADVANCE * float(size[1] if size else 0))
    return max(ends)


def flowing(svg: str) -> str:
    """The figure with each label of several letters as one line of text, held where Matplotlib aligned it."""

    def as_one_line(label: re.Match[str]) -> str:
        found = label["letters"]
        if len(LETTER.findall(found)) < 2:
            return label[0]
        places = PLACE.findall(svg, 0, label.start())
        kind = "".join(places[-1]) if places else ""
        anchor = ANCHORS.get(kind, "middle")
        start = {"start": 0.0, "middle": width(found) / 2, "end": width(found)}[anchor]
        runs = in_reading_order(found)
        parts, y = [], runs[0].y
        for run in runs:
            step = run.y - y if abs(run.y - y) >= SAME_LINE else 0.0
            y += step
            moved = f' dy="{step:.2f}"' if step else ""
            parts.append(f'<tspan{moved} style="{run.style}">{run.text}</tspan>')
        return f'<text x="{start:.2f}" y="{runs[0].y:.2f}" style="text-anchor: {anchor}">{"".join(parts)}</text>'

    return LABEL.sub(as_one_line, svg)
