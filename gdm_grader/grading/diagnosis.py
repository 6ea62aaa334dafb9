"""Explain why a test failed: compare the student's answers to its calls with those of known misconceptions.

The test cell runs once for each wrong answer of the catalogue, in this process and from the same key, with the
instructor's code in place of the student's. An answer that gives the same to every call, and fails at the same line
with the same words, is the student's mistake, if it fails no test of the task that the student passed. Many mistakes
raise the same error: one that the student's function raised is explained by a mistake that explains all failed tests.
Costs a few milliseconds a wrong answer and test.
"""

import re
import time
import traceback
from dataclasses import dataclass

import torch
from nbformat import NotebookNode

from gdm_grader.course.assignment import Assignment
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import GDM, label_of
from gdm_grader.records.results import Diagnosis
from gdm_grader.referee.host import test_cell
from gdm_grader.referee.host.calls import (
    DIGITS,
    Call,
    Frozen,
    alike,
    has_graph,
    render,
    size,
    without_form,
    without_numbers,
)
from gdm_grader.referee.host.disclosure import without_text
from gdm_grader.referee.notebook.notebook_run import CellResult
from gdm_grader.referee.notebook.replay import Replay, replay
from gdm_grader.referee.seeding import example_key

MAX_EXPLAIN_SECONDS = 60.0  # of one notebook
MAX_PROBLEM_CHARS = 4_000
UNANSWERED = "NotImplementedError"  # what the release raises in place of an answer
INTERNAL = re.compile(r"0x[0-9a-f]+|(?<=version )\d+")  # places in memory; how often a tensor was written into
SILENT = {UNANSWERED, "NoAnswer"}  # the message of the test says all


@dataclass(frozen=True)
class Match:
    """A wrong answer, and the test cells of its task, passed ones too, in which it does what the student's does."""

    answer: Answer
    labels: frozenset[str]


def explain(nb: NotebookNode, assignment: Assignment, tested: dict[str, CellResult], key: int,
            problems: list[str] | None = None) -> tuple[Diagnosis, ...]:
    """Note in the failed cells' metadata what explains them; return the misconceptions among it.

    The verdicts stand already. What the course's own cells raise when they are run once more here costs the explanation
    of that task alone; the traceback is put into `problems`, for the author.
    """
    cells = {label_of(cell): cell for cell in nb.cells if label_of(cell)}
    found: list[Diagnosis] = []
    until = time.monotonic() + MAX_EXPLAIN_SECONDS
    for label, entry in tested.items():
        if entry.verdict.where is not None:
            cells[label].metadata[GDM] = {"failed": entry.verdict.where}
        if entry.inside:
            cells[label].metadata[GDM] = cells[label].metadata.get(GDM, {}) | {"inside": True}
    for task in dict.fromkeys(entry.task for entry in tested.values()):
        own = {label: entry for label, entry in tested.items() if entry.task == task and not entry.inside}
        if time.monotonic() < until:
            try:
                found += _explain_task(cells, assignment, task, own, key)
            except Exception:
                if problems is not None:
                    problems.append(f"{task}: {traceback.format_exc()[-MAX_PROBLEM_CHARS:]}")
    return tuple(found)


def _explain_task(cells: dict[str, NotebookNode], assignment: Assignment, task: str, own: dict[str, CellResult],
                  key: int) -> list[Diagnosis]:
    found: list[Diagnosis] = []
    failed = [label for label, entry in own.items() if entry.verdict.where is not None]
    wanted = [label for label in failed if own[label].calls and not _is_unanswered(own[label])]
    matches = matching(assignment, task, own, key) if wanted else []
    for label in wanted:
        fitting = [match for match in matches if label in match.labels]
        if fitting:
            best = max(fitting, key=lambda match: len(match.labels)).answer
            found.append(Diagnosis(label, task, best.name, best.says, best.page))
            cells[label].metadata[GDM] |= {"says": best.says, "page": best.page}
        elif example := counterexample(assignment, label, own[label], key):
            cells[label].metadata[GDM]["example"] = example
    return found


def _is_unanswered(entry: CellResult) -> bool:
    return entry.calls[0].result[:2] == ("error", UNANSWERED)


def matching(assignment: Assignment, task: str, tested: dict[str, CellResult], key: int) -> list[Match]:
    """Return the wrong answers that explain some failed test cell of the task and contradict none that passed."""
    found = []
    passed = [label for label, entry in tested.items() if entry.verdict.where is None]
    failed = [label for label in tested if label not in passed]
    about_gradients = {label for label in tested if _asks_for_a_graph(assignment, task, label, key)}
    for answer in assignment.answers.get(task, ()):
        if answer.kind != "wrong":
            continue

        def does_the_same(label: str, source: str = answer.source) -> bool:
            return fits(replay(assignment, source, label, key), tested[label], label in about_gradients)

        # Most mistakes explain no failed cell: what passed is run on them only where one does.
        alike_in = set(filter(does_the_same, failed))
        if not alike_in or any(replay(assignment, answer.source, label, key).words is not None for label in passed):
            continue
        alike_in |= set(filter(does_the_same, passed))
        if not alike_in.issuperset(failed):
            alike_in -= {label for label, entry in tested.items() if _ended_in_an_error(entry)}
        if alike_in.intersection(failed):
            found.append(Match(answer, frozenset(alike_in)))
    return found


def _asks_for_a_graph(assignment: Assignment, task: str, label: str, key: int) -> bool:
    """Return whether what the instructor's own solution returns in this test has an autograd graph."""
    calls = replay(assignment, assignment.solutions.get(task, ""), label, key).calls
    return any(has_graph(call.result) for call in calls)


def _ended_in_an_error(entry: CellResult) -> bool:
    """Return whether the student's function raised an error. Many mistakes raise the same one.

    It is believed to be that of a known mistake only if this explains every failed test of the task.
    """
    return bool(entry.calls) and entry.calls[-1].result[0] == "error"


def fits(answer: Replay, entry: CellResult, form: bool) -> bool:
    """Return whether this wrong answer answers every call as the student did, and passes, or fails in like words.

    The form of a result is left out unless `form` is true: a mistake is the same in a list. Words tell apart what fails
    for its form, and what differs in a gradient alone, which is seen in no call.
    """
    if answer.line != entry.verdict.line or (answer.words is None) != (entry.verdict.where is None):
        return False
    alike_calls = same_call if form else same_numbers
    if len(answer.calls) != len(entry.calls) or not all(map(alike_calls, answer.calls, entry.calls)):
        return False
    if answer.words is None:
        return True
    return entry.verdict.error is not None and like_words(answer.words, test_cell.words(entry.verdict.error))


def same_call(one: Call, other: Call) -> bool:
    return one.name == other.name and alike(one.result, other.result) and alike(one.left, other.left)


def same_numbers(one: Call, other: Call) -> bool:
    """Compare two calls by their numbers, whatever form these came in."""
    found, known = without_form(one.result), without_form(other.result)
    return one.name == other.name and alike(found, known) and alike(one.left, other.left)


def like_words(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Compare two errors: type and words, and the numbers in them up to rounding; not torch's bookkeeping."""
    said, known = INTERNAL.sub("", one[1]), INTERNAL.sub("", other[1])
    if one[0] != other[0] or without_numbers(said) != without_numbers(known):
        return False
    numbers = zip(DIGITS.findall(said), DIGITS.findall(known), strict=True)
    return all(a == b or _near(a, b) for a, b in numbers)


def _near(one: str, other: str) -> bool:
    try:
        return abs(float(one) - float(other)) <= 1e-4 + 1e-3 * abs(float(one))
    except ValueError:
        return False


def counterexample(assignment: Assignment, label: str, entry: CellResult, key: int) -> str | None:
    """Return the smallest call whose result is not that of the instructor's own solution, in a sentence.

    It is one of a second run with other inputs, never a call of the hidden test, and holds no text of the student's.
    """
    hidden = entry.verdict.where == "hidden"
    calls = entry.example_calls if hidden else entry.calls
    if entry.task not in assignment.solutions:
        return None
    solution = replay(assignment, assignment.solutions[entry.task], label, example_key(key) if hidden else key)
    unlike = []
    for call, right in zip(calls, solution.calls, strict=False):
        if not same_call(call, right) and not (hidden and holds_data(call) and asked_before(call, entry.calls)):
            unlike.append((call, right))
    if not unlike:
        return None
    call, right = min(unlike, key=lambda pair: size(pair[0].given))
    if call.result[0] == "error" and call.result[1] in SILENT:
        return None
    own = "\n".join([*assignment.setup, assignment.released[label].source])
    arguments = ", ".join(render(without_text(part, own)) for part in call.given[1:])
    verb = "raised" if call.result[0] == "error" else "gave back"
    return f"{call.name}({arguments}) {verb} {render(without_text(call.result))}{form_of(call.result, right.result)}."


def form_of(got: Frozen, right: Frozen) -> str:
    """Say in what form a result differs from the right one: type, shape or dtype; "" if in its values alone."""
    if got[0] != "tensor" or right[0] != "tensor":
        return ""
    for what in ("shape", "dtype"):
        one, other = getattr(got[1], what), getattr(right[1], what)
        if one != other:
            plain = (tuple(one), tuple(other)) if what == "shape" else (one, other)
            return f": the {what} is {plain[0]}, not {plain[1]}"
    return ""


def holds_data(call: Call) -> bool:
    """Return whether an argument may be drawn: it holds a tensor, an array or a fraction.

    Whole numbers and words the tests name themselves, the same for everybody.
    """
    return _holds_drawn(call.given)


def _holds_drawn(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_holds_drawn, value))
    return isinstance(value, (torch.Tensor, float, complex))


def asked_before(call: Call, calls: list[Call]) -> bool:
    """Return whether one of the calls asked exactly this."""
    return any(call.name == other.name and alike(call.given, other.given) for other in calls)
