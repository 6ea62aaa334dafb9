"""Points that are not those of the newest submission: what to say of them, by name, before anybody relies on them."""

from gdm_grader.course.course import Course
from gdm_grader.grading.digest import outdated, submission_digest
from gdm_grader.intake import ledger
from gdm_grader.records import results
from gdm_grader.records.regrade import history

MAX_NAMES = 10  # students named in one sentence; more are counted


def reasons(course: Course, name: str) -> list[str]:
    """Return a sentence for each reason why points are not those that grading now would give; none if all are."""
    known, behind = results.load(course, name), outdated(course, name)
    here = set(course.students(name))
    # Without a history: where somebody's points are up to date, what changed is mostly not common to all.
    likely = len(behind) < len(here)
    never: list[str] = []
    again: list[str] = []
    otherwise: list[str] = []
    for student in behind:
        if student not in known or known[student].waits:
            never.append(student)
            continue
        newer = _handed_in_again(course, name, student, known[student])
        if newer or (newer is None and likely):
            again.append(student)
        else:
            otherwise.append(student)
    refused = ledger.load(course.classroom).refused.get(name, {})
    said = []
    if again:
        said.append(f"points are older than the newest submission: {_some(again)}. `gdm grade {name}` grades them")
    if never:
        said.append(f"handed in, and not graded yet: {_some(never)}. `gdm grade {name}` grades them")
    if otherwise:
        said.append("points are older than the last change of a test, a setting, the grader or a library: "
                    f"{_some(otherwise)}. `gdm grade {name}` grades them again")
    for student, why in sorted(refused.items()):
        stands = "the points are those of an earlier one" if student in here else "there are no points"
        said.append(f"{student}: the newest submission was refused ({why}); {stands}")
    return said


def _handed_in_again(course: Course, name: str, student: str, graded: results.Graded) -> bool | None:
    """Return whether other files are there than those that were graded; None if a cut-off history does not tell."""
    entries = history.read(course, name, student)
    if not entries or entries[-1].digest != graded.digest:
        return None
    return entries[-1].work != submission_digest(course.submitted / student / name, "")


def _some(students: list[str]) -> str:
    more = len(students) - MAX_NAMES
    return ", ".join(students[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
