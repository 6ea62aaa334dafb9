"""The table of verdicts: `make answers`, some minutes. Exit status 1 if one is unfair.

Right answers lose nothing, and a slip of form costs its one cell; wrong ones lose something; nobody is told a mistake
that is not theirs, also not by an error of any kind in any test.
"""

import sys
from collections import Counter

import torch
from rich.console import Console
from rich.table import Table
from tqdm import tqdm

from gdm_grader.course import assignment as assignments
from gdm_grader.course.assignment import Assignment
from gdm_grader.course.course import Course
from tools.answers.cases import cases
from tools.answers.judge import Judged, judge
from tools.answers.spoilt import spoilt
from tools.answers.variants import GRADIENTS, remembering, variants
from tools.sheet import NAMES, ROOT

COLUMNS = ("right", "right below full", "slips", "slips beyond their cell", "wrong", "wrong at full",
           "known", "named", "named wrongly")
LEAST_NAMED = {"catalogue": 0.95, "cases": 0.75}  # of the mistakes that the catalogue knows
KINDS = ("RuntimeError", "TypeError", "ValueError", "IndexError", "KeyError", "AttributeError", "ZeroDivisionError",
         "AssertionError", "NameError", "RecursionError")
# What torch says most often, for reasons that nobody can know.
CAUSES = {
    "other sizes": "return torch.zeros(2) + torch.zeros(3)",
    "matrices of other sizes": "return torch.zeros(2, 3) @ torch.zeros(2, 3)",
    "an index beyond the end": "return torch.zeros(2)[5]",
    "an axis that is not there": "return torch.zeros(2).sum(1)",
    "two axes too many": "return torch.zeros(2, 2).permute(0, 3, 1, 2)",
    "two dtypes": "return torch.zeros(2, 2) @ torch.zeros(2, 2).double()",
    "written in place": "leaf = torch.zeros(2, requires_grad=True)\n    leaf += 1",
    "a graph that lost a tensor": "leaf = torch.ones(2, requires_grad=True)\n    y = leaf.exp()\n    y += 1\n"
                                  "    torch.autograd.grad(y.sum(), leaf)",
    "no graph": "return torch.autograd.grad(torch.zeros(()), torch.zeros(2, requires_grad=True))",
    "numpy of a graph": "return torch.zeros(2, requires_grad=True).numpy()",
    "a number of many": "return float(torch.zeros(3))",
    "unpacked in two": "a, b = torch.zeros(3)",
    "a view of another size": "return torch.zeros(6).view(4, 2)",
    "an attribute of nothing": "return None.shape",
}
# Up to the test that fails, each gives what the other gives: then one stands for the other.
SAME = [{"stops below, not at, the tolerance", "never stops early"}, {"drawn without gradients", "x is detached"},
        {"the direction is ignored", "the same difference both ways"}]
FORM = {"a Python number", "numbers in place of booleans", "zeros of the wrong dtype"}  # said of a slip, and true


class Verdicts:
    """Counts a row, and keeps a sentence for each verdict that is not fair."""

    def __init__(self) -> None:
        self.rows: dict[str, Counter[str]] = {}
        self.unfair: list[str] = []

    def add(self, row: str, column: str, number: int = 1) -> None:
        self.rows.setdefault(row, Counter())[column] += number

    def right(self, row: str, what: str, judged: Judged) -> None:
        self.add(row, "right")
        self._accused(row, what, set(judged.named.values()))
        if judged.lost:
            self.add(row, "right below full")
            self.unfair.append(f"{row}: {what} is right and loses {judged.lost}")

    def slip(self, row: str, what: str, judged: Judged, allowed: set[str]) -> None:
        self.add(row, "slips")
        self._accused(row, what, set(judged.named.values()) - FORM)
        if set(judged.lost) - allowed:
            self.add(row, "slips beyond their cell")
            self.unfair.append(f"{row}: {what} slips in its form and loses {judged.lost}")

    def wrong(self, row: str, what: str, judged: Judged, means: set[str]) -> None:
        self.add(row, "wrong")
        self.add(row, "known", int(bool(means)))
        self._accused(row, what, set(judged.named.values()) - means)
        if not judged.lost:
            self.add(row, "wrong at full")
            self.unfair.append(f"{row}: {what} is wrong and gets full points")
        if set(judged.named.values()) & means:
            self.add(row, "named")

    def _accused(self, row: str, what: str, said: set[str]) -> None:
        if said:
            self.add(row, "named wrongly")
            self.unfair.append(f"{row}: {what} is told {said}")


def catalogue_and_variants(table: Verdicts, assignment: Assignment) -> None:
    """The answers of the catalogue, the right ones also in other forms, and the instructor's own one spoilt."""
    for task, answers in tqdm(assignment.answers.items(), desc=assignment.name, file=sys.stderr):
        tests = [label for label in assignment.released
                 if label.startswith("test_") and assignment.task_of(label) == task]
        graphs = {label for label in tests if label.endswith(GRADIENTS)}
        for entry in spoilt(task, assignment.solutions[task]):
            table.wrong("spoilt", f"{task}, {entry.name}", judge(assignment, task, entry.source), entry.means)
        for answer in answers:
            what = f"{task}, {answer.name!r}"
            judged = judge(assignment, task, answer.source)
            if answer.kind == "wrong":
                alike = set().union(*(pair for pair in SAME if answer.name in pair))
                table.wrong("catalogue", what, judged, {answer.name} | alike)
                continue
            table.right("catalogue", what, judged)
            if stale := remembering(task, answer.source):
                table.wrong("variants", f"{what}, remembering", judge(assignment, task, stale), set())
            for variant in variants(task, answer.source):
                judged = judge(assignment, task, variant.source)
                allowed = set() if variant.graph else graphs
                if variant.slip:
                    table.slip("variants", f"{what}, {variant.name}", judged, allowed | {tests[0]})
                elif not (set(judged.lost) and set(judged.lost) <= allowed):
                    table.right("variants", f"{what}, {variant.name}", judged)


def raised(table: Verdicts, assignment: Assignment) -> None:
    """An error of each kind, as many make it for many reasons: nobody knows which mistake it is."""
    causes = {kind: f"raise {kind}('something went wrong in line 7')" for kind in KINDS} | CAUSES
    for task in assignment.solutions:
        for name, cause in causes.items():
            source = f"def {task}(*arguments, **named):\n    {cause}"
            table.wrong("errors raised", f"{task}, {name}", judge(assignment, task, source), set())


def main() -> int:
    torch.set_num_threads(1)
    table, course = Verdicts(), Course.find(start=ROOT)
    for name in NAMES:
        assignment = assignments.read(course, name)
        catalogue_and_variants(table, assignment)
        raised(table, assignment)
        for case in cases(name):
            judged = judge(assignment, case.task, case.source)
            if case.right:
                table.right("cases", f"{case.task}, {case.name!r}", judged)
            else:
                table.wrong("cases", f"{case.task}, {case.name!r}", judged, set(case.means))
    return show(table)


def show(table: Verdicts) -> int:
    """Print the counts and each unfair verdict; return the exit status."""
    console, shown = Console(width=160), Table(title="Verdicts")
    for column in ("set", *COLUMNS):
        shown.add_column(column, justify="left" if column == "set" else "right")
    for row, counts in table.rows.items():
        shown.add_row(row, *(str(counts[column]) for column in COLUMNS))
        least = LEAST_NAMED.get(row)
        if least is not None and counts["named"] < least * counts["known"]:
            table.unfair.append(f"{row}: {counts['named']} of {counts['known']} known mistakes are named, fewer than "
                                f"{least:.0%}")
    console.print(shown)
    for sentence in table.unfair:
        console.print(sentence, highlight=False, markup=False)
    return int(bool(table.unfair))


if __name__ == "__main__":
    raise SystemExit(main())
