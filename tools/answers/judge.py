"""Judge an answer: the test cells that it loses, and what it is told in each. Runs in this process."""

from dataclasses import dataclass

from gdm_grader.course.assignment import Assignment
from gdm_grader.grading.diagnosis import matching
from gdm_grader.referee.host import test_cell
from gdm_grader.referee.host.proxies import StudentError
from gdm_grader.referee.host.test_cell import Verdict
from gdm_grader.referee.notebook.notebook_run import CellResult
from gdm_grader.referee.notebook.replay import replay

SEED = 7


@dataclass(frozen=True)
class Judged:
    """The test cells that were lost, each with its message, and the misconceptions that were named, by test cell."""

    lost: dict[str, str]
    named: dict[str, str]


def judge(assignment: Assignment, task: str, source: str, key: int = SEED) -> Judged:
    """Run the task's test cells on an answer, and look its mistakes up in the catalogue."""
    labels = [label for label in assignment.released
              if label.startswith("test_") and assignment.task_of(label) == task]
    tested, lost = {}, {}
    for label in labels:
        result = replay(assignment, source, label, key)
        verdict = Verdict(1.0)
        if result.words is not None:
            error = StudentError(result.words[1])
            error.kind = result.words[0]
            verdict = Verdict(0, error=error, line=result.line, where="hidden")
            lost[label] = ": ".join(test_cell.words(error))
        tested[label] = CellResult(task, verdict, list(result.calls))
    named = {}
    for match in matching(assignment, task, tested, key) if lost else []:
        for label in match.labels & lost.keys():
            named.setdefault(label, []).append((len(match.labels), match.answer.name))
    return Judged(lost, {label: max(found, key=lambda entry: entry[0])[1] for label, found in named.items()})
