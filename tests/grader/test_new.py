"""gdm new: from nothing to a graded class, with what it writes and no more."""

import nbformat
import pytest

from gdm_grader.authoring import demo, leaks, new, release
from gdm_grader.course import catalogue
from gdm_grader.course.catalogue import Answer
from gdm_grader.errors import GraderError
from gdm_grader.grading import grade


@pytest.fixture
def started(course):
    (course.root / "book").mkdir()
    new.create(course, "rows")
    release.release(course, "rows")
    return course


@pytest.fixture
def answers(started) -> dict[str, Answer]:
    return {answer.name: answer for answer in catalogue.load(started.source("rows").parent / "catalogue")["center"]}


def graded(course, student, source):
    path = course.submitted / student / "rows" / "rows.ipynb"
    path.parent.mkdir(parents=True)
    sources = {"center": source} if source else {}
    nbformat.write(demo.filled(nbformat.read(course.release("rows"), as_version=4), sources), path)
    return grade.grade(student, course, "rows", seed=1)


def test_a_new_assignment_is_released_without_its_answers(started):
    assert release.differences(started, "rows") == leaks.leaks(started, "rows") == []
    assert "raise NotImplementedError" in started.release("rows").read_text(encoding="utf-8")


def test_a_new_assignment_grades_right_wrong_and_missing_answers(started, answers):
    for name, answer in answers.items():
        assert graded(started, name.replace(" ", "-"), answer.source).scores == {
            "test_center_value": 1 - answer.loses.get("test_center_value", 0)}
    assert graded(started, "blank", "").scores == {"test_center_value": 0}


def test_a_new_assignment_tells_its_mistake(started, answers):
    result = graded(started, "slip", answers["one mean for all rows"].source)
    assert [diagnosis.name for diagnosis in result.diagnoses] == ["one mean for all rows"]


def test_a_new_assignment_has_its_page(started):
    page = (started.root / "book" / "rows.md").read_text(encoding="utf-8")
    assert page.startswith("# rows\n")


def test_a_course_without_a_book_is_given_none(course):
    assert not any(path.suffix == ".md" for path in new.create(course, "rows"))
    assert not (course.root / "book").exists()


def test_what_is_there_already_is_not_written_over(started):
    with pytest.raises(GraderError, match="is there already"):
        new.create(started, "rows")


@pytest.mark.parametrize("name", ["", "Rows", "two words", "../elsewhere", "2d"])
def test_a_name_that_makes_no_folder_is_refused(course, name):
    with pytest.raises(GraderError, match="Expected a name of small letters"):
        new.create(course, name)
