"""Why a test failed: the student's answers to its calls are compared with those of known misconceptions.

The test cell runs once more for each wrong answer of the catalogue, in this process and from the same seed, with the
instructor's code in place of the student's. An answer that gives the same to every call, and fails at the same line,
is the student's mistake. Costs a few milliseconds a wrong answer: most are told apart at the first call.
"""

from nbformat import NotebookNode

from gdm_grader.catalogue import Answer
from gdm_grader.preprocessors import GDM, label_of
from gdm_grader.referee import trial
from gdm_grader.referee.examination import Tested
from gdm_grader.referee.recorder import Call, Recorder, alike, shown, size
from gdm_grader.referee.replay import replay
from gdm_grader.referee.sheet import Sheet
from gdm_grader.results import Diagnosis

UNANSWERED = "NotImplementedError"  # what the release raises in place of an answer


class Unlike(BaseException):
    """The instructor's answer gave something else than the student's: no need to go on."""


class Compared(Recorder):
    """Stops a test cell at the first call whose result is not the student's."""

    def __init__(self, expected: list[Call]) -> None:
        super().__init__()
        self.expected = expected

    def _keep(self, call: Call) -> None:
        super()._keep(call)
        number = len(self.calls)
        if number > len(self.expected) or not same(call, self.expected[number - 1]):
            raise Unlike


def same(one: Call, other: Call) -> bool:
    return one.name == other.name and alike(one.result, other.result) and alike(one.left, other.left)


def explain(nb: NotebookNode, sheet: Sheet, tested: dict[str, Tested], seed: int) -> tuple[Diagnosis, ...]:
    """Note in the failed cells' metadata what explains them; the misconceptions among it."""
    cells = {label_of(cell): cell for cell in nb.cells if label_of(cell)}
    found = []
    for task in dict.fromkeys(entry.task for entry in tested.values()):
        own = {label: entry for label, entry in tested.items() if entry.task == task}
        failed = [label for label, entry in own.items() if entry.verdict.where]
        for label in failed:
            cells[label].metadata[GDM] = {"failed": own[label].verdict.where}
        wanted = [label for label in failed if own[label].calls and not _unanswered(own[label])]
        matches = matching(sheet, task, own, seed) if wanted else []
        for label in wanted:
            fitting = [(labels[label], len(labels), answer) for answer, labels in matches if label in labels]
            if fitting:
                best = max(fitting, key=lambda match: match[:2])[2]
                found.append(Diagnosis(label, task, best.name, best.says, best.page))
                cells[label].metadata[GDM] |= {"says": best.says, "page": best.page}
            elif example := counterexample(sheet, label, own[label], seed):
                cells[label].metadata[GDM]["example"] = example
    return tuple(found)


def _unanswered(entry: Tested) -> bool:
    return entry.calls[0].result == ("error", UNANSWERED)


def matching(sheet: Sheet, task: str, tested: dict[str, Tested], seed: int) -> list[tuple[Answer, dict[str, int]]]:
    """Each wrong answer, with the task's test cells in which it is like the student's answer, and how much."""
    wrong = [answer for answer in sheet.answers.get(task, ()) if answer.kind == "wrong"]
    return [(answer, {label: degree for label, entry in tested.items()
                      if (degree := likeness(sheet, answer.source, label, entry, seed))}) for answer in wrong]


def likeness(sheet: Sheet, source: str, label: str, entry: Tested, seed: int) -> int:
    """0 if this answer and the student's part; 1 if all results, and the line that fails, are the same; 2 if the test
    also says the same to the last digit, which tells apart what differs in a gradient alone.
    """
    recorder = Compared(entry.calls)
    try:
        verdict = replay(sheet, source, label, recorder, seed)
    except Unlike:
        return 0
    ours, theirs = (trial.words(one.error) if one.error else ("", "") for one in (verdict, entry.verdict))
    if len(recorder.calls) != len(entry.calls) or (ours[0], verdict.line) != (theirs[0], entry.verdict.line):
        return 0
    return 2 if ours == theirs else 1


def counterexample(sheet: Sheet, label: str, entry: Tested, seed: int) -> str:
    """The smallest call whose result is not that of the instructor's own solution, in a sentence; "" if none is."""
    recorder = Recorder()
    replay(sheet, sheet.solutions[entry.task], label, recorder, seed)
    pairs = zip(entry.calls, recorder.calls, strict=False)
    unlike = [call for call, right in pairs if not same(call, right)]
    if not unlike:
        return ""
    call = min(unlike, key=lambda call: size(call.given))
    arguments = ", ".join(shown(part) for part in call.given[1:])
    verb = "raised" if call.result[0] == "error" else "gave back"
    return f"{call.name}({arguments}) {verb} {shown(call.result)}."
