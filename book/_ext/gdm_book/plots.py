"""Plots are SVG in the page: sharp on every screen, in its colors and its type.

While the book is built, kernels draw with Matplotlib's SVG backend (`draw_as_svg`); readers who run a page get what
their own set-up gives. `for_page` then takes out what a page does not need, gives each color its role, and makes of a
cloud of points a single path of round dots: 40 bytes a point become 12.
"""

from __future__ import annotations

import hashlib
import os
import re
from html import escape
from pathlib import Path

from .labels import flowing

# What gdm_lib.plot and the pictures of the architecture draw with, and the role that it has in a page
# (gdm_figures.canvas has their colors).
ROLES = {
    "#23272e": "ink",
    "#7a7f87": "soft",
    "#2f86c8": "one",
    "#d9752b": "two",
    "#2f9e73": "three",
    "#c25a9b": "four",
    "#8f7ad6": "five",
    "#b08a1e": "six",
}
# The kernels' own settings. Errors are shown; the warning, once a page, that a connection within this machine is not
# encrypted is not. A history of what was run, which nobody reads, would be one more thing that a full disk stops.
CONFIG = """c = get_config()
c.IPKernelApp.log_level = 40
c.HistoryManager.enabled = False
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.rc = {"svg.fonttype": "none", "svg.hashsalt": "gdm", "image.interpolation": "none"}
"""
COLOR = re.compile("|".join(ROLES), re.IGNORECASE)
UNUSED = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
GROUP_ID = re.compile(r'<g id="[^"]*"')
ID = re.compile(r'(\bid="|href="#|url\(#)([^")]+)')
FONT = re.compile(r"font: (?:(\w+) )?(\d+(?:\.\d+)?)px [^;\"]*")
SIZE = re.compile(r"font-size: (\d+(?:\.\d+)?)px")
FAMILY = re.compile(r"font-family: [^;\"]*;? ?")
HEAD = re.compile(r'<svg [^>]*?width="([\d.]+)pt"[^>]*?viewBox="([^"]+)"[^>]*>')
MARKER = re.compile(r'<path id="([^"]+)" d="M 0 ([\d.]+) ')
# A marker is defined by the first cloud of a figure that has it; the others refer to it.
CLOUD = re.compile(
    r'<g>\s*(?P<defs><defs>\s*<path id="[^"]+" d="M 0 [^"]*"[^>]*/>\s*</defs>\s*)?'
    r'(?P<uses>(?:<g clip-path="(?P<clip>[^"]+)">\s*(?:<use xlink:href="#(?P<name>[^"]+)"[^>]*/>\s*)+</g>\s*)+)</g>')
USE = re.compile(r'<use xlink:href="#[^"]+" x="([-\d.]+)" y="([-\d.]+)" style="fill: ([^;"]+)[^"]*"/>')
IMAGE, PLACE = re.compile(r"<image [^>]*/>"), re.compile(r' (?:x|y|width|height|transform)="[^"]*"')
PATH, LONG = re.compile(r' d="([^"]*)"'), re.compile(r"-?\d+\.\d{3,}")
# What a keyboard lacks, as a page prints it: minus, times, an ellipsis.
WORDS = re.compile(r">([^<>]*[^<>\s][^<>]*)<")
TYPESET = (
    (re.compile(r"(?<![\w)])-(?=\d)"), "−"),
    (re.compile(r"(?<=\d) x (?=\d)"), " × "),
    (re.compile(r"\.{3}"), "…"),
)
MANY = 40  # points; fewer stay as they are
PIXELS = 4 / 3  # CSS pixels in a point
PHONE_WIDTH = 350  # CSS pixels that a page leaves to a plot on a phone
LEGIBLE = 10.2  # CSS pixels that text has there at least


def draw_as_svg(folder: Path) -> None:
    """Let every kernel that this process starts find a profile that draws SVG; it lies in `folder`."""
    profile = folder / "ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(CONFIG, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(profile.parent)


def dots(cloud: re.Match[str], radii: dict[str, float]) -> str:
    """A scatter plot as one path for each color: a line of no length with a round end is a dot."""
    points = USE.findall(cloud["uses"])
    if len(points) < MANY or len(points) != cloud["uses"].count("<use ") or cloud["name"] not in radii:
        return cloud[0]
    places: dict[str, list[tuple[int, int]]] = {}
    for x, y, fill in points:
        places.setdefault(fill, []).append((round(2 * float(x)), round(2 * float(y))))
    width = 2 * (2 * radii[cloud["name"]] + 1)
    drawn = [f'<path transform="scale(.5)" d="{steps(found)}" style="stroke: {fill}; stroke-width: {width:.1f};'
             ' stroke-linecap: round"/>' for fill, found in places.items()]
    return f'<g>{cloud["defs"] or ""}<g clip-path="{cloud["clip"]}">{"".join(drawn)}</g></g>'


def steps(places: list[tuple[int, int]]) -> str:
    """From dot to dot, from left to right: short steps make a short path."""
    path, here = [], (0, 0)
    for x, y in sorted(places):
        path.append(f"m{x - here[0]} {y - here[1]}h0")
        here = (x, y)
    return "".join(path)


def shorter(path: str) -> str:
    """A path to a hundredth of a point."""
    rounded = LONG.sub(lambda number: f"{float(number[0]):.2f}", path)
    return " ".join(rounded.split())


def framed(image: re.Match[str]) -> str:
    """An image with a thin line around it: white ends on a white page, black on a black one."""
    return f'{image[0]}<rect class="frame"{"".join(PLACE.findall(image[0]))}/>'


def typeset(words: re.Match[str]) -> str:
    """The words of a text with the marks of print."""
    text = words[1]
    for mark, printed in TYPESET:
        text = mark.sub(printed, text)
    return f">{text}<"


def legible(size: re.Match[str]) -> str:
    """The size that a text was given, or the least one that can be read where the page is narrow (book.css)."""
    return f"font-size: max({size[1]}px, var(--least, 0px))"


def for_page(svg: str, alt: str) -> str:
    """A plot as an element of the page. Ids are told apart by a digest: a page has several plots."""
    mark = hashlib.sha256(svg.encode()).hexdigest()[:6]
    svg = GROUP_ID.sub("<g", flowing(UNUSED.sub("", svg))).strip()
    svg = WORDS.sub(typeset, svg)
    radii = {name: float(radius) for name, radius in MARKER.findall(svg)}
    svg = CLOUD.sub(lambda cloud: dots(cloud, radii), svg)
    svg = ID.sub(rf"\g<1>{mark}-\g<2>", svg)
    svg = IMAGE.sub(framed, svg)
    svg = COLOR.sub(lambda found: f"var(--{ROLES[found[0].lower()]})", svg)
    svg = FONT.sub(lambda found: f"font-size: {found[2]}px" + (f"; font-style: {found[1]}" if found[1] else ""), svg)
    svg = SIZE.sub(legible, svg)
    svg = FAMILY.sub("", svg)
    svg = PATH.sub(lambda found: f' d="{shorter(found[1])}"', re.sub(r">\s+<", "><", svg))
    head = HEAD.search(svg)
    if head is None:
        raise ValueError(f"expected an SVG file by Matplotlib, with a width in points, got {svg[:200]}")
    points = float(head[1])
    phone = LEGIBLE * max(points / PHONE_WIDTH, 1 / PIXELS)  # in the plot's points
    start = (f'<svg class="drawn plot" role="img" aria-label="{escape(alt, quote=True)}" viewBox="{head[2]}"'
             f' style="max-width: {round(points * PIXELS)}px; --phone: {phone:.1f}px" xmlns:xlink="http://www.w3.org/1999/xlink">')
    return svg[: head.start()] + start + svg[head.end():]
