"""The book on paper: all pages, in the order of the contents, as one document that Chromium prints.

    python -m tools.pdf            # _build/deep-generative-models.pdf

Folded answers and solutions are open, links between pages become links inside the document, and what moves on a screen
is a sentence. One document rather than one file a page: so page numbers run on, and no link leads out of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import yaml
from playwright.sync_api import Browser

from tools.browser.server import serving
from tools.browser.visit import UNFOLD, chromium

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "_build" / "deep-generative-models.pdf"

# Appends the articles of the other pages to this one's. An id, and a link to it, get the name of their page in front.
GATHER = """async (pages) => {
  const home = new URL(".", location.href).href;
  const anchor = (page, id) => page.replaceAll("/", "-") + (id ? "--" + id : "");
  const adopt = (article, page) => {
    const base = home + page;
    for (const [tag, attribute] of [["img", "src"], ["a", "href"]]) {
      article.querySelectorAll(`${tag}[${attribute}]`).forEach((element) => {
        const url = new URL(element.getAttribute(attribute), base);
        const other = pages.find((known) => home + known === url.href.split("#")[0]);
        const inside = tag === "a" && other;
        element.setAttribute(attribute, inside ? "#" + anchor(other, url.hash.slice(1)) : url.href);
        if (tag === "a" && !other && url.href.startsWith(home)) element.removeAttribute("href");
      });
    }
    article.querySelectorAll("[id]").forEach((element) => (element.id = anchor(page, element.id)));
    article.id = anchor(page, "");
    return article;
  };
  const articles = [];
  for (const page of pages) {
    const text = await (await fetch(home + page)).text();
    articles.push(adopt(new DOMParser().parseFromString(text, "text/html").querySelector("article"), page));
  }
  document.body.replaceChildren(...articles);
  document.body.className = "book-on-paper";
  document.documentElement.dataset.theme = "light";
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode()));
}"""
FOOTER = '<div style="width: 100%; text-align: center; font: 8px sans-serif"><span class="pageNumber"></span></div>'


def contents() -> list[str]:
    """The pages in the order of the table of contents, the start page first."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text())
    names = [toc["root"]]
    for part in toc["parts"]:
        names += [chapter["file"] for chapter in part["chapters"]]
    return [f"{name}.html" for name in names]


def print_pages(browser: Browser, origin: str, pages: Sequence[str], target: Path) -> None:
    """Write these pages of the served book into one PDF."""
    context = browser.new_context(color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(origin + "search.html")  # a page at the root with the book's style and little else
    page.evaluate(GATHER, list(pages))
    page.evaluate(UNFOLD)
    page.pdf(
        path=target,
        format="A4",
        margin={"top": "18mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
        print_background=True,
        scale=0.85,
        outline=True,
        tagged=True,
    )
    context.close()


def main() -> None:
    site = ROOT / "_build" / "html"
    if not (site / "index.html").is_file():
        sys.exit("The book is not built: there is no _build/html/index.html. Run: make book")
    pages = contents()
    print(f"Printing {len(pages)} pages ...", flush=True)
    with serving(site) as origin, chromium() as browser:
        print_pages(browser, origin, pages, TARGET)
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
