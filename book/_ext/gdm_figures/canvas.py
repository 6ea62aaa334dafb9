"""A sheet to draw on, and the one style of all figures.

Units are CSS pixels of a phone: no figure is wider than WIDTH, so on a screen of 400 pixels it is shown at full size,
and no text is smaller than SMALL. Colors are roles (ink, soft, one, two, three); what color a role has is said once,
for a light page and for a dark one, with a contrast of at least 4.5 to 1 for whatever has text or thin lines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from html import escape

WIDTH = 360  # the widest figure, in CSS pixels
TEXT, SMALL = 14, 11  # font sizes; subscripts are SMALL
Point = tuple[float, float]

# role: (on a light page, on a dark page)
COLORS = {
    "ink": ("#23272e", "#e6e8eb"),
    "soft": ("#626974", "#a3abb6"),
    "line": ("#a4abb5", "#69717d"),
    "one": ("#1a63a8", "#6cb2f0"),
    "two": ("#a94a0c", "#f0945a"),
    "three": ("#1c7350", "#5fc79b"),
    "four": ("#9a3175", "#e48ac4"),
    "five": ("#5a46b0", "#b3a3f0"),
    "six": ("#765a00", "#d9b54a"),
    "pale": ("#eceef1", "#2a2f37"),
    "one-pale": ("#d5e5f5", "#1b3a57"),
    "two-pale": ("#fae0d0", "#55301a"),
    "three-pale": ("#d3ecdf", "#1a4433"),
    "four-pale": ("#f3d9ea", "#4c2440"),
    "paper": ("#ffffff", "#121212"),
}
FONT = "'Source Sans 3', system-ui, -apple-system, 'Segoe UI', sans-serif"
MATH = "KaTeX_Main, 'Latin Modern Math', 'STIX Two Math', Georgia, serif"
ITALIC = MATH.replace("Main", "Math")
SUBSCRIPT = re.compile(r"_(\{[^}]*\}|\w)")


def style() -> str:
    """The rules of a file that is looked at alone; in a page, book.css sets the variables to follow its theme."""
    light = " ".join(f"--{role}: {pair[0]};" for role, pair in COLORS.items())
    dark = " ".join(f"--{role}: {pair[1]};" for role, pair in COLORS.items())
    return f":root {{ {light} }} @media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"


def page_style() -> str:
    """The same for the pages of the book, whose theme is an attribute of the root element."""
    light = " ".join(f"--{role}: {pair[0]};" for role, pair in COLORS.items())
    dark = " ".join(f"--{role}: {pair[1]};" for role, pair in COLORS.items())
    return f".drawn {{ {light} }}\nhtml[data-theme=\"dark\"] .drawn {{ {dark} }}\n"


def color(role: str) -> str:
    return role if role == "none" else f"var(--{role})"


class Canvas:
    """Shapes in the order in which they were drawn. x to the right, y downwards."""

    def __init__(self, width: float, height: float) -> None:
        if width > WIDTH:
            raise ValueError(f"a figure is at most {WIDTH} wide, so that its text can be read on a phone; got {width}")
        self.width, self.height = width, height
        self.parts: list[str] = []

    def svg(self) -> str:
        size = f'viewBox="0 0 {self.width:g} {self.height:g}" width="{self.width:g}" height="{self.height:g}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" font-size="{TEXT}">'
        return "\n".join([head, f"<style>{style()}</style>", *self.parts, "</svg>", ""])

    def line(self, a: Point, b: Point, role: str = "line", width: float = 1.5, dash: str = "") -> None:
        self.path([a, b], role, width, dash)

    def path(
        self, points: Iterable[Point], role: str = "line", width: float = 1.5, dash: str = "", fill: str = "none",
        closed: bool = False, opacity: float = 1,
    ) -> None:
        """A line through points, or the area that it encloses."""
        d = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        extra += f' fill-opacity="{opacity:g}"' if opacity < 1 else ""
        self.parts.append(
            f'<path d="{d}{"Z" if closed else ""}" fill="{color(fill)}" stroke="{color(role)}"'
            f' stroke-width="{width:g}" stroke-linejoin="round"{extra}/>')

    def arrow(self, a: Point, b: Point, role: str = "soft", width: float = 1.5, head: float = 6) -> None:
        """From a to b, with a filled head whose tip is b."""
        angle = math.atan2(b[1] - a[1], b[0] - a[0])
        neck = (b[0] - 0.8 * head * math.cos(angle), b[1] - 0.8 * head * math.sin(angle))
        self.line(a, neck, role, width)
        wings = [(b[0] - head * math.cos(angle + turn), b[1] - head * math.sin(angle + turn)) for turn in (0.42, -0.42)]
        self.path([b, *wings], role, 0, fill=role, closed=True)

    def rect(
        self, x: float, y: float, width: float, height: float, fill: str = "pale", role: str = "line",
        stroke: float = 1.2, radius: float = 3, dash: str = "",
    ) -> None:
        extra = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{color(fill)}"'
            f' stroke="{color(role)}" stroke-width="{stroke:g}"{extra}/>')

    def circle(
        self, center: Point, radius: float, fill: str = "pale", role: str = "line", stroke: float = 1.2,
    ) -> None:
        self.parts.append(
            f'<circle cx="{center[0]:.1f}" cy="{center[1]:.1f}" r="{radius:g}" fill="{color(fill)}"'
            f' stroke="{color(role)}" stroke-width="{stroke:g}"/>')

    def text(
        self, at: Point, words: str, role: str = "ink", size: float = TEXT, anchor: str = "middle", bold: bool = False,
    ) -> None:
        """Words whose vertical middle is at `at`."""
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1] + 0.35 * size:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
            f' fill="{color(role)}"{weight}>{escape(words)}</text>')

    def math(self, at: Point, formula: str, role: str = "ink", size: float = 15, anchor: str = "middle") -> None:
        """A short formula: letters in italics, what follows `_` as a subscript, `**z**` upright and bold."""
        self.parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1] + 0.3 * size:.1f}" text-anchor="{anchor}" font-size="{size:g}"'
            f' fill="{color(role)}" font-family="{MATH}">{_spans(formula)}</text>')

    def cells(
        self, corner: Point, side: float, rows: Sequence[Sequence[str]], role: str = "line", stroke: float = 1,
    ) -> None:
        """A grid of squares, each filled with a role."""
        for i, row in enumerate(rows):
            for j, fill in enumerate(row):
                self.rect(corner[0] + j * side, corner[1] + i * side, side, side, fill, role, stroke, radius=0)


def _spans(formula: str) -> str:
    spans, place = [], 0
    for found in SUBSCRIPT.finditer(formula):
        spans.append(_letters(formula[place:found.start()]))
        inside = found[1].strip("{}")
        spans.append(f'<tspan dy="3.5" font-size="{SMALL}">{_letters(inside)}</tspan><tspan dy="-3.5">\u200b</tspan>')
        place = found.end()
    spans.append(_letters(formula[place:]))
    return "".join(spans)


def _letters(text: str) -> str:
    """Bold between stars, italics for single letters, the rest upright. Lower-case Greek exists in italics only."""
    out = []
    for i, part in enumerate(text.split("**")):
        for run in re.findall(r"[A-Za-zα-ωΑ-Ω]+|[^A-Za-zα-ωΑ-Ω]+", part):
            greek = "α" <= run[0] <= "ω"
            slant = f' font-style="italic" font-family="{ITALIC}"' if greek or (i % 2 == 0 and len(run) == 1) else ""
            weight = ' font-weight="700"' if i % 2 else ""
            marks = (slant if run.isalpha() else "") + weight
            out.append(f"<tspan{marks}>{escape(run)}</tspan>" if marks else escape(run))
    return "".join(out)
