"""Why a test failed: the student's answers to its calls are compared with those of known misconceptions.

The test cell runs once for each wrong answer of the catalogue, in this process and from the same key, with the
instructor's code in place of the student's. An answer that gives the same to every call, and fails at the same line,
is the student's mistake. Costs a few milliseconds a wrong answer, once for a whole class.
"""

import torch
from nbformat import NotebookNode

from gdm_grader.course.assignment import Assignment
from gdm_grader.course.catalogue import Answer
from gdm_grader.course.cells import GDM, label_of
from gdm_grader.records.results import Diagnosis
from gdm_grader.referee.host import test_cell
from gdm_grader.referee.host.calls import Call, alike, shown, size
from gdm_grader.referee.host.disclosure import without_text
from gdm_grader.referee.host.notebook_run import CellResult
from gdm_grader.referee.host.replay import replay
from gdm_grader.referee.seeding import example_key

UNANSWERED = "NotImplementedError"  # what the release raises in place of an answer


def same(one: Call, other: Call) -> bool:
    return one.name == other.name and alike(one.result, other.result) and alike(one.left, other.left)


def explain(nb: NotebookNode, assignment: Assignment, tested: dict[str, CellResult], key: int
            ) -> tuple[Diagnosis, ...]:
    """Note in the failed cells' metadata what explains them; the misconceptions among it."""
    cells = {label_of(cell): cell for cell in nb.cells if label_of(cell)}
    found = []
    for task in dict.fromkeys(entry.task for entry in tested.values()):
        own = {label: entry for label, entry in tested.items() if entry.task == task}
        failed = [label for label, entry in own.items() if entry.verdict.where]
        for label in failed:
            cells[label].metadata[GDM] = {"failed": own[label].verdict.where}
        wanted = [label for label in failed if own[label].calls and not _unanswered(own[label])]
        matches = matching(assignment, task, own, key) if wanted else []
        for label in wanted:
            fitting = [(labels[label], len(labels), answer) for answer, labels in matches if label in labels]
            if fitting:
                best = max(fitting, key=lambda match: match[:2])[2]
                found.append(Diagnosis(label, task, best.name, best.says, best.page))
                cells[label].metadata[GDM] |= {"says": best.says, "page": best.page}
            elif example := counterexample(assignment, label, own[label], key):
                cells[label].metadata[GDM]["example"] = example
    return tuple(found)


def _unanswered(entry: CellResult) -> bool:
    return entry.calls[0].result == ("error", UNANSWERED)


def matching(assignment: Assignment, task: str, tested: dict[str, CellResult], key: int
             ) -> list[tuple[Answer, dict[str, int]]]:
    """Each wrong answer, with the task's test cells in which it is like the student's answer, and how much."""
    wrong = [answer for answer in assignment.answers.get(task, ()) if answer.kind == "wrong"]
    return [(answer, {label: degree for label, entry in tested.items()
                      if (degree := likeness(assignment, answer.source, label, entry, key))}) for answer in wrong]


def likeness(assignment: Assignment, source: str, label: str, entry: CellResult, key: int) -> int:
    """0 if this answer and the student's part; 1 if all results, and the line that fails, are the same; 2 if the test
    also says the same to the last digit, which tells apart what differs in a gradient alone.
    """
    answer = replay(assignment, source, label, key)
    theirs = test_cell.words(entry.verdict.error) if entry.verdict.error else ("", "")
    if len(answer.calls) != len(entry.calls) or (answer.words[0], answer.line) != (theirs[0], entry.verdict.line):
        return 0
    if not all(map(same, answer.calls, entry.calls)):
        return 0
    return 2 if answer.words == theirs else 1


def counterexample(assignment: Assignment, label: str, entry: CellResult, key: int) -> str:
    """The smallest call whose result is not that of the instructor's own solution, in a sentence; "" if none is.

    It is one of a second run with other inputs, never a call of the hidden test, and holds no text of the student's.
    """
    hidden = entry.verdict.where == "hidden"
    calls = entry.example_calls if hidden else entry.calls
    solution = replay(assignment, assignment.solutions[entry.task], label, example_key(key) if hidden else key)
    unlike = []
    for call, right in zip(calls, solution.calls, strict=False):
        if not same(call, right) and not (hidden and drawn(call) and asked_before(call, entry.calls)):
            unlike.append(call)
    if not unlike:
        return ""
    call = min(unlike, key=lambda call: size(call.given))
    arguments = ", ".join(shown(part) for part in call.given[1:])
    verb = "raised" if call.result[0] == "error" else "gave back"
    return f"{call.name}({arguments}) {verb} {shown(without_text(call.result))}."


def drawn(call: Call) -> bool:
    """Whether an argument may be drawn: it holds a tensor, an array or a fraction.

    Whole numbers and words the tests name themselves, the same for everybody.
    """
    return _holds_drawn(call.given)


def _holds_drawn(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_holds_drawn, value))
    return isinstance(value, (torch.Tensor, float, complex))


def asked_before(call: Call, calls: list[Call]) -> bool:
    """Whether a test asked just this."""
    return any(call.name == other.name and alike(call.given, other.given) for other in calls)
