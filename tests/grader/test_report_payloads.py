"""Payloads against the instructor's pages, in Chromium: as names of a roster and in code that two students share."""

import csv
from contextlib import closing

import nbformat
import pytest

from gdm_grader.authoring import demo
from tests.grader.test_page_payloads import AWAY, PAYLOADS, RUN

SHOWN = [text.replace("\n", " ")[:3000] for text in PAYLOADS.values()]
COVERED = """() => {
  const head = document.querySelector('h1'), box = head.getBoundingClientRect()
  return !head.contains(document.elementFromPoint(box.left + 20, box.top + box.height / 2))
}"""
OF_OTHERS = """() => [...document.querySelectorAll(
  'main :is(script, style, img, iframe, form, base, meta, link, template, video, object, embed, math, [style])'
)].filter((one) => one.localName !== 'script' || one.src).map((one) => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def assert_harmless(browser):
    """Open a page with the network cut and its policy put aside, and see that nothing of a payload is an element."""
    def look(page):
        with closing(browser.new_context(offline=True, bypass_csp=True)) as context:
            view, asked = context.new_page(), []
            view.on("request", lambda request: asked.append(request.url))
            view.goto(page.as_uri())
            assert view.url == page.as_uri()
            assert RUN.split("'")[1] != view.title()
            assert [url for url in asked if url != page.as_uri()] == []
            assert view.evaluate(OF_OTHERS) == []
            assert not view.evaluate(COVERED)
            assert AWAY in view.content()
    return look


def test_no_name_of_a_roster_is_more_than_text(course, hand_in, grade, gdm, assert_harmless):
    with (course.root / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Login", "Name"])
        for place, text in enumerate(SHOWN):
            hand_in(f"s{place}", double=0)
            rows.writerow([f"s{place}", text])
    grade()
    status, output = gdm(course, "report", "tiny", "--roster", "roster.csv")
    assert status == 0, output
    assert_harmless(course.reports / "tiny.html")


def test_no_code_that_two_share_is_more_than_text(course, gdm, assert_harmless):
    release = nbformat.read(course.release("tiny"), as_version=4)
    lines = [f"    text_{place} = [{text!r}, {place}, len({text!r})]" for place, text in enumerate(SHOWN)]
    for student, name in (("ann", "values"), ("bob", "numbers")):
        folder = course.submitted / student / "tiny"
        folder.mkdir(parents=True)
        source = "\n".join([f"def total({name}):", *lines, f"    return sum({name}, text_0[1])\n"])
        nbformat.write(demo.filled(release, {"total": source}), folder / "tiny.ipynb")
    status, output = gdm(course, "similar", "tiny")
    assert status in (0, 3), output
    assert_harmless(course.reports / "tiny-similar.html")
