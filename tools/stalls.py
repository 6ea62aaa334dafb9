"""Weighs the flow that learns in the page: `make stalls`, on the built book.

Chromium's trace counts the CPU time of each task of a thread, so what else the machine does leaves the figures alone.
Printed for each page: the longest task of the main thread while it learns, and what the worker needed to learn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from .browser.server import serving
from .browser.visit import DESKTOP, PHONE, chromium

SITE = Path(__file__).parents[1] / "_build" / "html"
MINUTE = 60_000  # milliseconds
LONGEST = 50  # milliseconds that a task of the main thread may take
PAGES = [
    ("book/kl/forward.html", DESKTOP, {"target": "banana", "layers": 2}),
    ("book/kl/reverse.html", PHONE, {"target": "rings", "layers": 5, "show": "grid", "steps": 300}),
]
SHOWN = "() => { const e = document.querySelector('flow-learns'); return e.report && !e.starting && !e.learning; }"


@dataclass
class Trace:
    """The events of a browser, kept until it says that it has sent the last one."""

    events: list[dict[str, Any]] = field(default_factory=list)
    complete: bool = False

    def end(self, _: Any) -> None:
        self.complete = True

    def milliseconds(self, thread: str) -> list[float]:
        """CPU time of each task of the threads of this name."""
        named = [event for event in self.events if event.get("name") == "thread_name"]
        threads = {(event["pid"], event["tid"]) for event in named if event["args"]["name"].startswith(thread)}
        return [
            event.get("tdur", 0) / 1000
            for event in self.events
            if event["name"].endswith("::RunTask") and (event["pid"], event["tid"]) in threads
        ]


@contextmanager
def traced(session: CDPSession, page: Page) -> Iterator[Trace]:
    trace = Trace()
    session.on("Tracing.dataCollected", lambda part: trace.events.extend(part["value"]))
    session.on("Tracing.tracingComplete", trace.end)
    session.send("Tracing.start", {"traceConfig": {"includedCategories": ["toplevel"]}})
    yield trace
    session.send("Tracing.end")
    while not trace.complete:
        page.wait_for_timeout(100)


def learn(browser: Browser, address: str, width: int, settings: dict[str, Any]) -> tuple[Trace, dict[str, Any]]:
    """The trace of one learning, and its numbers at the end."""
    with browser.new_page(viewport={"width": width, "height": 900}) as page:
        page.goto(address)
        element = page.locator("flow-learns").first
        element.scroll_into_view_if_needed()
        element.evaluate("(e, settings) => e.update(settings)", settings)
        page.wait_for_function(SHOWN, timeout=MINUTE)
        with traced(browser.new_browser_cdp_session(), page) as trace:
            element.get_by_role("button", name="Learn").click()
            page.wait_for_function(SHOWN, timeout=10 * MINUTE)
        return trace, element.evaluate("e => e.values")


def main() -> None:
    longest = 0.0
    with serving(SITE) as origin, chromium() as browser:
        for name, width, settings in PAGES:
            trace, values = learn(browser, origin + name, width, settings)
            main_thread, worker = trace.milliseconds("CrRendererMain"), trace.milliseconds("DedicatedWorker")
            longest = max(longest, *main_thread)
            print(f"{name}, {width} px, {settings}")
            print(f"  main thread: {len(main_thread)} tasks, the longest {max(main_thread):.1f} ms of CPU")
            print(f"  worker: {values['step']} steps in {sum(worker) / 1000:.1f} s of CPU, "
                  f"forward KL {values['forward']:.4f} nats")
    if longest > LONGEST:
        raise SystemExit(f"A task of the main thread took {longest:.0f} ms of CPU; at most {LONGEST} are allowed.")


if __name__ == "__main__":
    main()
