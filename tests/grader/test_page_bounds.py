"""A page of feedback costs no more than its length says, whatever a student wrote; and links lead nowhere else."""

import gc
import os
import sys
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from gdm_grader.feedback import bounds, page
from gdm_grader.feedback.exporter import colored, with_colors
from gdm_grader.feedback.markdown import markdown
from gdm_grader.grading import cohort
from tests.grader.pages import write_page

MB = 1_000_000
MOST_SECONDS = 20.0  # of CPU time, wide enough for a busy machine; unbounded, these take minutes or hours
MARKDOWN = {
    "environments": r"\begin{a}", "brackets": r"\\[", "parentheses": r"\\(", "tables": "|a|b|\n|--|--|\n",
    "tags": "<div>", "tags without an end": "<a ", "emphasis": "_*", "lists": "* a\n", "quotes": "> ", "links": "[a](",
    "code": "``a`", "comments": "<!--", "entities": "&#", "headings": "a\n===\n", "one formula": "$x_1^2",
}
CODE = {"dots": "...", "attributes": "a.", "numbers": "1.", "questions": "a?", "strings": "'", "magics": "a = !b\n"}
COLORS = {"codes": "\x1b[1m", "numbers": "1;", "openings": "\x1b["}


def filled(piece, length):
    return (piece * (length // len(piece) + 1))[:length]


def cpu_seconds(draw, text):
    started = time.process_time()
    assert isinstance(draw(text), str)
    return time.process_time() - started


@pytest.mark.parametrize("length", [5_000, bounds.MAX_DRAWN_CHARS, MB])
@pytest.mark.parametrize(("draw", "piece"), [
    *((markdown, piece) for piece in MARKDOWN.values()), *((colored, piece) for piece in CODE.values()),
    *((with_colors, piece) for piece in COLORS.values())])
def test_no_text_costs_more_than_drawing_may_take(draw, piece, length, monkeypatch):
    monkeypatch.setattr(bounds, "MAX_DRAWN_SECONDS", 0.03)  # the real bound is half a second: many cases
    assert cpu_seconds(draw, "\x1b[" * (draw is with_colors) + filled(piece, length)) < MOST_SECONDS


@pytest.mark.parametrize("draw", [markdown, colored, with_colors])
def test_a_text_that_is_not_drawn_is_shown_as_it_was_written(draw):
    shown = draw("<script>" + filled("a.", MB))
    assert "&lt;script&gt;a.a." in shown
    assert "<script" not in shown


def test_what_swallows_the_interruption_is_interrupted_again():
    def stubborn():
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    with pytest.raises(bounds.TooSlow), bounds.cpu_limit(0.05):
        stubborn()


def test_what_recurses_without_end_is_shown_as_it_was_written():
    def deep(text):
        return deep(text + "a") if len(text) < 2 * sys.getrecursionlimit() else text

    assert bounds.drawn(deep, str, "a") == "a"


@pytest.mark.parametrize("link", [
    "data:text/html,<b>x</b>", "DATA:text/html;base64,PGI+", " data:text/html,x", "d&#97;ta:text/html,x",
    "da\tta:text/html,x", "&#x64;ata&colon;text/html,x", "javascript:alert(1)", "file:///etc/passwd", "blob:x",
    "vbscript:x", "data&Tab;:text/html,x"])
@pytest.mark.parametrize("form", ["[a]({})", '<a href="{}">a</a>', "[a][r]\n\n[r]: {}", "<{}>"])
def test_a_link_leads_to_the_web_or_nowhere(link, form):
    assert 'href="' not in markdown(form.format(link)).replace('href="http', "")


@pytest.mark.parametrize("link", ["https://example.org/a:b", "mailto:ann@example.org", "#here", "page.html", "a/b:c"])
def test_a_link_to_the_web_stays(link):
    assert f'href="{link}"' in markdown(f"[a]({link})")


def test_sources_and_outputs_are_cut(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_PART_CHARS", 1_000)
    monkeypatch.setattr(bounds, "MAX_PAGE_CHARS", 5_000)
    outputs = [new_output("stream", text="a" * 3_000), new_output("display_data", {"text/html": "b" * 3_000}),
               new_output("error", ename="E", evalue="c" * 3_000, traceback=["d" * 3_000])]
    nb = new_notebook(cells=[new_code_cell("e" * 3_000, outputs=outputs) for _ in range(5)])
    nb.cells.append(new_markdown_cell("f" * 3_000))
    bounds.shorten(nb)
    text = nbformat.writes(nb)
    assert {letter: text.count(letter * 1_001) for letter in "abcdef"} == dict.fromkeys("abcdef", 0)
    assert len(text) < 12_000
    assert "2000 more characters are not shown" in nb.cells[0].source
    assert "not shown" in str(nb.cells[2].outputs)


@pytest.fixture
def graded(course, hand_in, grade):
    hand_in("ann", double=1)
    grade()
    return course


def test_the_page_says_what_it_may_load(graded):
    text = write_page("ann", graded).read_text()
    head, _, body = text.partition("</head>")
    policy = head.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert head.index("Content-Security-Policy") < head.index("<style")
    assert body


def test_a_page_that_takes_too_long_has_the_points_alone(graded, monkeypatch):
    def endless(*_):
        while True:
            pass

    monkeypatch.setattr(page, "_convert", endless)
    monkeypatch.setattr(bounds, "MAX_PAGE_SECONDS", 0.05)
    text = write_page("ann", graded).read_text()
    assert "tiny: 3 points" in text
    assert "<code>test_double_zero</code>: 1" in text
    assert "def double" not in text


def test_hostile_outputs_are_shown_and_do_not_run(graded):
    path = graded.autograded / "ann" / "tiny" / "tiny.ipynb"
    nb = nbformat.read(path, as_version=4)
    shown = [new_output("display_data", {"text/html": filled("<div>", 49_000) + "<script>alert(1)</script>"}),
             new_output("display_data", {"text/html": '<a href="data:text/html,x">a</a><b>kept</b>'}),
             new_output("stream", text="\x1b[" + filled("1;", 100_000) + "m<script>")]
    nb.cells.append(new_code_cell("show()", outputs=shown))
    path.unlink()
    nbformat.write(nb, path)
    text = write_page("ann", graded).read_text()
    assert "<script" not in text
    assert 'href="data:' not in text
    assert "<b>kept</b>" in text


def test_a_page_that_a_killed_run_did_not_write_is_written_by_the_next(graded):
    assert cohort.without_page(graded, "tiny") == ["ann"]
    path = write_page("ann", graded)
    assert cohort.without_page(graded, "tiny") == []
    os.utime(path, ns=(0, 0))  # of an earlier grading
    assert cohort.without_page(graded, "tiny") == ["ann"]


def test_what_the_process_holds_is_not_collected_in_a_texts_time():
    assert bounds.drawn(lambda text: str(gc.isenabled()), str, "a") == "False"
    assert gc.isenabled()
