"""Every answer of the catalogues gets its points from the referee, and every mistake its name."""

from functools import cache
from itertools import zip_longest

import pytest

from .conftest import NAMES, assignment_of, notebook

# Up to the test that fails, these give what another mistake gives: then the student is told that one.
ALIKE = {"stops below, not at, the tolerance", "drawn without gradients", "the direction is ignored"}


@cache
def rows(name):
    """Submissions with answer k in every task; the tests of a task use no other graded function."""
    answers = assignment_of(name).answers.values()
    return [[answer for answer in row if answer] for kind in ("right", "wrong")
            for row in zip_longest(*([answer for answer in given if answer.kind == kind] for given in answers))]


def submissions():
    return [pytest.param(name, row, id=f"{name}-{row[0].kind}-{number}")
            for name in NAMES for number, row in enumerate(rows(name))]


@pytest.mark.parametrize(("name", "row"), submissions())
def test_answers_get_their_points_and_mistakes_their_names(examined, name, row):
    result = examined(name, notebook(name, **{answer.task: answer.source for answer in row}), patience=10)
    assert result.lost(name) == {label for answer in row for label in answer.loses}
    assert result.remarks == []
    told = {diagnosis.test: diagnosis.name for diagnosis in result.diagnoses}
    for answer in row:
        assert told.keys() >= answer.loses.keys()
        for label in answer.loses:
            assert told[label] == answer.name or answer.name in ALIKE
