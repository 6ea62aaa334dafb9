"""Several notebooks an assignment: taken in from what platforms hand out, and sent back with a page for each."""

import re
import zipfile

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gdm_grader.course.course import Course
from gdm_grader.intake.collect import collect
from gdm_grader.records import results, write
from gdm_grader.reports.formats import Target
from gdm_grader.reports.returning import send_back
from tests.courses import sheets
from tests.grader.pages import write_page

FIRST, SECOND = "part", "part-2"  # as a browser calls a second download of the first
CANVAS = "doejane_12345_6789{upload}_{notebook}.ipynb"
MOODLE = "Jane Doe_12345_assignsubmission_file_/{notebook}.ipynb"
PLACES = {"canvas": CANVAS, "moodle": MOODLE, "folders": "doejane/{notebook}.ipynb",
          "nbgrader": "doejane/" + sheets.NAME + "/{notebook}.ipynb",
          "exchange": "doejane+" + sheets.NAME + "+2026-11-20 23:58:01.123456 UTC+5af3c0/{notebook}.ipynb"}


def notebook(source: str = "1") -> str:
    return nbformat.writes(new_notebook(cells=[new_code_cell(source, id="one")]))


@pytest.fixture
def course(tmp_path):
    sheets.make(tmp_path, {name: nbformat.reads(notebook(), 4) for name in (FIRST, SECOND)}, [])
    return Course.find(start=tmp_path)


def taken_in(course, place, **sources):
    """Collect a zip with these notebooks; return what is said of the one student, and what lies in the folder."""
    archive = course.root / "class.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for upload, (name, source) in enumerate(sources.items()):
            target.writestr(place.format(notebook=name.replace("_", "-"), upload=upload), notebook(source))
    taken, = collect(course, sheets.NAME, archive)
    folder = course.submitted / taken.student / sheets.NAME
    found = {path.stem: nbformat.read(path, 4).cells[0].source for path in folder.glob("*.ipynb")}
    return taken, found


@pytest.mark.parametrize("platform", PLACES)
def test_all_notebooks_of_a_student_are_taken(course, platform):
    taken, found = taken_in(course, PLACES[platform], part="a", part_2="b")
    assert (taken.status, taken.why, found) == ("new", None, {FIRST: "a", SECOND: "b"})
    again, _ = taken_in(course, PLACES[platform], part="a", part_2="b")
    assert again.status == "unchanged"


def test_a_missing_one_is_noted_and_what_came_later_replaces_its_own(course):
    taken, found = taken_in(course, MOODLE, part_2="b")
    assert (taken.status, taken.why, found) == ("new", f"no {FIRST}.ipynb", {SECOND: "b"})
    taken, found = taken_in(course, MOODLE, part="c", part_2="b")
    assert (taken.status, found) == ("replaced", {FIRST: "c", SECOND: "b"})


def test_none_of_them_is_refused_by_name(course):
    taken, found = taken_in(course, MOODLE, essay="x")
    assert (taken.status, found) == ("refused", {})
    assert f"none of {FIRST}.ipynb, {SECOND}.ipynb, but essay.ipynb" in taken.why


@pytest.mark.parametrize("target", [Target.MOODLE, Target.CANVAS])
def test_the_feedback_that_goes_back_holds_a_page_for_each(course, target):
    taken, _ = taken_in(course, PLACES[str(target)], part="a", part_2="b")
    folder = course.feedback / taken.student / sheets.NAME
    folder.mkdir(parents=True)
    for name in (FIRST, SECOND, "of-an-older-sheet"):
        (folder / f"{name}.html").write_text(name)
    sent = send_back(course, sheets.NAME, target)
    with zipfile.ZipFile(sent.path) as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert sorted(pages.values()) == [FIRST, SECOND]
    assert all("12345" in name for name in pages)
    assert sent.students == 1


def test_the_feedback_names_the_notebook_that_is_to_be_handed_in_again(course):
    taken, _ = taken_in(course, MOODLE, part="a", part_2="b")
    write.prepare_gradebook(course, sheets.NAME)
    for broken, asked in (("part-2.ipynb is empty", ["part-2"]), ("part.ipynb is a link, not a notebook", ["part"]),
                          ("it holds more than 2000 files and folders", ["part", "part-2"])):
        write.record(course, sheets.NAME, results.Graded(taken.student, broken=broken), "")
        text = write_page(taken.student, course, sheets.NAME).read_text()
        assert re.findall(r"<code>(.+?)\.ipynb</code>", text) == asked


def test_a_notebook_that_cannot_be_read_has_a_page_beside_those_that_were_graded(course):
    taken, _ = taken_in(course, MOODLE, part="a", part_2="b")
    write.prepare_gradebook(course, sheets.NAME)
    graded = results.Graded(taken.student, {SECOND: notebook()}, ("part.ipynb is empty",))
    write.record(course, sheets.NAME, graded, "")
    write_page(taken.student, course, sheets.NAME)
    folder = course.feedback / taken.student / sheets.NAME
    assert sorted(path.name for path in folder.glob("*.html")) == ["part-2.html", "part.html"]
    said = " ".join((folder / "part.html").read_text().split())
    assert "part: not graded" in said
    assert "part.ipynb is empty" in said
    assert "hand it in again as <code>part.ipynb</code>" in said
