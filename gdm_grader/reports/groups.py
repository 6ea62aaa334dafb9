"""Answers passed around: submissions whose answers are the same, letter by letter or up to names and comments.

These are looked at before anything common is left out: the bigger a ring, the more its code looks like the obvious way.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from nbformat import NotebookNode

from gdm_grader.course.cells import label_of

MIN_STUDENTS = 3  # two are a pair
MIN_CHARS = 25  # of the answers together; shorter ones coincide
AnswerTexts = dict[str, str]  # what a student wrote, by the solution cell's name


@dataclass(frozen=True)
class AnswerGroup:
    """Students whose answers are the same but for names and comments; `identical` are so letter by letter, and `code`
    is what these wrote."""

    students: list[str]
    identical: list[str]
    code: str


@dataclass(frozen=True)
class Shared:
    """The answer to one task that most students have in common, letter by letter."""

    task: str
    students: int
    answered: int


def answers_of(nb: NotebookNode, release: NotebookNode) -> AnswerTexts:
    """Return the answers that are not the release's; of a notebook without labels, its own code under one name."""
    stubs = {label_of(cell): cell.source.strip() for cell in release.cells
             if cell.metadata.get("nbgrader", {}).get("solution")}
    found = {label_of(cell): cell.source.strip() for cell in nb.cells if label_of(cell) in stubs}
    if not found:
        given = {cell.source.strip() for cell in release.cells}
        own = [cell.source.strip() for cell in nb.cells if cell.cell_type == "code"]
        found = {"": "\n\n".join(source for source in own if source not in given)}
    return {label: source for label, source in found.items() if source and source != stubs.get(label)}


def groups(answers: dict[str, AnswerTexts], tokens: Callable[[str], str]) -> list[AnswerGroup]:
    """Return the groups of at least three, the largest first. `tokens` takes names and comments out of code."""
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for student, own in sorted(answers.items()):
        if sum(map(len, own.values())) >= MIN_CHARS:
            key = tuple(sorted((label, tokens(source)) for label, source in own.items()))
            alike.setdefault(key, []).append(student)
    found = [_group(students, answers) for students in alike.values() if len(students) >= MIN_STUDENTS]
    return sorted(found, key=lambda one: (-len(one.students), one.students))


def _group(students: list[str], answers: dict[str, AnswerTexts]) -> AnswerGroup:
    same: dict[str, list[str]] = {}
    for student in students:
        own = answers[student]
        same.setdefault("\n\n".join(own[label] for label in sorted(own)), []).append(student)
    code, identical = max(same.items(), key=lambda item: len(item[1]))
    return AnswerGroup(students, identical, code)


def shared(answers: dict[str, AnswerTexts]) -> list[Shared]:
    """Return, for each task, how many have the most common answer letter by letter; tasks where at least three do."""
    counts: dict[str, Counter[str]] = {}
    for own in answers.values():
        for label, source in own.items():
            counts.setdefault(label, Counter())[source] += 1
    found = []
    for label, sources in counts.items():
        most = max(sources.values())
        if label and most >= MIN_STUDENTS:
            found.append(Shared(label, most, sum(sources.values())))
    return found
