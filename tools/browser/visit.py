"""Opens one page in Chromium, as a reader would, and writes down everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from shutil import which

from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from .accessibility import AXE, barriers_of_color, barriers_of_structure, barriers_of_width, unreached
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


def listen(context: BrowserContext, page: Page, origin: str, visit: Visit) -> None:
    """Record, and refuse, each request to another machine; record each error on the console."""

    def note(request: Request) -> None:
        if not is_local(request.url, origin):
            visit.requests_outside.append(request.url)

    context.on("request", note)
    context.route(lambda url: not is_local(url, origin), lambda route: route.abort())
    page.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: visit.errors.append(str(error)))


def open_page(browser: Browser, url: str, origin: str, looks: list[tuple[str, int]] = LOOKS) -> Visit:
    """Visit one page at two widths, its folded parts opened; axe-core judges the looks, pairs of theme and width."""
    visit = Visit()
    context = browser.new_context(viewport={"width": DESKTOP, "height": 900}, color_scheme="light")
    page = context.new_page()
    listen(context, page, origin, visit)
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(url, wait_until="load")
    page.evaluate("() => document.fonts.ready.then(() => null)")
    visit.weights = weigh(requests)
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
    context.close()
    return visit
