"""The two pictures of README.md, from the built book and from the report on the demonstration class.

    make course && python -m tools.pictures.readme    # book/_static/readme/page.png and class.png, some seconds
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tools.browser.visit import STILL, chromium

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "book" / "_static" / "readme"
BOOK = ROOT / "_build" / "html" / "book" / "autoregressive" / "pixelcnn.html"
CLASS = ROOT / "_build" / "class" / "report" / "masks.html"
WIDTH = 800  # pixels, of the stored pictures
COLORS = 128  # a screen has few: a picture takes a third of the room


def opened(browser: Browser, path: Path, height: int) -> Page:
    """A page on a desk, 1280 pixels wide, in the light theme."""
    page = browser.new_page(viewport={"width": 1280, "height": height}, color_scheme="light")
    page.goto(path.as_uri())
    page.add_style_tag(content=STILL)
    page.evaluate("() => document.fonts.ready.then(() => null)")
    return page


def save(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    smaller = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    path = PICTURES / f"{name}.png"
    smaller.quantize(COLORS).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1024:.0f} KB")


def main() -> None:
    missing = [str(path.relative_to(ROOT)) for path in (BOOK, CLASS) if not path.is_file()]
    if missing:
        sys.exit(f"There is no {' and no '.join(missing)}. Run: make course")
    with chromium() as browser:
        save(opened(browser, BOOK, 1800), "page")
        report = opened(browser, CLASS, 1800)
        report.locator("h2", has_text="Points per task").evaluate("heading => heading.scrollIntoView()")
        save(report, "class")


if __name__ == "__main__":
    main()
