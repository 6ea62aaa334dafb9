"""Find what keeps people out of a page: by axe-core, and by what the Tab key does not reach."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ABOUT_COLOR = ["color-contrast", "link-in-text-block"]
ABOUT_WIDTH = ["scrollable-region-focusable", "target-size"]  # what a narrower window can change
# The glyphs of a formula are hidden from screen readers, which read its MathML; looking at each takes minutes.
OF_STRUCTURE = """async (options) => (await axe.run({ exclude: [".katex-html"] }, options)).violations"""
# Equal text on equal ground is judged once: on a long page axe looks at 50 elements in place of 13,000.
OF_COLOR = """async (options) => {
  const ground = (e) => {
    const { backgroundColor, backgroundImage } = e ? getComputedStyle(e) : {};
    const shows = !e || backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none";
    return shows ? `${backgroundColor} ${backgroundImage}` : ground(e.parentElement);
  };
  const look = (e) => {
    const style = getComputedStyle(e);
    const around = getComputedStyle(e.parentElement);
    const keys = ["color", "fontSize", "fontWeight", "opacity", "textDecorationLine", "textShadow"];
    const folded = !e.checkVisibility({ visibilityProperty: true });
    return [ground(e), around.color, around.opacity, folded, e.localName, ...keys.map((key) => style[key])].join();
  };
  const examples = new Map();
  document.querySelectorAll("body *:not(script, style, .katex-html *)").forEach((e) => {
    const speaks = [...e.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (speaks && !examples.has(look(e))) examples.set(look(e), e);
  });
  return (await axe.run({ include: [...examples.values()] }, options)).violations;
}"""
FOCUSABLE = """() => {
  window.reached = new Set();
  document.addEventListener("focusin", (event) => window.reached.add(event.target), true);
  const candidates = document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']");
  window.expected = [...candidates].filter(
    (e) => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }));
  return window.expected.length;
}"""
UNREACHED = "() => window.expected.filter((e) => !window.reached.has(e)).map((e) => e.outerHTML.slice(0, 160))"


def _violations(page: Page, script: str, options: dict) -> list[str]:
    violations = page.evaluate(script, options | {"resultTypes": ["violations"], "preload": False})
    found = []
    for violation in violations:
        found += [f"{violation['id']}: {violation['help']}: {node['html'][:160]}" for node in violation["nodes"]]
    return found


def barriers_of_structure(page: Page) -> list[str]:
    """Return what axe-core finds in the page as it is now; the same in every theme."""
    off = {rule: {"enabled": False} for rule in ABOUT_COLOR}
    return _violations(page, OF_STRUCTURE, {"runOnly": STANDARDS, "rules": off})


def barriers_of_width(page: Page) -> list[str]:
    """Return what axe-core finds of what the width of the window decides."""
    return _violations(page, OF_STRUCTURE, {"runOnly": {"type": "rule", "values": ABOUT_WIDTH}})


def barriers_of_color(page: Page) -> list[str]:
    return _violations(page, OF_COLOR, {"runOnly": {"type": "rule", "values": ABOUT_COLOR}})


def unreached(page: Page) -> list[str]:
    """Return what the Tab key does not come to, going once through the whole page."""
    for _ in range(page.evaluate(FOCUSABLE) + 5):
        page.keyboard.press("Tab")
    return page.evaluate(UNREACHED)
