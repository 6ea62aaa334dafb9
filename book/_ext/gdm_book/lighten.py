"""Make what weighs most on a page lighter after the build: the theme's icon fonts, large figures, our scripts."""

from __future__ import annotations

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image
from rjsmin import jsmin
from sphinx.application import Sphinx

NAME = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:+before,?)+)\{content:"\\([0-9a-f]+)"\}')  # a name and its character
CODE, CHARACTER = re.compile(r'"\\([ef][0-9a-f]{3})"'), re.compile("[\ue000-\uf8ff]")  # both spellings of one
LARGE = 25_000  # bytes; smaller figures stay as they are


def icons_in_use(site: Path) -> set[int]:
    """The characters of the icons that pages and the theme's scripts name, and those of the theme's own rules."""
    style = "".join(path.read_text("utf-8") for path in (site / "_static").rglob("*.css"))
    sources = [*site.rglob("*.html"), *(site / "_static").rglob("*.js")]
    names: set[str] = set()
    for path in sources:
        names |= set(NAME.findall(path.read_text("utf-8")))
    named = {int(code, 16) for rule, code in RULE.findall(style) if names & set(NAME.findall(rule))}
    rest = RULE.sub("", style)
    return named | {int(code, 16) for code in CODE.findall(rest)} | {ord(icon) for icon in CHARACTER.findall(rest)}


def keep_icons(font_file: Path, icons: set[int]) -> None:
    """Drop every other character of the font: a few dozen of two thousand are shown."""
    font = TTFont(font_file)
    if set(font.getBestCmap()) <= icons:
        return  # done by an earlier build
    subsetter = Subsetter(Options(layout_features=[]))
    subsetter.populate(unicodes=icons)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(font_file)


def reduce_colors(picture: Path) -> None:
    """256 colors are enough for a plot and take a third of the bytes."""
    image = Image.open(picture)
    if image.mode == "RGBA" and picture.stat().st_size > LARGE:
        reduced = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        reduced.save(picture, optimize=True)


def squeeze(scripts: Path, sources: Path) -> None:
    """Drop comments and indentation from those scripts of a folder that are our own: that have a source there."""
    for source in sources.rglob("*.js"):
        script = scripts / source.relative_to(sources)
        if script.is_file():
            script.write_text(jsmin(source.read_text("utf-8")) + "\n", "utf-8")


def lighten(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        site = Path(app.outdir)
        icons = icons_in_use(site)
        for font in (site / "_static" / "vendor" / "fontawesome").rglob("*.woff2"):
            keep_icons(font, icons)
        for picture in (site / "_images").glob("*.png"):
            reduce_colors(picture)
        for folder in app.config.html_static_path:
            if not Path(folder).is_absolute():  # those of other packages are
                squeeze(site / "_static", Path(app.confdir) / folder)


def setup(app: Sphinx) -> None:
    app.connect("build-finished", lighten)
