"""Answers that a person reads: they wait, are counted as waiting, and what is said of them reaches the student."""

import json
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config

from gdm_grader.authoring import demo, release
from gdm_grader.course.assignment import read
from gdm_grader.feedback import marks, page
from gdm_grader.grading import verdict
from gdm_grader.intake.restore import restore
from gdm_grader.records import gradebook, results
from gdm_grader.records.audit import audit
from gdm_grader.records.late import lateness
from gdm_grader.records.points import class_points
from tests.grader.pages import write_page
from tools.bench import stand_in

RUBRIC = "2 points: the order is named. 2 points: the product is."
ESSAY = f"""YOUR ANSWER HERE

### BEGIN MARK SCHEME
{RUBRIC}
### END MARK SCHEME"""


@pytest.fixture
def with_essay(course, grade):
    """The tiny course with a question to be answered in words; ann answers it, bob does not."""
    path = course.source("tiny")
    nb = nbformat.read(path, as_version=4)
    of_cell = {"cell_type": "markdown", "schema_version": 3, "grade_id": "essay", "grade": True, "solution": True,
             "locked": False, "task": False, "points": 4}
    nb.cells.append(new_markdown_cell(ESSAY, id="essay", metadata={"nbgrader": of_cell}))
    nbformat.write(nb, path)
    release.release(course, "tiny")
    assert RUBRIC not in course.release("tiny").read_text()
    for student, words in (("ann", {"essay": "First x_1, then x_2, and so on."}), ("bob", {})):
        answers = {"double": "def double(x):\n    return 2 * x"}
        folder = course.submitted / student / "tiny"
        folder.mkdir(parents=True)
        nbformat.write(demo.filled(course.read_release("tiny"), answers | words), folder / "tiny.ipynb")
    grade()
    return course


@pytest.fixture(autouse=True)
def referee_gives_no_points_for_words(monkeypatch):
    """The stand-in with what the referee's side says of cells that a person grades."""
    alone = stand_in.grade

    def graded(student, course, name, **how):
        found = alone(student, course, name, **how)
        nb = nbformat.read(course.submitted / student / name / f"{name}.ipynb", as_version=4)
        restore(nb, read(course, name).released)
        return replace(found, notebooks={name: nbformat.writes(nb)}, scores=found.scores | verdict.points({}, nb))

    monkeypatch.setattr(stand_in, "grade", graded)


def by_hand(course, student, points, comment):
    with gradebook.open_gradebook(course) as book:
        grade = book.find_grade("essay", "tiny", "tiny", student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.find_comment("essay", "tiny", "tiny", student).manual_comment = comment
        book.db.commit()


def test_an_answer_in_words_waits_until_somebody_graded_it(with_essay, gdm):
    assert results.find(with_essay, "tiny", "ann").scores["essay"] is None
    assert results.find(with_essay, "tiny", "bob").scores["essay"] == 0  # it is as it was handed out
    assert class_points(with_essay, "tiny").waiting == {"ann": 1}
    with gradebook.open_gradebook(with_essay) as book:
        assert book.find_grade("essay", "tiny", "tiny", "ann").needs_manual_grade
    found = audit(with_essay, "tiny")
    assert (found.wrong, found.waiting, found.read, found.unread) == ([], [], 0, 1)
    assert "answers that a person grades: 0 graded, 1 waiting in formgrader" in gdm(with_essay, "audit", "tiny")[1]
    assert "waiting to be graded by hand: 1 answer of 1 student (ann)" in gdm(with_essay, "report", "tiny")[1]
    status, output = gdm(with_essay, "export", "tiny")
    assert (status, "so the points of 1 student are not final: ann" in output) == (3, True)
    by_hand(with_essay, "ann", 3, "Well said.")
    assert class_points(with_essay, "tiny").waiting == {}
    found = audit(with_essay, "tiny")
    assert (found.by_hand, found.read, found.unread) == ([], 1, 0)  # a line for each would hide the points changed
    assert gdm(with_essay, "export", "tiny")[0] == 0
    assert "waiting" not in gdm(with_essay, "report", "tiny")[1]


def test_rubric_and_comment_reach_the_students_page(with_essay):
    text = write_page("ann", with_essay).read_text()
    assert RUBRIC not in text  # it says what to write, and she may hand in again
    assert "not graded yet: a person will read this answer" in text
    by_hand(with_essay, "ann", 3, "Well said, <b>but</b> short.")
    text = write_page("ann", with_essay).read_text()
    assert f"Graded by: {RUBRIC}" in text
    assert "Well said, &lt;b&gt;but&lt;/b&gt; short." in text
    unanswered = write_page("bob", with_essay).read_text()
    assert RUBRIC not in unanswered
    assert "not answered" in unanswered
    assert "not graded yet" not in text
    assert "3 of 4" in text


def test_words_whose_rubric_says_bonus_count_beyond_the_points_of_the_tests(with_essay):
    path = with_essay.source("tiny")
    path.write_text(path.read_text().replace(RUBRIC, f"4 bonus points: {RUBRIC}"))
    assert "tiny: 3 of 6 points + 0 of 4 bonus points" in write_page("ann", with_essay).read_text()


def test_points_for_words_stay_when_a_test_changes(with_essay, grade):
    by_hand(with_essay, "ann", 3, "Well said.")
    path = with_essay.source("tiny")
    path.write_text(json.dumps(json.loads(path.read_text().replace("double(0) == 0", "double(0) == 0 + 0"))))
    assert grade() == ["ann", "bob"]
    assert class_points(with_essay, "tiny").students["ann"]["essay"] == 3
    assert audit(with_essay, "tiny").wrong == []


@pytest.fixture
def with_task(course, grade):
    """The tiny course with a task of nbgrader's: its text is locked, and the work stands in cells that students add."""
    path = course.source("tiny")
    nb = nbformat.read(path, as_version=4)
    of_cell = {"cell_type": "markdown", "schema_version": 3, "grade_id": "essay", "grade": False, "solution": False,
             "locked": True, "task": True, "points": 4}
    text = ESSAY.replace("YOUR ANSWER HERE", "Draw the graph of the factors below.")
    nb.cells.append(new_markdown_cell(text, id="essay", metadata={"nbgrader": of_cell}))
    nbformat.write(nb, path)
    release.release(course, "tiny")
    work = demo.filled(course.read_release("tiny"), {"double": "def double(x):\n    return 2 * x"})
    work.cells.append(new_markdown_cell("x_1 -> x_2", id="work"))
    work.cells[-2].source = "I changed the question."
    folder = course.submitted / "ann" / "tiny"
    folder.mkdir(parents=True)
    nbformat.write(work, folder / "tiny.ipynb")
    grade()
    return course


def test_a_task_of_nbgraders_is_graded_by_hand_from_release_to_feedback(with_task, gdm):
    released = with_task.release("tiny").read_text()
    assert "Draw the graph" in released
    assert RUBRIC not in released
    assert results.find(with_task, "tiny", "ann").scores["essay"] is None
    assert class_points(with_task, "tiny").waiting == {"ann": 1}
    assert "waiting to be graded by hand: 1 answer of 1 student (ann)" in gdm(with_task, "report", "tiny")[1]
    text = write_page("ann", with_task).read_text()
    assert "not graded yet: a person will read this answer" in text
    assert RUBRIC not in text
    assert "I changed the question" not in text
    assert "x_1" in text
    assert "tiny: 3 of 10 points" in text
    by_hand(with_task, "ann", 3, "Where is x_3?")
    text = write_page("ann", with_task).read_text()
    assert "tiny: 6 of 10 points" in text
    assert f"Graded by: {RUBRIC}" in text
    assert "Where is x_3?" in text
    assert class_points(with_task, "tiny").students["ann"]["essay"] == 3
    assert gdm(with_task, "export", "tiny")[0] == 0
    assert audit(with_task, "tiny").wrong == []


def test_the_step_writes_what_nbgraders_own_writes_and_takes_off(with_essay):
    by_hand(with_essay, "ann", 3, "Well said.")
    with gradebook.open_gradebook(with_essay) as book:
        book.find_submission_notebook("tiny", "tiny", "ann").late_submission_penalty = 1.5
        book.db.commit()
    [found] = marks.read(with_essay, "tiny", ["ann"])
    steps = GetGrades(), marks.PutMarks(config=Config({"PutMarks": {"marks": found}}))
    said = []
    for step in steps:
        nb = nbformat.read(with_essay.autograded / "ann" / "tiny" / "tiny.ipynb", as_version=4)
        where = {"notebook": "tiny", "assignment": "tiny", "student": "ann", "db_url": with_essay.db_url}
        said.append(step.preprocess(nb, {"nbgrader": where}))
    assert said[0] == said[1]
    assert said[0][1]["nbgrader"]["late_penalty"] == 1.5
    assert said[0][1]["nbgrader"]["score"] == 3 + 3 - 1.5


def test_a_cell_that_the_gradebook_does_not_know_is_named(with_essay):
    path = with_essay.autograded / "ann" / "tiny" / "tiny.ipynb"
    path.write_text(path.read_text().replace('"grade_id": "essay"', '"grade_id": "another"'))
    [found] = marks.read(with_essay, "tiny", ["ann"])
    failure = page.attempt(found, with_essay, "tiny")
    assert "Expected the cell another of tiny in the gradebook, found none." in failure.says


def test_the_marks_of_a_large_class_are_those_of_each(with_essay, monkeypatch):
    by_hand(with_essay, "ann", 3, "Well said.")
    each = [marks.read(with_essay, "tiny", [student])[0] for student in ("bob", "ann")]
    assert each[1].by_hand == {("tiny", "essay"): 3}
    assert marks.read(with_essay, "tiny", ["bob", "ann"]) == each
    monkeypatch.setattr(marks, "MAX_NAMED", 0)
    assert marks.read(with_essay, "tiny", ["bob", "ann"]) == each
    assert marks.read(with_essay, "tiny", ["ann"]) == each[1:]


def test_a_page_is_what_nbgraders_own_step_gives_and_asks_for_this_student_alone(with_essay, monkeypatch):
    by_hand(with_essay, "ann", 3, "Well said.")
    ours = write_page("ann", with_essay).read_text(encoding="utf-8")
    monkeypatch.setattr(page, "OURS", page.THEIRS)
    assert write_page("ann", with_essay).read_text(encoding="utf-8") == ours
    with gradebook.open_gradebook(with_essay) as book:
        assert {row.student for row in gradebook.grades(book, "tiny", ["ann"])} == {"ann"}
    assert set(lateness(with_essay, "tiny")) == {"ann", "bob"}
    assert set(lateness(with_essay, "tiny", ["ann"])) == {"ann"}
