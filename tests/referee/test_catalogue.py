"""Every answer of the catalogues gets its points from the referee, and every mistake its name."""

from functools import cache
from itertools import chain, zip_longest

import pytest

from .conftest import NAMES, assignment_of, notebook

# Up to the test that fails, these give what another mistake gives: then the student is told that one.
ALIKE = {"stops below, not at, the tolerance", "drawn without gradients", "the direction is ignored"}


@cache
def rows(name):
    """Submissions with answer k in every task; the tests of a task use no other graded function."""
    answers = assignment_of(name).answers.values()
    found = []
    for kind in ("right", "wrong"):
        columns = [of_kind(kind, given) for given in answers]
        found += [list(filter(None, row)) for row in zip_longest(*columns)]
    return found


def of_kind(kind, given):
    return [answer for answer in given if answer.kind == kind]


def submissions():
    found = []
    for name in NAMES:
        found += [pytest.param(name, row, id=f"{name}-{row[0].kind}-{k}") for k, row in enumerate(rows(name))]
    return found


@pytest.mark.parametrize(("name", "row"), submissions())
def test_answers_get_their_points_and_mistakes_their_names(examined, name, row):
    result = examined(name, notebook(name, **{answer.task: answer.source for answer in row}), patience=10)
    assert result.lost(name) == set(chain.from_iterable(answer.loses for answer in row))
    assert result.remarks == []
    told = {diagnosis.test: diagnosis.name for diagnosis in result.diagnoses}
    for answer in row:
        assert told.keys() >= answer.loses.keys()
        for label in answer.loses:
            assert told[label] == answer.name or answer.name in ALIKE
