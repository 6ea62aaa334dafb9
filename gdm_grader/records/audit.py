"""The audit: does the gradebook hold exactly the points that the grader gave?"""

from dataclasses import dataclass

from sqlalchemy import Row

from gdm_grader.course.course import Course
from gdm_grader.records import gradebook, results


@dataclass(frozen=True)
class Audit:
    """A sentence each: `wrong`, what differs; `waiting`, what a fault of the grader kept from being graded;
    `by_hand`, points of a test that a person changed; `gone`, submissions removed since.

    The last two are allowed, and named. `read` and `unread` count the answers that only a person grades.
    """

    students: int
    cells: int
    wrong: list[str]
    waiting: list[str]
    by_hand: list[str]
    gone: list[str]
    read: int
    unread: int


def audit(course: Course, name: str) -> Audit:
    """Compare the gradebook with the results, cell by cell and student by student."""
    known, wrong, by_hand, cells, read, unread = results.load(course, name), [], [], 0, 0, 0
    with gradebook.open_gradebook(course) as book:
        released = gradebook.most(book, name)
        submissions: dict[str, dict[str, Row]] = {row.student: {} for row in gradebook.submissions(book, name)}
        for row in gradebook.grades(book, name):
            submissions[row.student][row.cell] = row
        wrong += [f"{student}: graded, but not in the gradebook" for student in sorted(set(known) - set(submissions))]
        handed_in = course.students(name)
        gone = [f"{student}: in the gradebook, but no longer in submitted/"
                for student in sorted(set(submissions) - set(handed_in))]
        wrong += [f"{student}: in the gradebook, but not graded"
                  for student in sorted(set(submissions) & set(handed_in) - set(known))]
        waiting = [f"{student}: not graded, by a fault of the grader" for student in sorted(known)
                   if known[student].waits]
        for student in sorted(set(known) & set(submissions)):
            graded = known[student]
            if graded.waits:
                continue
            scores = graded.scores if graded.broken is None else dict.fromkeys(released, 0.0)
            grades = submissions[student]
            cells += len(grades)
            for cell in sorted(set(scores) | set(grades)):
                there = grades[cell].auto_score if cell in grades else None
                if there != scores.get(cell):
                    wrong.append(f"{student}, {cell}: the grader gave {_points(scores.get(cell))}, "
                                 f"the gradebook holds {_points(there)}")
                given = grades[cell].manual_score if cell in grades else None
                if there is not None and given is not None:
                    by_hand.append(f"{student}, {cell}: {_points(there)} by the grader, {_points(given)} by hand")
                read += there is None and given is not None
                unread += cell in grades and there is None and given is None
    return Audit(len(known), cells, wrong, waiting, by_hand, gone, read, unread)


def _points(score: float | None) -> str:
    return "nothing" if score is None else f"{score:g}"
