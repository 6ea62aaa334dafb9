"""A folder as nbgrader's users have it, without a book, a catalogue or a library: the commands do their work there."""

import nbformat
import pytest
from typer.testing import CliRunner

from gdm_grader.cli import app
from gdm_grader.course.course import Course
from gdm_grader.records import gradebook
from tests.courses import sheets


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Two notebooks, one of them with an answer for a person: released, handed in twice, graded, reported."""
    root = tmp_path_factory.mktemp("plain-course")
    sheet = sheets.read("two_notebooks")
    sheet.notebooks["second"].cells += sheets.read("by_hand").notebooks[sheets.NAME].cells[:1]
    sheets.make(root, sheet.notebooks, [])
    course = Course.find(start=root)
    said = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.delenv("GDM_CLASS", raising=False)
        patch.setenv("COLUMNS", "200")
        for command in (["release", sheets.NAME], ["grade", sheets.NAME, "--workers", "1"], ["report", sheets.NAME]):
            if command[0] == "grade":
                hand_in(course)
            result = CliRunner().invoke(app, command)
            assert result.exit_code == 0, result.output
            said.append(result.output)
    return course, said


def hand_in(course):
    for student, sources in {"ann": {}, "bob": {"first": "answer = 54"}}.items():
        folder = course.submitted / student / sheets.NAME
        folder.mkdir(parents=True)
        for notebook in course.notebooks(sheets.NAME):
            nb = course.read_release(sheets.NAME, notebook)
            nb.cells[0].source = sources.get(notebook, course.read_source(sheets.NAME, notebook).cells[0].source)
            if notebook == "second":
                nb.cells[-1].source = "Because of Rayleigh."
            nbformat.write(nb, folder / f"{notebook}.ipynb")


def test_points_are_given_by_cell_and_what_a_person_grades_waits(graded):
    course, _ = graded
    with gradebook.open_gradebook(course) as book:
        points = {(row.student, row.cell): row.auto_score for row in gradebook.grades(book, sheets.NAME)}
    assert points == {("ann", "first/test_answer"): 1, ("ann", "second/test_answer"): 2, ("ann", "second/essay"): None,
                      ("bob", "first/test_answer"): 0, ("bob", "second/test_answer"): 2, ("bob", "second/essay"): None}


def test_each_notebook_has_its_page_of_feedback(graded):
    course, _ = graded
    pages = sorted(path.name for path in (course.feedback / "bob" / sheets.NAME).iterdir())
    assert pages == ["first.html", "second.html"]
    assert "a person will read this answer" in (course.feedback / "bob" / sheets.NAME / "second.html").read_text()


def test_release_prints_where_the_tests_run_and_nothing_speaks_of_a_book_or_a_catalogue(graded):
    course, said = graded
    assert "first/test_answer" in said[0]
    assert "outside" in said[0]
    pages = [path.read_text() for path in course.feedback.rglob("*.html")]
    for text in [*said, *pages]:
        lowered = text.lower().replace("notebook", "").replace("gradebook", "")
        assert "catalogue" not in lowered
        assert "gdm_lib" not in lowered
        assert "the book" not in lowered
