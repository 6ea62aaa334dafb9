"""Platform x situation: from the files that a platform writes, the whole way to what it takes back, by its own rules.

Each way says how submissions come, how the class is listed, and what an independent reader makes of what we export.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from gdm_grader.errors import PARTLY
from gdm_grader.grading import cohort
from gdm_grader.intake.collect import Intake, collect
from gdm_grader.intake.roster.roster import read_roster
from gdm_grader.intake.roster.sheet import read
from gdm_grader.records.late import apply_late, lateness
from gdm_grader.records.points import counted
from gdm_grader.reports.export import export
from tools.platforms import HandIn, blackboard, brightspace, canvas, moodle, others
from tools.platforms.sample import PEOPLE

ABSENT = PEOPLE[-1]
DUE = "2026-12-01 12:00 UTC"
TIMES = dict(zip(PEOPLE, (datetime(2026, 12, 1, 11, 0), datetime(2026, 12, 1, 13, 0), datetime(2026, 12, 1, 11, 0),
                          datetime(2026, 12, 3, 11, 0)), strict=False))


@dataclass(frozen=True)
class Way:
    """`submissions` and `roster` write what a platform hands out, `times` a list with the times of handing in where the
    submissions do not say them; `read` gives each person's grade after the import."""

    submissions: Callable[[Path, list[HandIn]], Path]
    roster: Callable[[Path], Path]
    read: Callable[[Path], dict[int, str]]
    times: Callable[[Path, list[HandIn]], Path] | None = None
    most: float | None = None  # what the platform takes at most
    mark: str = "2.5"  # what stands there for who handed nothing in


def by_number(grades: dict[str, str], key: str) -> dict[int, str]:
    return {person.number: grades[getattr(person, key)] for person in PEOPLE}


def worksheet(path: Path, hand_ins: list[HandIn]) -> Path:
    return moodle.write_worksheet(path, PEOPLE, {one.person.number: one.when for one in hand_ins}, most="6.00",
                                  marks={ABSENT.number: "2.5"})


WAYS = {
    "canvas": Way(canvas.write_submissions,
                  lambda path: canvas.write_gradebook(path, PEOPLE, marks={ABSENT.number: "EX"}),
                  lambda path: canvas.imported(path, "Tiny (4711)"), canvas.write_submission_list, mark="EX"),
    "canvas, two names": Way(canvas.write_submissions,
                             lambda path: canvas.write_gradebook(path, PEOPLE, marks={ABSENT.number: "2.5"},
                                                                 two_names=True),
                             lambda path: canvas.imported(path, "Tiny (4711)"), canvas.write_submission_list),
    "moodle": Way(moodle.write_submissions, lambda path: worksheet(path, []), moodle.imported, worksheet),
    "moodle, no folders": Way(lambda path, all_of: moodle.write_submissions(path, all_of, folders=False, text=True),
                              lambda path: worksheet(path, []), moodle.imported, worksheet),
    "blackboard": Way(blackboard.write_submissions,
                      lambda path: blackboard.write_grades(path, PEOPLE, marks={ABSENT.number: "2.5"}),
                      lambda path: blackboard.imported(path, PEOPLE)),
    "brightspace": Way(brightspace.write_submissions,
                       lambda path: brightspace.write_grades(path, PEOPLE, marks={ABSENT.number: "2.5"}),
                       lambda path: brightspace.imported(path, PEOPLE), most=5),
    "github": Way(lambda path, all_of: others.github(path, all_of, "tiny"),
                  lambda path: others.write_classroom_roster(path, PEOPLE),
                  lambda path: by_number(others.column(path, "identifier", "tiny"), "full_name"),
                  lambda path, all_of: others.write_classroom_grades(path, all_of, "tiny"), mark=""),
    "exchange": Way(lambda path, all_of: others.exchange(path, all_of, "tiny"),
                    lambda path: others.write_list(path, PEOPLE),
                    lambda path: by_number(others.column(path, "Login", "tiny"), "login"), mark=""),
    "flat": Way(lambda path, all_of: others.flat(path, all_of, "tiny"),
                lambda path: others.write_list(path, PEOPLE),
                lambda path: by_number(others.column(path, "Login", "tiny"), "login"),
                lambda path, all_of: others.write_times(path, all_of), mark=""),
}


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.fixture
def timed(hand_ins):
    """The class's work with the times at which it was handed in: Rick's an hour late, Eva's two days."""
    return [replace(one, when=TIMES[one.person]) for one in hand_ins]


def test_the_whole_way(course, way, timed, grade, gdm, tmp_path):
    source = way.submissions(tmp_path / "class.zip", timed)
    assert gdm(course, "collect", "tiny", source, "--zone", "UTC")[0] == 0
    assert len(grade()) == 4
    assert {line.status for line in collect(course, "tiny", source)} <= {"unchanged", "ignored"}
    assert cohort.to_grade(course, "tiny") == []
    status, report = gdm(course, "report", "tiny")
    assert (status, "points of 4 students" in report) == (0, True)
    roster = way.roster(tmp_path / "roster.csv")
    cap = ["--cap"] if way.most else []
    assert gdm(course, "export", "tiny", "--roster", roster, *cap)[0] == 0
    written = next((course.classroom / "export").iterdir())
    best = f"{min(6, way.most or 6):g}"
    assert list(way.read(written).values()) == [best, "3", "0", best, way.mark]
    assert_only_grades_changed(roster, written)


def assert_only_grades_changed(before: Path, after: Path) -> None:
    """Cells of one column of those who handed in; and a new column, where it is a list of names."""
    old, new = read(before), read(after)
    assert (old.encoding, old.mark, old.separator) == (new.encoding, new.mark, new.separator)
    assert len(old.rows) == len(new.rows)
    changed = set()
    for row, other in zip(old.rows, new.rows, strict=True):
        for place, cell in enumerate(other.raw):
            if place >= len(row.raw) or row.raw[place] != cell:
                changed.add(place)
    assert len(changed) == 1


def test_the_platforms_time_decides_who_is_late_and_what_it_costs(course, way, timed, grade, gdm, tmp_path):
    source = way.submissions(tmp_path / "class.zip", timed)
    times = ["--roster", way.times(tmp_path / "times.csv", timed)] if way.times else []
    assert gdm(course, "collect", "tiny", source, "--zone", "UTC", *times)[0] == 0
    grade()
    gdm(course, "due", "tiny", DUE, "--percent", "10")
    apply_late(course, "tiny")
    assert sorted((late.days, late.known) for late in lateness(course, "tiny").values()) == [
        (0, True), (0, True), (1, True), (2, True)]
    assert sorted(counted(course, "tiny").values()) == [0, 2.7, 4.8, 6]
    done = export(course, "tiny", roster=way.roster(tmp_path / "roster.csv"), cap=True)
    best = f"{min(6, way.most or 6):g}"
    assert list(way.read(done.path).values()) == [best, "2.7", "0", "4.8", way.mark]


def test_a_resubmission_is_taken_and_an_older_download_changes_nothing(course, way, timed, notebook, tmp_path):
    old = way.submissions(tmp_path / "old", timed)
    better = replace(timed[1], files={"tiny.ipynb": notebook(double=0, total=1)}, upload=60900, late=False,
                     when=datetime(2026, 12, 4, 8, 0))
    new = way.submissions(tmp_path / "new", [timed[0], better, *timed[2:]])
    collect(course, "tiny", old)
    by_hand = way in (WAYS["github"], WAYS["flat"])  # nothing in these tells which is newer
    statuses = [line.status for line in collect(course, "tiny", new, Intake(replacing=by_hand))
                if line.status != "ignored"]
    assert sorted(statuses) == ["replaced", "unchanged", "unchanged", "unchanged"]
    assert {line.status for line in collect(course, "tiny", old)} - {"ignored"} == {"unchanged", "kept"}


def test_whom_the_list_does_not_know_is_named_and_the_status_says_so(course, way, timed, grade, gdm, tmp_path):
    stranger = replace(timed[0].person, first="Xaver", last="Strange", number=1999)
    source = way.submissions(tmp_path / "class.zip", [*timed, replace(timed[0], person=stranger, upload=60950)])
    collect(course, "tiny", source)
    grade()
    roster = way.roster(tmp_path / "roster.csv")
    status, output = gdm(course, "export", "tiny", "--roster", roster, "--cap")
    assert status == PARTLY
    assert "nobody of the roster; not exported" in output
    written = next((course.classroom / "export").iterdir())
    assert [value for value in way.read(written).values() if value not in ("", way.mark)] == [
        f"{min(6, way.most or 6):g}", "3", "0", f"{min(6, way.most or 6):g}"]


def test_every_list_says_whose_it_is(tmp_path):
    kinds = {name: read_roster(way.roster(tmp_path / f"{place}.csv")).kind
             for place, (name, way) in enumerate(WAYS.items())}
    assert kinds == {"canvas": "canvas", "canvas, two names": "canvas", "moodle": "moodle worksheet",
                     "moodle, no folders": "moodle worksheet", "blackboard": "blackboard",
                     "brightspace": "brightspace", "github": "other", "exchange": "other", "flat": "other"}
