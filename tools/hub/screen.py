"""A student's window: logging in to JupyterLab, and everything on the screen that looks like an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, Response
from playwright.sync_api import Error as BrowserError

from tools.hub.accounts import Account

SIZE = {"width": 1200, "height": 800}
PATIENCE_MS = 900_000  # a first start, or Validate with its training: 309 s where twelve programs shared two cores
# The red and yellow boxes of nbgrader, and the notifications of JupyterLab.
BOXES = ".alert-danger, .alert-warning, .list_error, .Toastify__toast--error, .Toastify__toast--warning"
DIALOG = ".jp-Dialog-content"
SAYS = re.compile(r"\berror|could not|cannot|does not exist|failed|forbidden|not found|traceback", re.IGNORECASE)
# The texts that are seen, but for those of the notebook itself: what a student's code prints is the student's.
TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    const e = text.parentElement;
    if (text.data.trim() && !e.closest("script, style, .jp-Notebook") && e.checkVisibility()) {
      found.push(text.data.trim());
    }
  }
  return found;
}"""


class NotSeen(Exception):
    """Something that a student waited for did not come."""


@dataclass
class Screen:
    """A browser's window in the hands of one student; `wrong` collects what no student should see."""

    page: Page
    who: Account
    address: str
    folder: Path
    wrong: list[str] = field(default_factory=list)
    pictures: int = 0

    def look(self, name: str) -> None:
        """Take a picture of the screen as it is, and note every error on it."""
        self.page.wait_for_timeout(1000)
        self.pictures += 1
        self.page.screenshot(path=self.folder / f"{self.who.name}-{self.pictures:02d}-{name}.png")
        boxes = self.page.locator(BOXES).filter(visible=True)
        seen = [text.strip() for text in boxes.all_inner_texts() if text.strip()]
        seen += [text for text in self.page.evaluate(TEXTS) if SAYS.search(text)]
        self.wrong += [f"{self.who.name}, {name}: {text[:300]}" for text in dict.fromkeys(seen)]

    def note(self, response: Response) -> None:
        """Note what a server failed at."""
        if response.status >= 500:
            self.wrong.append(f"{self.who.name}: status {response.status} of {response.url}")

    @contextmanager
    def expects(self, what: str, place: str = "") -> Iterator[None]:
        """Name what is waited for; should it not come, say what stands in its place, or in a dialog before it."""
        try:
            yield
        except BrowserError as error:
            stands = self.text_of(DIALOG) or (self.text_of(place) if place else "")
            why = f"in its place stands {stands[:300]!r}" if stands else error.message.splitlines()[0]
            raise NotSeen(f"{self.who.name}: expected {what}, and it did not come: {why}") from error

    def text_of(self, selector: str) -> str:
        """Return what can be read in some elements, on one line."""
        return " ".join(" ".join(self.page.locator(selector).filter(visible=True).all_inner_texts()).split())

    def log_in(self) -> None:
        """Log in by name and password, and wait for JupyterLab."""
        with self.expects("the page of login"):
            self.page.goto(self.address)
            self.page.locator("#username_input").fill(self.who.name)
            self.page.locator("#password_input").fill(self.who.password)
        self.look("login")
        with self.expects("JupyterLab after the login"):
            self.page.locator("#login_submit").click()
            self.page.locator(".jp-Launcher").wait_for()
        self.look("lab")


def window(browser: Browser, who: Account, address: str, folder: Path) -> Screen:
    """Return an empty window of a browser that knows nobody."""
    context = browser.new_context(viewport=SIZE)
    context.set_default_timeout(PATIENCE_MS)
    screen = Screen(context.new_page(), who, address, folder)
    screen.page.on("response", screen.note)
    screen.page.on("pageerror", lambda error: screen.wrong.append(f"{who.name}: {error}"))
    return screen
