"""The site as a whole: addresses for search engines and readers, a 404 page, times, the report, paper."""

from __future__ import annotations

import re
from contextlib import closing
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import yaml
from gdm_book.site import spread_address
from playwright.sync_api import Browser
from pypdf import PdfReader

from tools.browser.tab import open_tab
from tools.pdf import contents, print_pages
from tools.site_report import Row, all_pages, look_at

from .test_pages import every_page

CONFIG = yaml.safe_load((Path(__file__).parents[2] / "_config.yml").read_text())


def test_the_sitemap_lists_every_page_at_its_address(site: Path) -> None:
    found = [element.text for element in ElementTree.parse(site / "sitemap.xml").getroot().iter() if element.text]
    listed = [address.strip() for address in found if address.strip()]
    assert listed == sorted(CONFIG["html"]["baseurl"] + page for page in contents())


@pytest.mark.parametrize("page", ["book/index.html", "book/flows/composition.html"])
def test_a_page_has_a_social_preview(site: Path, page: str) -> None:
    tags = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)"', (site / page).read_text()))
    assert tags["url"] == CONFIG["html"]["baseurl"] + page
    assert tags["site_name"] == CONFIG["title"]
    assert tags["title"]
    assert "minutes to read" not in tags["description"]
    assert (site / tags["image"].removeprefix(CONFIG["html"]["baseurl"])).is_file()


def test_a_page_can_be_edited_reported_downloaded_and_launched_from_one_address(site: Path) -> None:
    html = (site / "book/flows/composition.html").read_text()
    source = "book/flows/composition.ipynb"
    repository = CONFIG["repository"]["url"]
    name = repository.removeprefix("https://github.com/")
    for link in (
        f"{repository}/edit/main/{source}",
        f"{repository}/issues/new",
        f"https://mybinder.org/v2/gh/{name}/notebooks?urlpath=lab/tree/{source}",
        f"https://colab.research.google.com/github/{name}/blob/notebooks/{source}",
        f"_sources/{source}",
    ):
        assert link in html


def test_the_page_for_lost_readers_leads_back_into_the_book(browser: Browser, origin: str) -> None:
    with open_tab(browser) as tab:
        tab.goto(origin + "404.html")
        tab.get_by_role("link", name="start page").click()
        assert tab.url == origin + "book/index.html"


@every_page
def test_a_page_says_how_long_it_takes_if_it_says_what_it_teaches(site: Path, page: str) -> None:
    html = (site / page).read_text()
    goals = bool(re.search(r'<div class="goals\b', html))
    executed = page.replace(".html", ".ipynb") in html  # the notebook to download
    assert len(re.findall(r'<p class="times">\d+ minutes to read', html)) == goals
    assert len(re.findall(r"\d+ s of CPU</p>", html)) == (goals and executed)


def test_the_report_counts_what_is_wrong(browser: Browser, serve, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><html lang=en data-theme=light><link rel=icon href=data:,><title>Bad</title>"
        "<script>matchMedia('(prefers-color-scheme: dark)').onchange = (e) =>"
        " (document.documentElement.dataset.theme = e.matches ? 'dark' : 'light')</script>"
        "<main><h1>Bad</h1><img src='https://cdn.invalid/a.png'></main><script>console.error('oh')</script>"
    )
    row = look_at(browser, serve(tmp_path), "bad.html")
    assert row == Row("bad.html", row.bytes, 1, row.console_errors, row.axe_violations, 1, None, row.wrong)
    assert "requests_outside: https://cdn.invalid/a.png" in row.wrong
    assert "errors: oh" in row.wrong
    assert 100 < row.bytes < 1000
    assert row.console_errors >= 1
    assert row.axe_violations >= 1


def test_the_report_leaves_no_page_out(site: Path) -> None:
    assert {f"{name}" for name in contents()} <= set(all_pages(site))


@pytest.mark.slow
def test_paper_shows_everything_and_links_inside_itself(
    browser: Browser, site: Path, origin: str, tmp_path: Path
) -> None:
    pages = ["book/flows/change-of-variables.html", "book/flows/composition.html"]
    print_pages(browser, origin, pages, tmp_path / "book.pdf")
    reader = PdfReader(tmp_path / "book.pdf")
    text = " ".join("\n".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "largest distance to a bar",  # an output
        "A density that does not integrate to 1",  # prose
        "No. The factor is",  # a folded answer
        "The composition is not the identity",  # a folded solution
        "Points of both moons on their way",  # what moves on a screen
    ):
        assert words in text
    links = chain.from_iterable(page.get("/Annots", []) for page in reader.pages)
    targets = [a.get_object() for a in links]
    outside = [str(a["/A"]["/URI"]) for a in targets if "/A" in a and "/URI" in a["/A"]]
    assert [address for address in outside if origin in address] == []


def test_paper_shows_every_plot(browser: Browser, origin: str) -> None:
    with closing(browser.new_page()) as view:
        view.emulate_media(media="print")
        view.goto(f"{origin}/book/flows/composition.html")
        boxes = [plot.bounding_box() for plot in view.locator("svg.drawn.plot").all()]
    assert len(boxes) > 2
    assert all(box is not None and min(box["width"], box["height"]) > 100 for box in boxes)


def test_the_library_page_says_what_the_docstrings_say(site: Path) -> None:
    page = (site / "book" / "api.html").read_text(encoding="utf-8")
    types = re.findall(r'">Type<span[^>]*>:</span></dt>\s*<dd[^>]*>(.*?)</dd>', page, re.DOTALL)
    assert {re.sub(r"<[^>]+>", "", found).strip() for found in types} == {"int", "int or None"}
    assert "The strict past: every k &lt; j." in page  # a colon in the first line announces no type
    assert "Alias for field number" not in page
    assert "\\|" not in re.sub(r"<[^>]+>", "", page)  # in a literal block nothing is escaped


@pytest.mark.parametrize(("book", "repository"), [
    ("https://course.example/2027", "https://github.com/someone/course"),
    ("https://course.example/2027/", "https://github.com/someone/course/"),
    ("https://course.example/2027/", "https://github.com/someone/course.git"),
])
def test_addresses_are_joined_whether_they_end_in_a_slash_or_not(book: str, repository: str) -> None:
    config = SimpleNamespace(html_baseurl=book, html_title="A book", html_theme_options={"repository_url": repository})
    spread_address(None, config)
    assert config.html_baseurl == config.ogp_site_url == "https://course.example/2027/"
    assert config.notfound_urls_prefix == "/2027/"
    assert config.html_theme_options["repository_url"] == "https://github.com/someone/course"
