"""The class's page says what the class is like, runs nothing, and can be read by everyone."""

import json

import pytest
from rich.console import Console

from gdm_grader.records import gradebook
from gdm_grader.reports import class_page
from gdm_grader.reports.class_page import Bar, bars, figures
from gdm_grader.reports.similar import similar, write_page
from tools.browser.accessibility import AXE, barriers_of_color, barriers_of_structure
from tools.browser.visit import CUT_OFF, DESKTOP, PHONE

BAD = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture
def graded(course, small_class, hand_in, grade):
    """A class with a misconception, a late submission, one that is broken and one that tries to be a script."""
    hand_in("eve", double=2, total=1)
    (course.submitted / "bob" / "tiny" / "timestamp.txt").write_text("2026-11-03 10:00:00 UTC\n")
    (course.root / "_build" / "class" / "class.json").write_text(
        json.dumps({"due": {"tiny": "2026-11-01T12:00:00+00:00"}}))
    grade()
    path = course.results / "tiny" / "ann.json"
    result = json.loads(path.read_text())
    path.write_text(json.dumps(result | {"remarks": [f"the cell that begins with {BAD!r}"]}))
    return course


def test_what_the_page_shows_is_what_the_class_is(graded):
    shown = figures(graded, "tiny")
    assert shown["totals"] == {"ann": 6, "bob": 3, "cid": 0, "dora": 0, "eve": 0}
    assert (shown["most"], shown["mean"], shown["median"]) == (6, 1.8, 0)
    tasks = [(task, full, round(mean, 2)) for task, full, mean in shown["tasks"]]
    assert tasks == [("double", 3, 0.6), ("total", 3, 1.2)]
    assert [(one.task, one.name, one.students) for one in shown["misconceptions"]] == [
        ("double", "squares", ["bob", "eve"]), ("total", "forgets the first", ["eve"])]
    assert shown["misconceptions"][0].link is None
    assert shown["hardest"] == [("test_double_values", 1, 4), ("test_double_zero", 1, 4), ("test_total_values", 2, 4)]
    assert {student: one.days for student, one in shown["late"].items()} == {"bob": 2}
    assert [student for student, _ in shown["attention"]] == ["dora", "ann"]
    assert (shown["isolations"], shown["seeds"]) == ([("a stand-in", 4)], [7])
    assert shown["audit"].wrong == []


def test_the_distribution_counts_everyone_once_in_bars_of_whole_points():
    assert bars([0, 0.9, 1, 3, 2.5], 3) == [Bar(0, 1, 2), Bar(1, 2, 1), Bar(2, 3, 2)]
    assert [(bar.low, bar.high) for bar in bars([22], 22)] == [(low, low + 2) for low in range(0, 22, 2)]
    assert bars([12.5], 12.5)[-1] == Bar(12, 12.5, 1)
    assert bars([0, 0], 0) == [Bar(0, 0, 2)]


def test_a_students_text_stays_text_and_the_page_asks_for_nothing(graded):
    text = class_page.write(graded, "tiny").read_text()
    assert text.count("<script") == 1
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "http" not in text.replace("http-equiv", "")


def test_a_page_of_the_book_is_linked_where_it_is_published_and_named_until_somebody_says_where(graded, gdm):
    text = class_page.write(graded, "tiny").read_text()
    assert "Pages of the book are named here, not linked" in text
    assert "See the book's page on double." in " ".join(text.split())
    gdm(graded, "feedback", "tiny", "--book", "https://course.example/book")
    text = class_page.write(graded, "tiny").read_text()
    assert '<a href="https://course.example/book/numbers/double.html">double</a>' in text
    assert "not linked" not in text


def test_a_click_or_a_key_on_the_head_of_a_column_sorts_and_no_other_script_runs(graded, browser):
    page = class_page.write(graded, "tiny")
    page.write_text(page.read_text().replace("<h2 id=", "<script>document.title = 'ran'</script><h2 id=", 1))
    context = browser.new_context()
    view = context.new_page()
    view.goto(page.as_uri())
    assert view.title() == "tiny: the class"
    totals = "[...document.querySelectorAll('.dense tbody tr')].map((row) => row.cells[1].textContent.trim())"
    students = "[...document.querySelectorAll('.dense tbody tr')].map((row) => row.cells[0].textContent.trim())"
    assert view.evaluate(students) == ["ann", "bob", "cid", "dora", "eve"]
    view.get_by_role("button", name="Total of 6", exact=True).click()
    assert view.evaluate(totals) == ["0", "0", "0", "3", "6"]
    view.get_by_role("button", name="Total of 6", exact=True).press("Enter")
    assert view.evaluate(totals) == ["6", "3", "0", "0", "0"]
    assert view.get_by_role("columnheader", name="Total of 6", exact=True).get_attribute("aria-sort") == "descending"
    view.locator(".dense").get_by_role("button", name="Student", exact=True).click()
    assert view.evaluate(students) == ["ann", "bob", "cid", "dora", "eve"]
    heads = view.locator(".dense thead th").all_inner_texts()
    assert heads[-3:] == ["double of 3", "total of 3", "Feedback"]
    assert view.get_by_role("button", name="Feedback").count() == 0  # links, all alike
    context.close()


def test_a_gradebook_that_differs_is_said_on_the_page(graded):
    with gradebook.open_gradebook(graded) as book:
        book.find_grade("test_double_zero", "tiny", "tiny", "cid").auto_score = 1
        book.db.commit()
    assert "The gradebook does not hold what the grader gave" in class_page.write(graded, "tiny").read_text()


def test_the_same_class_gives_the_same_bytes(graded):
    assert class_page.write(graded, "tiny").read_bytes() == class_page.write(graded, "tiny").read_bytes()


def test_the_pages_can_be_read_by_everyone_on_a_phone_and_in_the_dark(graded, browser):
    pairs = similar(graded, "tiny", 0.0, Console(quiet=True))
    paths = [class_page.write(graded, "tiny"), write_page(graded, "tiny", pairs)]
    for path in paths:
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, bypass_csp=True)
            view = context.new_page()
            asked = []
            view.on("request", lambda request, asked=asked: asked.append(request.url))
            view.goto(path.as_uri())
            view.evaluate(AXE)
            view.evaluate("document.querySelectorAll('details').forEach((e) => (e.open = true))")
            for width in (DESKTOP, PHONE):
                view.set_viewport_size({"width": width, "height": 900})
                assert barriers_of_structure(view) + barriers_of_color(view) == []
                assert view.evaluate(CUT_OFF) == []
            assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
            context.close()
