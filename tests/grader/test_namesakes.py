"""Two people of one name over several assignments of Moodle, which numbers people anew in each."""

import shutil
from dataclasses import dataclass

import pytest

from gdm_grader.intake.collect import Intake, Taken, collect
from gdm_grader.intake.roster.roster import read_roster
from tools.platforms import HandIn, Person, moodle

NAMES = {"first": ("Jane", "Doe"), "second": ("Jane", "Doe"), "rick": ("Rick", "Roe")}


@dataclass(frozen=True)
class Student(Person):
    """A person whose address is the same in each assignment."""

    address: str = ""

    @property
    def email(self) -> str:
        return self.address


@pytest.fixture
def take(course, notebook, tmp_path):
    """take("tiny", {"first": 101}, listed={"first": 101, "second": 104}): their work, by their numbers there, with a
    worksheet if somebody is listed."""
    shutil.copytree(course.source("tiny").parent, course.root / "solutions" / "more")
    (course.root / "solutions/more/tiny.ipynb").rename(course.root / "solutions/more/more.ipynb")

    def run(name: str, handed: dict[str, int], listed: dict[str, int] | None = None, dry: bool = False) -> list[Taken]:
        people = {who: Student(*NAMES[who], number, address=f"{who}@uni.example")
                  for who, number in {**handed, **(listed or {})}.items()}
        source = moodle.write_submissions(tmp_path / "m.zip", [HandIn(people[who], {f"{name}.ipynb": notebook()})
                                                               for who in handed])
        roster = None
        if listed:
            roster = read_roster(moodle.write_worksheet(tmp_path / "w.csv", [people[who] for who in listed], {}))
        return collect(course, name, source, Intake(roster=roster, dry=dry))
    return run


BOTH = {"first": 201, "second": 204, "rick": 202}


def test_the_worksheets_tell_namesakes_who_hand_in_alone(take, course):
    take("tiny", {"first": 101, "rick": 102}, {"first": 101, "second": 104, "rick": 102})
    taken = take("more", {"second": 204, "rick": 202}, BOTH)
    assert [(line.student, line.by_name) for line in taken] == [("Jane-Doe_204", False), ("Rick-Roe", False)]
    assert "by its address not the Jane-Doe of others" in taken[0].why
    assert [line.student for line in take("more", {"first": 201, "second": 204}, BOTH)] == ["Jane-Doe", "Jane-Doe_204"]
    assert [line.student for line in take("tiny", {"second": 104}, {"second": 104})] == ["Jane-Doe_204"]
    assert course.students("tiny") == ["Jane-Doe", "Jane-Doe_204", "Rick-Roe"]


def test_without_a_worksheet_whom_only_the_name_tells_is_said_by_name(take, gdm, course, tmp_path):
    take("tiny", {"first": 101, "rick": 102})
    dry = take("more", {"second": 204, "rick": 202}, dry=True)
    taken = take("more", {"second": 204, "rick": 202})
    assert dry == taken
    assert [(line.student, line.by_name) for line in taken] == [("Jane-Doe", True), ("Rick-Roe", True)]
    status, output = gdm(course, "collect", "more", tmp_path / "m.zip")
    assert status == 0
    assert "2 are the students of other assignments by their names alone: Jane-Doe, Rick-Roe." in output


@pytest.mark.parametrize(("before", "listed_before", "now", "listed_now"), [
    ({"first": 101, "second": 104}, None, {"second": 204}, None),  # two of this name were here
    ({"first": 101}, None, {"first": 201, "second": 204}, None),  # two of this name are here now
    ({"first": 101}, None, {"second": 204}, BOTH),  # the list has two of this name
    ({"first": 101, "second": 104}, {"first": 101, "second": 104, "rick": 102}, {"second": 204}, None),
])
def test_where_several_may_be_meant_nobody_gets_into_anothers_folder(take, before, listed_before, now, listed_now):
    take("tiny", before, listed_before)
    taken = {line.student: line for line in take("more", now, listed_now)}
    assert sorted(taken) == sorted(f"Jane-Doe_{number}" for number in now.values())
    assert all("it may be the Jane-Doe" in line.why for line in taken.values())


def test_a_list_with_one_of_this_name_makes_it_certain(take):
    take("tiny", {"first": 101})
    assert [(line.student, line.by_name) for line in take("more", {"first": 201}, {"first": 201, "rick": 202})] == [
        ("Jane-Doe", False)]


def test_a_worksheet_that_comes_later_takes_namesakes_apart(take, course):
    take("tiny", {"first": 101}, {"first": 101, "second": 104})
    assert take("more", {"second": 204})[0].by_name
    taken = take("more", {"second": 204}, BOTH)[0]
    assert (taken.student, taken.status) == ("Jane-Doe_204", "new")
    assert "remove submitted/Jane-Doe/more, which is this person's" in taken.why
    assert take("more", {"second": 204})[0].student == "Jane-Doe_204"
