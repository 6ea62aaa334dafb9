"""Opens one page in Chromium, as a reader would, and writes down everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from shutil import which
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from .accessibility import AXE, barriers_of_color, barriers_of_structure, barriers_of_width, unreached
from .tab import open_tab
from .weight import weigh

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",  # no other machine is reached
]
DESKTOP, PHONE = 1280, 400  # widths in CSS pixels
LOOKS = [("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)]

STILL = "* { transition: none !important; animation: none !important; }"
# A fade at the edge of what scrolls hides the color of its ground from axe-core.
UNFADED = "article :is(pre, .katex-display) { background-image: none !important; }"
UNFOLD = """() => {
  document.querySelectorAll("details").forEach((e) => (e.open = true));
  document.querySelectorAll(".toggle-hidden").forEach((e) => e.classList.remove("toggle-hidden"));
}"""
RAW_FORMULAS = r"""() => {
  const bad = [...document.querySelectorAll(".katex-error")].map((e) => e.textContent);
  document.querySelectorAll(".math").forEach((e) => e.querySelector(".katex-html") || bad.push(e.textContent));
  const raw = /\\[(\[]|\$\$|\\begin\{|\$[^$\s][^$\n]*\$/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    if (raw.test(text.data) && !text.parentElement.closest("pre, code, script, style, .katex")) bad.push(text.data);
  }
  const fonts = [...document.fonts].some((font) => font.family.startsWith("KaTeX") && font.status === "loaded");
  if (document.querySelector(".katex") && !fonts) bad.push("the fonts of the formulas are not loaded");
  return bad;
}"""
WORDLESS_IMAGES = r"""() => [...document.querySelectorAll("img")]
  .filter((image) => !image.alt.trim() || /\.(png|jpe?g|gif|svg|webp)$/i.test(image.alt.trim()))
  .map((image) => image.getAttribute("src"))"""
CUT_OFF = """() => {
  const page = document.documentElement;
  const bad = page.scrollWidth > page.clientWidth ? [`the page is ${page.scrollWidth} px wide`] : [];
  const scrolls = (e) => e && (["auto", "scroll"].includes(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  document.querySelectorAll("article :is(.katex .base, pre, table, img, svg, .explorable, .quiz)").forEach((e) => {
    if (e.getBoundingClientRect().right > page.clientWidth + 1 && !scrolls(e)) bad.push(e.outerHTML.slice(0, 120));
  });
  document.querySelectorAll("article .katex-display").forEach((e) => {
    const over = e.scrollWidth - e.clientWidth;
    if (e.checkVisibility() && over > 1) bad.push(`${over} px too wide, break it: ${e.textContent.slice(0, 100)}`);
  });
  return bad;
}"""

FINGER = 44  # CSS pixels
SMALL_CONTROLS = """(finger) => {
  const pressed = [".explorable :is(button, select, input)", ".quiz-choices button", "summary"];
  const controls = [...document.querySelectorAll(pressed.map((each) => "article " + each).join())];
  const small = controls.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < finger - 0.5);
  return small.map((e) => `${Math.round(e.getBoundingClientRect().height)} px high: ${e.outerHTML.slice(0, 100)}`);
}"""


class NoChromiumError(RuntimeError):
    """There is no browser to look at pages with."""


@dataclass
class Visit:
    """The findings of one visit: every list is empty on a good page."""

    requests_outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    raw_formulas: list[str] = field(default_factory=list)
    wordless_images: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)  # what a finger would miss on a phone
    unreached: list[str] = field(default_factory=list)  # what can be pressed, but not by keyboard
    structure: list[str] = field(default_factory=list)  # what axe-core says of everything but color
    barriers: dict[str, list[str]] = field(default_factory=dict)  # what axe-core says of color, per theme and width
    weights: dict[str, int] = field(default_factory=dict, compare=False)  # compressed bytes, by file

    def findings(self) -> list[str]:
        """Return all that is wrong, each with the name of its kind."""
        kinds = asdict(self) | self.barriers
        lists = {kind: found for kind, found in kinds.items() if isinstance(found, list)}
        found = []
        for kind, texts in lists.items():
            found += [f"{kind}: {text}" for text in texts]
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with an empty profile; a sentence that says what to install where there is none."""
    executable = which("chromium") or which("chromium-browser") or which("google-chrome")
    if executable is None:
        raise NoChromiumError("Expected Chromium on the PATH, found none. Install it: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def is_local(url: str, origin: str) -> bool:
    return url.startswith((origin, "data:", "blob:"))


@contextmanager
def listening(page: Page, origin: str, visit: Visit) -> Iterator[list[Request]]:
    """Record each request to another machine, which goes nowhere, and each error; the list has all requests."""
    requests: list[Request] = []

    def note(request: Request) -> None:
        requests.append(request)
        if not is_local(request.url, origin):
            visit.requests_outside.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            visit.errors.append(message.text)

    listeners: list[tuple[Any, Any]] = [("request", note), ("console", note_message),
                                        ("pageerror", lambda error: visit.errors.append(str(error)))]
    for event, listener in listeners:
        page.on(event, listener)
    yield requests
    for event, listener in listeners:
        page.remove_listener(event, listener)


def open_page(browser: Browser, url: str, origin: str, looks: list[tuple[str, int]] = LOOKS) -> Visit:
    """Visit one page at two widths, its folded parts opened; axe-core judges the looks, pairs of theme and width."""
    visit = Visit()
    desktop = {"width": DESKTOP, "height": 900}
    with open_tab(browser, viewport=desktop) as page, listening(page, origin, visit) as requests:
        page.goto(url, wait_until="load")
        page.evaluate("() => document.fonts.ready.then(() => null)")
        visit.weights = weigh(requests)
        look_at(page, looks, visit)
    return visit


def look_at(page: Page, looks: list[tuple[str, int]], visit: Visit) -> None:
    """Write down what is wrong with the page that is open."""
    page.add_style_tag(content=STILL + UNFADED)
    page.evaluate(UNFOLD)
    visit.raw_formulas = page.evaluate(RAW_FORMULAS)
    visit.wordless_images = page.evaluate(WORDLESS_IMAGES)
    if looks:
        page.evaluate(AXE)
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise(requestAnimationFrame)")  # the resize has been handled
        visit.cut_off += page.evaluate(CUT_OFF)
        if width == PHONE:
            visit.small = page.evaluate(SMALL_CONTROLS, FINGER)
        for theme in [theme for theme, wide in looks if wide == width]:
            page.emulate_media(color_scheme=theme)
            page.wait_for_selector(f"html[data-theme={theme}]", state="attached")
            visit.barriers[f"{theme}, {width} px"] = barriers_of_color(page)
        if looks:  # the same in every theme
            visit.structure += barriers_of_structure(page) if width == DESKTOP else barriers_of_width(page)
    if looks:
        page.set_viewport_size({"width": DESKTOP, "height": 900})
        visit.unreached = unreached(page)
