"""The class on one HTML page, without a network: what a student wrote is escaped, the one script sorts tables."""

import base64
import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import mean, median

from jinja2 import Environment, PackageLoader

from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import ClassError
from gdm_grader.records import gradebook, names, results
from gdm_grader.records.audit import audit
from gdm_grader.records.late import lateness
from gdm_grader.records.points import ClassPoints, class_points
from gdm_grader.records.results import Graded
from gdm_grader.reports.formats import Order
from gdm_grader.reports.returning import book_of
from gdm_grader.reports.table import notes_of, ordered, points_inside

BINS = 12
HARDEST = 10
SLOWEST_SHOWN = 5


@dataclass(frozen=True)
class Misconception:
    """A misconception of the catalogue: who share it, and where the book puts it right.

    `link` is None where nobody said where the book is published: a path of this machine would lead nobody there.
    """

    task: str
    name: str
    says: str
    link: str | None
    title: str
    students: list[str]


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution: how many students got from `low` to `high` points."""

    low: float
    high: float
    count: int


def write(course: Course, name: str, order: Order = Order.STUDENT) -> Path:
    """Write <class>/report/NAME.html; the same class gives the same bytes."""
    path = course.reports / f"{name}.html"
    templates = Environment(loader=PackageLoader("gdm_grader.reports", "templates"), autoescape=True, trim_blocks=True,
                            lstrip_blocks=True)
    templates.filters["points"] = lambda value: f"{value:.4g}"
    script = (Path(__file__).parent / "templates" / "sort.js").read_text(encoding="utf-8")
    script_hash = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    shown = {**figures(course, name, order), "script": script, "script_hash": f"sha256-{script_hash}"}
    whole.write(path, templates.get_template("class.html.j2").render(shown))
    return path


def figures(course: Course, name: str, order: Order = Order.STUDENT) -> dict:
    """Return everything that the page shows."""
    known, late = results.load(course, name), lateness(course, name) if gradebook.exists(course) else {}
    people = {student: person.full for student, person in names.load(course).items()}
    points = ordered(class_points(course, name), order, people, late)
    if not known:
        raise ClassError(f"Expected graded submissions of {name}, found none. Run `gdm grade {name}` first.")
    totals = {student: sum(own.values()) for student, own in points.students.items()}
    most = sum(points.most.values())
    seconds = sorted(((graded.seconds, student) for student, graded in known.items()), reverse=True)
    checked = audit(course, name)
    done = [graded for graded in known.values() if graded.broken is None]
    return {
        "name": name, "points": points, "totals": totals, "most": most, "mean": mean(totals.values()),
        "median": median(totals.values()), "bars": bars(list(totals.values()), most),
        "tasks": tasks(points),
        "misconceptions": misconceptions(course, known), "hardest": hardest(course, name, known),
        "median_seconds": median(value for value, _ in seconds), "slowest": seconds[:SLOWEST_SHOWN],
        "late": {student: one for student, one in sorted(late.items()) if one.days or one.penalty},
        "people": people, "attention": attention(known, notes_of(course, name, known)), "audit": checked,
        "isolations": Counter(graded.isolation or "no sandbox" for graded in done).most_common(),
        "inside": points_inside(course, name, known.values()),
        "seeds": sorted({graded.seed for graded in done}),
        "feedback": Path(os.path.relpath(course.feedback, course.reports)).as_posix(),
    }


def tasks(points: ClassPoints) -> list[tuple[str, float, float]]:
    """Return each task with the points that it gives, and the mean of the class."""
    found = []
    for task, most in points.most.items():
        got = [own[task] for own in points.students.values()]
        found.append((task, most, mean(got)))
    return found


def bars(totals: list[float], most: float) -> list[Bar]:
    """The distribution in a dozen bars at most, each some whole points wide; full points count in the last."""
    width = max(1, ceil(most / BINS))
    number = max(1, ceil(most / width))
    counts = Counter(min(int(total / width), number - 1) for total in totals)
    return [Bar(width * place, min(width * (place + 1), most), counts[place]) for place in range(number)]


def misconceptions(course: Course, known: dict[str, Graded]) -> list[Misconception]:
    """The diagnoses of the class, the most shared first; a student counts once for each."""
    found: dict[tuple[str, ...], list[str]] = {}
    for student, graded in known.items():
        named = {(one.task, one.name, one.says, one.page) for one in graded.diagnoses}
        for key in named:
            found.setdefault(key, []).append(student)
    place = book_of(course)
    book = None if place is None else place.rstrip("/")
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [Misconception(task, name, says, None if book is None else f"{book}/{page}.html", page.rsplit("/")[-1],
                          students) for (task, name, says, page), students in ranked]


def hardest(course: Course, name: str, known: dict[str, Graded]) -> list[tuple[str, int, int]]:
    """The tests that fewest submissions pass in full: (test, how many do, of how many)."""
    with gradebook.open_gradebook(course) as book:
        most = gradebook.most(book, name)
    scores = [graded.scores for graded in known.values() if graded.broken is None]
    passed = dict.fromkeys(most, 0)
    for own in scores:
        for test, full in most.items():
            passed[test] += (own.get(test) or 0) >= full
    ranked = sorted(passed, key=lambda test: (passed[test], test))
    return [(test, passed[test], len(scores)) for test in ranked[:HARDEST] if passed[test] < len(scores)]


def attention(known: dict[str, Graded], notes: dict[str, str]) -> list[tuple[str, str]]:
    """The submissions that need a person: what could not be graded first, then what was remarked on."""
    said = [(student, note) for student, note in notes.items() if note]
    return sorted(said, key=lambda one: known[one[0]].broken is None)


