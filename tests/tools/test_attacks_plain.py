"""`--only` tries the named attacks on plain nbgrader, and keeps what was found for the others."""

import json

import pytest

from tests.attacks import corpus
from tools import attacks_plain

EVERYTHING = attacks_plain.cases_of((*attacks_plain.TOGETHER, *attacks_plain.ONE_BY_ONE))
FIRST, OTHER = EVERYTHING[0], EVERYTHING[1]


@pytest.fixture
def only(monkeypatch, tmp_path):
    """Run with --only, on a table that has an entry for each of these attacks; trying takes no time and finds 7."""
    def only(names, known):
        target = tmp_path / "attacks.json"
        target.write_text(json.dumps([attacks_plain.entry(*case) | {"points": 1} for case in known]))
        monkeypatch.setattr(attacks_plain, "TARGET", target)
        monkeypatch.setattr("sys.argv", ["attacks_plain", "--only", *names])
        monkeypatch.setattr(attacks_plain, "together", lambda folder, wanted: [
            attacks_plain.entry(*case) | {"points": 7} for case in EVERYTHING if case[1] in wanted])
        monkeypatch.setattr(attacks_plain, "one_by_one", lambda folder, wanted: [])
        attacks_plain.main()
        return json.loads(target.read_text())
    return only


def test_what_was_found_replaces_what_was_known_in_the_order_of_the_corpus(only):
    entries = only([OTHER[1]], EVERYTHING[::-1])
    assert [(entry["kind"], entry["name"]) for entry in entries] == EVERYTHING
    points = {(entry["kind"], entry["name"]): entry["points"] for entry in entries}
    assert (points[FIRST], points[OTHER]) == (1, 7)
    assert all(entry["tries"] == corpus.tries(entry["kind"], entry["name"]) for entry in entries)


@pytest.mark.parametrize(("names", "known", "says"), [
    ([OTHER[1]], EVERYTHING[1:], FIRST[1]), (["no_such_attack"], EVERYTHING, "no_such_attack")])
def test_a_table_with_gaps_and_a_name_that_is_none_are_refused_before_anything_is_tried(only, names, known, says):
    with pytest.raises(SystemExit, match=says):
        only(names, known)
