"""The release is what the source makes, the same bytes each time, and holds nothing secret."""

import nbformat
import pytest

from gdm_grader.authoring import leaks, release
from gdm_grader.errors import GraderError


def text_of(course):
    return course.release("tiny").read_text(encoding="utf-8")


def test_making_it_twice_gives_the_same_bytes(course):
    first = course.release("tiny").read_bytes()
    release.release(course, "tiny")
    assert course.release("tiny").read_bytes() == first
    assert release.differences(course, "tiny") == []


def test_it_holds_a_stub_and_no_solution_no_hidden_test_no_catalogue(course):
    text = text_of(course)
    assert "NotImplementedError" in text
    assert "double(2) == 4" in text
    for secret in ("twice_the_number = x + x", "double(-3)", "HIDDEN TESTS", "SOLUTION", "running_total"):
        assert secret not in text
    assert [path.name for path in course.release("tiny").parent.iterdir()] == ["tiny.ipynb"]
    assert leaks.leaks(course, "tiny") == []


def test_making_it_leaves_nothing_else_behind(released):
    assert sorted(path.name for path in released.root.iterdir()) == ["assignments", "nbgrader_config.py", "solutions"]


def test_a_release_edited_by_hand_is_found(course):
    path = course.release("tiny")
    path.write_text(text_of(course).replace("# Tiny", "# Tiny, edited"))
    (path.parent / "extra.txt").touch()
    assert release.differences(course, "tiny") == [
        "assignments/tiny: extra.txt does not come from solutions/tiny; run `gdm release tiny`",
        "assignments/tiny: tiny.ipynb is not what solutions/tiny makes; run `gdm release tiny`",
    ]


@pytest.mark.parametrize("line", ["    twice_the_number = x + x", "assert double(-3) == -6", "running_total += value",
                                  "### BEGIN HIDDEN TESTS"])
def test_a_leaked_line_is_found_wherever_it_stands(course, line):
    nb = nbformat.read(course.release("tiny"), as_version=4)
    nb.cells[0].source += f"\n{line}" + (', "a negative number is doubled, too"' if "assert" in line else "")
    nbformat.write(nb, course.release("tiny"))
    assert line.strip() in " ".join(leaks.leaks(course, "tiny"))


def test_a_leaked_catalogue_file_is_found(course):
    folder = course.release("tiny").parent / "catalogue"
    folder.mkdir()
    (folder / "double.py").touch()
    assert leaks.leaks(course, "tiny") == ["assignments/tiny/catalogue/double.py is part of the catalogue"]


def test_a_source_that_nbgrader_refuses_is_explained(course):
    nb = nbformat.read(course.source("tiny"), as_version=4)
    nb.cells[2].source = nb.cells[2].source.replace("### END SOLUTION", "")
    nbformat.write(nb, course.source("tiny"))
    with pytest.raises(GraderError, match="could not make the assignment tiny: RuntimeError: no end solution"):
        release.release(course, "tiny")
    assert course.release("tiny").is_file()


def test_an_unknown_assignment_is_refused_with_the_known_ones(course):
    with pytest.raises(GraderError, match="Known assignments: tiny"):
        release.release(course, "huge")
