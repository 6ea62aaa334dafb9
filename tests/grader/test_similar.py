"""Pairs that share code beyond the release are found, whatever names and comments they gave it."""

import shutil

import nbformat
import pytest
from rich.console import Console

from gdm_grader.authoring import demo
from gdm_grader.course import assignment as assignments
from gdm_grader.course.course import Course
from gdm_grader.referee.withheld import answers
from gdm_grader.reports import similar
from gdm_grader.reports.similar import write_page
from tests.conftest import HERE

LONG = '''def total(values):
    # my own idea
    left, right = 0, len(values) - 1
    result = 0
    while left <= right:
        result += values[left] if left == right else values[left] + values[right]
        left, right = left + 1, right - 1
    return result
'''
RENAMED = LONG.replace("left", "a").replace("right", "b").replace("result", "c").replace("# my own idea", "# also mine")
OTHER = '''def total(values):
    from functools import reduce
    from operator import add
    return reduce(add, values, 0) if values else 0
'''


def pairs_of(course, name, least):
    return similar.similar(course, name, least, Console(quiet=True))


@pytest.fixture
def write(course, hand_in):
    """Hand in the release with this answer to `total`."""
    release = nbformat.read(course.release("tiny"), as_version=4)

    def to(student, source):
        folder = course.submitted / student / "tiny"
        folder.mkdir(parents=True)
        nbformat.write(demo.filled(release, {"total": source}), folder / "tiny.ipynb")
    return to


def names(found):
    return [pair.students for pair in found.pairs]


def test_a_copy_with_other_names_is_found_and_nobody_else(course, write):
    write("ann", LONG)
    write("bob", RENAMED)
    write("cid", OTHER)
    write("dora", "raise NotImplementedError")
    found = pairs_of(course, "tiny", 0.5)
    assert names(found) == [("ann", "bob")]
    assert min(found.pairs[0].shares) > 0.9


def test_equal_submissions_are_compared_once_with_the_same_result(course, write):
    sources = {"ann": LONG, "bob": RENAMED, "cid": LONG, "dora": OTHER, "eve": RENAMED, "fay": LONG}
    for student, source in sources.items():
        write(student, source)
    grouped = pairs_of(course, "tiny", 0.0).pairs
    shutil.rmtree(course.submitted)
    for student, source in sources.items():  # a comment counts for nothing, but no two are equal now
        write(student, f"{source}# {student}\n")
    every = pairs_of(course, "tiny", 0.0).pairs
    assert [(one.students, one.shares, one.shared) for one in grouped] == [
        (one.students, one.shares, one.shared) for one in every]
    assert ("ann", "cid") in names(pairs_of(course, "tiny", 0.9))


def test_what_the_release_gives_is_not_shared(course, hand_in):
    hand_in("ann")
    hand_in("bob")
    assert names(pairs_of(course, "tiny", 0)) == []


def test_what_many_wrote_is_the_obvious_way(course, write, monkeypatch):
    monkeypatch.setattr(similar, "COMMON", 3)
    for student in "abcd":
        write(student, LONG)
    assert names(pairs_of(course, "tiny", 0)) == []


def test_a_ring_is_the_first_thing_on_the_page_however_large_it_is(course, write, gdm):
    ring = [f"ring{number}" for number in range(12)]
    for student in ring:
        write(student, LONG)
    write("renamed", RENAMED)
    write("other", OTHER)
    found = pairs_of(course, "tiny", 0.5)
    assert found.pairs == []
    assert [(one.students, one.identical) for one in found.groups] == [(sorted(["renamed", *ring]), sorted(ring))]
    assert [(one.task, one.students, one.answered) for one in found.tasks] == [("total", 12, 14)]
    page = write_page(course, "tiny", found).read_text()
    assert page.index("13 of 14 have the same answers") < page.index("Pairs")
    output = gdm(course, "similar", "tiny")[1]
    assert "13 of 14 have the same answers, but for names and comments; 12 of them letter by letter" in output
    assert output.index("13 of 14") < output.index("pairs share code")


def test_blank_notebooks_and_trifles_are_no_ring(course, write, hand_in):
    for student in "abc":
        hand_in(student)
    for student in "def":
        write(student, "total = sum")
    assert pairs_of(course, "tiny", 0.5).groups == []


def test_what_cannot_be_read_is_named(course, write, small_class):
    found = pairs_of(course, "tiny", 0.5)
    assert found.skipped == ["dora: tiny.ipynb is not a notebook (it is a web page, not the notebook that it shows)"]


def test_the_code_on_the_page_is_escaped_and_what_is_shared_is_marked(course, write):
    write("ann", LONG + "text = '<script>alert(1)</script>'\n")
    write("bob", RENAMED)
    page = write_page(course, "tiny", pairs_of(course, "tiny", 0.5)).read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert page.count("<mark>") >= 2


def test_the_command_prints_the_pairs(course, write, gdm):
    write("ann", LONG)
    write("bob", RENAMED)
    status, output = gdm(course, "similar", "tiny")
    assert (status, "tiny: 1 pair shares code" in output) == (0, True)
    assert "side by side: _build/class/report/tiny-similar.html" in output


def test_one_submission_has_nobody_to_share_with(course, write, gdm):
    write("ann", LONG)
    status, output = gdm(course, "similar", "tiny")
    assert (status, "Expected at least two readable submissions of tiny, found 1." in output) == (1, True)


def test_an_answer_that_is_the_librarys_is_found_even_where_the_whole_class_has_it(course, write, monkeypatch):
    monkeypatch.setattr(similar, "answers", lambda refused: {"library.total": LONG})
    for number in range(12):
        write(f"copies-{number:02}", RENAMED)
    write("own", OTHER)
    found = pairs_of(course, "tiny", 0.5)
    assert [pair.students for pair in found.library] == [("library.total", f"copies-{number:02}")
                                                         for number in range(12)]
    text = write_page(course, "tiny", found).read_text()
    assert "library.total and copies-00" in text
    assert "own and" not in text


def test_the_library_is_a_student_whose_answers_are_those_that_a_kernel_does_not_have():
    for name in ("masks", "log_dets", "kl_losses"):
        refused = assignments.read(Course.find(start=HERE), name).refused
        sources = answers(refused)
        assert sorted(sources) == sorted(refused)
        assert all("def " in source for source in sources.values())
