"""One notebook: the student's cells run in a kernel, the test cells here, in the student's order.

A test cell that has its place inside runs in a copy of the kernel that was made where the cell stands, when all others
are decided. A cell or a call that ends or hangs the kernel loses its own points. The kernel is started again, the cells
that were good before run again without the culprit, and the notebook goes on.
"""

import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output

from gdm_grader.course import code
from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import is_locked, is_test, label_of
from gdm_grader.errors import CourseError
from gdm_grader.referee.host import disclosure, test_cell
from gdm_grader.referee.host.calls import Call, Recorder
from gdm_grader.referee.host.test_cell import Verdict
from gdm_grader.referee.notebook.kernel_run import START_SECONDS, TASK_DEATHS, KernelRun, Times, kernel_call
from gdm_grader.referee.notebook.prelude import before
from gdm_grader.referee.notebook.replay import changes_arguments
from gdm_grader.referee.notebook.setup import trusted
from gdm_grader.referee.notebook.words import verdict_of
from gdm_grader.referee.protocol import Unreadable
from gdm_grader.referee.seeding import example_key, inputs_key, kernel_key
from gdm_grader.sandbox.host.exchange import NoAnswer
from gdm_grader.sandbox.host.kernels import Kernels

COPY_SECONDS = 3.0  # for a copy to fork and to answer, beyond the cell's own time
TOKEN_BYTES = 16  # by which the answer to a question is known; no other test cell could have written it
COMPARED = "it compared an object that only the notebook's own Python can compare; outside it equals nothing"
ENDED = "this test computes without an end, or crashes, with what your function gives back."
IMPATIENT = 1.0  # seconds a call, once one of the same task ran out of time


@dataclass
class CellResult:
    """A test cell's verdict, and the calls that it made."""

    task: str
    verdict: Verdict
    calls: list[Call] = field(default_factory=list)
    example_calls: list[Call] = field(default_factory=list)  # of a second run, on inputs that may be shown
    inside: bool = False


@dataclass(frozen=True)
class Waiting:
    """A test cell that will run inside: in which copy of the kernel, None for none, and after which other tests."""

    cell: NotebookNode
    copy: int | None
    earlier: tuple[str, ...]


class NotebookRun(KernelRun):
    """The run of one notebook; close it when the notebook is done. `tested` and `remarks` hold the outcome."""

    def __init__(self, assignment: Assignment, kernels: Kernels, key: int, times: Times, files: Mapping[str, bytes],
                 ended: Collection[str] = ()) -> None:
        """`ended` are the tests that ended a process of the grader's: they are not run again."""
        super().__init__(assignment, kernels, key, times, files)
        self.ended = ended
        self.tested: dict[str, CellResult] = {}
        self.recorder = Recorder()
        self._tests: list[str] = []  # sources of the test cells so far
        self._waiting: list[Waiting] = []
        self._copies = 0
        self._asks = any(is_test(cell) and not assignment.is_inside(label)
                         for label, cell in assignment.released.items())
        self._hung: set[str] = set()
        self.space, self.lost = trusted(assignment) if self._asks else ({}, {})

    def __enter__(self) -> "NotebookRun":
        return self

    def end(self) -> None:
        """Run what waits. SandboxError if a kernel ended for no fault of the student's: then all is done again."""
        for waiting in self._waiting:
            self._inside(waiting)
        self.check()

    def run(self, cell: NotebookNode) -> None:
        """Give a code cell its outputs."""
        if is_test(cell):
            if self.assignment.is_inside(label_of(cell)):
                self._postpone(cell)
            else:
                self._test(cell)
            self._tests.append(cell.source)
        else:
            self._execute(cell)
            if is_locked(cell) and self._asks:
                self._define(cell)

    def _define(self, cell: NotebookNode) -> None:
        """Run a locked cell on the tests' side, too: it may stand on the student's answers."""
        self._begin_asking(self.times.call)
        broken = self._open()
        verdict = test_cell.run(label_of(cell), code.without_magics(cell.source), 0, self.space, 0, self.times.labelled)
        if isinstance(verdict.error, (Unreadable, test_cell.OutOfTime)) and self._exchange is not None:
            self._exchange.break_off()
        if broken is not None or not self.kernel.alive:
            self._revive("what the notebook defines")

    def _postpone(self, cell: NotebookNode) -> None:
        """Keep the notebook as it is for a test cell that runs inside; cells that follow each other share a copy."""
        if self._copy is None and not self._dead():
            self._close()
            self._copies += 1
            source = kernel_call(f"keep_copy({self._copies})")
            if self.kernel.execute(source, START_SECONDS, history=False).ok:
                self._good.append(source)
                self._copy = self._copies
        self._waiting.append(Waiting(cell, self._copy, tuple(self._tests)))

    def _inside(self, waiting: Waiting) -> None:
        """Have a test cell run in its copy of the kernel."""
        label, source = label_of(waiting.cell), waiting.cell.source
        task, points = self.assignment.task_of(label), waiting.cell.metadata.nbgrader.points
        needs = before(source, waiting.earlier, self.assignment.known)
        hidden = [text for text in (source, *(waiting.earlier if needs else ())) if disclosure.has_hidden_part(text)]
        self._hidden_ran = self._hidden_ran or bool(hidden)
        if self._dead() or waiting.copy is None:
            verdict = test_cell.refused("NotRun", self._not_run())
        else:
            verdict = self._connect_and_run(waiting.copy, label, source, needs, points)
        waiting.cell.outputs = verdict.outputs
        self.tested[label] = CellResult(task, verdict, inside=True)
        if not self.kernel.alive or (self._exchange is not None and self._exchange.outcome.lost):
            self._revive(task)

    def _connect_and_run(self, copy: int, label: str, source: str, needs: list[str], points: float) -> Verdict:
        """Run a test cell in its copy of the kernel, if the kernel can be asked to."""
        refusal = self._connect()
        if refusal is not None:
            return refusal
        token, seconds = secrets.token_hex(TOKEN_BYTES), self.times.labelled
        self._patience = seconds + COPY_SECONDS
        self._until = time.monotonic() + self._patience
        cell = {"source": source, "before": needs, "seconds": seconds, "token": token}
        try:
            reply = self._remote.say("inside", copy=copy, cell=cell)
        except Exception as error:  # what the kernel says is not to be trusted
            return self._broken(error)
        return verdict_of(reply, token, label, source, points, self._hidden_ran)

    def _test(self, cell: NotebookNode) -> None:
        label, points = label_of(cell), cell.metadata.nbgrader.points
        self._refuse_without_setup(label, cell.source)
        task = self.assignment.task_of(label)
        calls = self.recorder.begin()
        self._remote.begin_cell()
        self._begin_asking(IMPATIENT if task in self._hung else self.times.call)
        if label in self.ended:
            verdict = test_cell.refused("Stopped", ENDED)
            self._remark(f"{task}: {label} ended a process of the grader's with what it was given, and is not run")
        elif self._dead() or self._deaths.get(task, 0) >= TASK_DEATHS:
            verdict = test_cell.refused("NotRun", self._not_run(task))
        else:
            refusal = self._open()
            verdict = self._try(label, cell.source, points) if refusal is None else refusal
        result = self.tested[label] = CellResult(task, verdict, calls)
        if disclosure.hidden_part_ran(cell.source, verdict.line):
            self._hidden_ran = True
        if self._hidden_ran:
            if isinstance(verdict.error, AssertionError) and verdict.where == "hidden":
                result.example_calls = self._examples(label, cell.source, points)
            disclosure.clean_verdict(verdict, cell.source, self._sources, self._texts)
        self._explain(task, verdict)
        cell.outputs = verdict.outputs
        if isinstance(verdict.error, NoAnswer):
            self._remark(f"{task}: {verdict.error}")
            self._hung.add(task)
        if verdict.where and self._remote.compared:
            self._remark(f"{label}: {COMPARED}")
        if isinstance(verdict.error, test_cell.OutOfTime):
            self._remark(f"{task}: {label} ran out of time")
        if not self.kernel.alive or (self._exchange is not None and self._exchange.outcome.lost):
            self._revive(task)

    def _try(self, label: str, source: str, points: float) -> Verdict:
        try:
            # Not the key of the inputs, which the kernel could then draw itself.
            self._remote.say("seed", seed=kernel_key(self.key, label))
        except Exception as error:  # what the kernel says is not to be trusted
            return self._broken(error)
        self._remote.changed = False
        verdict = test_cell.run(label, source, points, self.space, inputs_key(self.key, label), self.times.labelled)
        if isinstance(verdict.error, (Unreadable, test_cell.OutOfTime)) and self._exchange is not None:
            self._exchange.break_off()  # in the middle of a call
        if not verdict.where and self._remote.changed and not changes_arguments(self.assignment, label, self.key):
            return self._again(label, source, points, verdict)
        return verdict

    def _again(self, label: str, source: str, points: float, verdict: Verdict) -> Verdict:
        """A test that passed after its own inputs were changed must pass on the inputs as they were, too."""
        self._remote.mirroring = False
        second = test_cell.run(label, source, points, self.space, inputs_key(self.key, label), self.times.labelled)
        self._remote.mirroring = True
        if not second.where:
            return verdict
        return test_cell.refused("AssertionError", "your function changes what it is given, and agrees with the test "
                                                   "only because of that.")

    def _examples(self, label: str, source: str, points: float) -> list[Call]:
        """The calls of a failed test on other inputs: these may be shown."""
        key, calls = example_key(self.key), self.recorder.begin()
        try:
            self._remote.say("seed", seed=kernel_key(key, label))
        except Exception as error:
            self._broken(error)
            return []
        second = test_cell.run(label, source, points, self.space, inputs_key(key, label), self.times.labelled)
        if isinstance(second.error, (Unreadable, test_cell.OutOfTime)) and self._exchange is not None:
            self._exchange.break_off()
        return calls

    def _explain(self, task: str, verdict: Verdict) -> None:
        """A name that is not there is explained by what became of its cell."""
        why = self.failed.get(task)
        if isinstance(verdict.error, NameError) and why is not None:
            verdict.outputs[-1].evalue += f". Its cell did not run to its end: {why}"

    def _refuse_without_setup(self, label: str, source: str) -> None:
        """CourseError if this test stands on an own cell of the course that does not run here: nobody pays for that."""
        if not self.lost:
            return
        for name in sorted(code.used(code.parsed(source)) & set(self.lost)):
            raise CourseError(f"the test {label} uses {name}, but the assignment's own cell that defines it failed: "
                              f"{self.lost[name]}. Run `gdm release {self.assignment.name}`.")

    def _open(self) -> Verdict | None:
        """Let the tests see what the notebook defines now; a verdict if it cannot be asked."""
        if self._exchange is not None:
            return None
        for name in self.assignment.names:
            self.space.pop(name, None)
        refusal = self._connect()
        if refusal is not None:
            return refusal
        self._texts.expect(self.assignment.names)
        try:
            found = self._remote.look(self.assignment.names)
        except Exception as error:
            return self._broken(error)
        if isinstance(found, dict):
            self.space.update({name: self.recorder.heard(name, value) for name, value in found.items()
                               if name in self.assignment.names})
        return None


def story_output() -> NotebookNode:
    """Return what stands below a cell that is not run while grading."""
    return new_output("stream", name="stdout", text="Not run while grading.\n")
