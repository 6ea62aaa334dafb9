"""One notebook: the student's cells run in a kernel, the test cells here, in the student's order.

A cell or a call that ends or hangs the kernel loses its own points. The kernel is started again, the cells that were
good before run again without the culprit, and the notebook goes on.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_output

from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import is_test, label_of, named
from gdm_grader.referee import KERNEL_SERVER
from gdm_grader.referee.host import disclosure, test_cell
from gdm_grader.referee.host.calls import Call, Recorder
from gdm_grader.referee.host.remote import RemoteKernel
from gdm_grader.referee.host.replay import changes_arguments, trusted
from gdm_grader.referee.host.test_cell import Verdict
from gdm_grader.referee.protocol import Unreadable, frame, size_of
from gdm_grader.referee.seeding import example_key, inputs_key, kernel_key
from gdm_grader.referee.withheld import withheld
from gdm_grader.sandbox.host.exchange import Exchange, NoAnswer
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.host.outcome import error_output
from gdm_grader.sandbox.host.process import SandboxError

START_SECONDS = 10.0
DEATHS = 5  # of a notebook's kernel, after which nothing more of it is run
TASK_DEATHS = 2  # by tests of one task
MAX_REMARKS = 20  # of one notebook
MAX_OUTPUT_BYTES = 4 << 20  # that a notebook's cells show together
MIN_OUTPUT_BYTES = 10_000  # of each cell after that: a message, not a flood
IMPATIENT = 1.0  # seconds a call, once one of the same task ran out of time
ENDS = {"timeout": "CellTimeoutError", "output": "TooMuchOutput", "message": "TooMuchOutput", "memory": "OutOfMemory"}


@dataclass(frozen=True)
class Times:
    """Seconds that a cell, a solution or test cell, and one call of a student's function may take."""

    cell: float = 60.0
    labelled: float = 10.0

    @property
    def call(self) -> float:
        return self.labelled / 2


@dataclass
class CellResult:
    """A test cell's verdict, and the calls that it made."""

    task: str
    verdict: Verdict
    calls: list[Call]
    example_calls: list[Call] = field(default_factory=list)  # of a second run, on inputs that may be shown


class NotebookRun:
    """Close it when the notebook is done. `tested` and `remarks` are then what came of it."""

    def __init__(self, assignment: Assignment, kernels: Kernels, key: int, times: Times, files: Mapping[str, bytes]
                 ) -> None:
        self.assignment, self.key, self.times = assignment, key, times
        self.tested: dict[str, CellResult] = {}
        self.remarks: list[str] = []
        self.failed: dict[str, str] = {}  # solution cells that did not run to their end, and why
        self.recorder = Recorder()
        self._good: list[str] = []
        self._sources: dict[str, str] = {}  # of the student's cells, by the name of their file in the kernel
        self._outputs_left = MAX_OUTPUT_BYTES
        self._hidden_ran = False  # from then on the student's code may know what was asked
        self._deaths: dict[str, int] = {}
        self._hung: set[str] = set()
        self._exchange: Exchange | None = None
        self._until = 0.0
        self._patience = times.call
        self.kernel = kernels.start(files, withheld(assignment.refused))
        self._begin()
        self.space = trusted(assignment.setup)

    def __enter__(self) -> "NotebookRun":
        return self

    def __exit__(self, *_: object) -> None:
        self.kernel.close()

    def end(self) -> None:
        """SandboxError if a kernel ended for no fault of the student's: then all is to be done again."""
        if self.kernel.orphaned:
            raise SandboxError("the warm process ended")

    def _begin(self) -> None:
        """A fresh kernel, seeded, in which the library does not answer for the student."""
        self._remote = RemoteKernel(self._ask)
        begin = kernel_call(f"begin({kernel_key(self.key)}, {self.assignment.refused!r})")
        self.kernel.execute(begin, START_SECONDS, history=False)

    def run(self, cell: NotebookNode) -> None:
        """Give a code cell its outputs."""
        if is_test(cell):
            self._test(cell)
        else:
            self._execute(cell)
            if cell.metadata.get("nbgrader", {}).get("locked"):
                self._define(cell)

    def _define(self, cell: NotebookNode) -> None:
        """Run a locked cell on the tests' side, too: they use what it defines."""
        self._begin_asking(self.times.call)
        broken = self._open()
        test_cell.run(label_of(cell), cell.source, 0, self.space, 0, self.times.labelled)
        if broken is not None:
            self._revive("what the notebook defines")

    def _begin_asking(self, patience: float) -> None:
        """Give a cell on the tests' side its time, and each of its calls `patience` seconds."""
        self._patience = patience
        self._until = time.monotonic() + self.times.labelled

    def _execute(self, cell: NotebookNode) -> None:
        if not cell.source.strip():
            return
        if self._dead():
            cell.outputs = [error_output("NotRun", self._not_run())]
            return
        self._close()
        seconds = self.times.labelled if label_of(cell) else self.times.cell
        allowed = min(self.kernel.limits.output, max(self._outputs_left, MIN_OUTPUT_BYTES))
        outcome = self.kernel.execute(cell.source, seconds, allowed)
        self._outputs_left -= sum(len(str(output)) for output in outcome.outputs)
        self._sources[disclosure.file_of(cell.source)] = cell.source
        cell.outputs = outcome.outputs
        if self._hidden_ran:
            cell.outputs = disclosure.clean_outputs(outcome.outputs, cell.source)
            if outcome.status == "error":
                outcome.says = disclosure.error_name(outcome.says.partition(":")[0])
        if outcome.status in ("ok", "error"):
            self._good.append(cell.source)
        else:
            cell.outputs.append(error_output(ENDS.get(outcome.status, "Stopped"), outcome.says))
            self._remark(f"{named(cell)}: {outcome.says}")
        if not outcome.ok:
            self.failed[label_of(cell)] = outcome.says
        if outcome.lost:
            self._revive(named(cell))

    def _test(self, cell: NotebookNode) -> None:
        label, points = label_of(cell), cell.metadata.nbgrader.points
        task = self.assignment.task_of(label)
        calls = self.recorder.begin()
        self._remote.begin_cell()
        self._begin_asking(IMPATIENT if task in self._hung else self.times.call)
        if self._dead() or self._deaths.get(task, 0) >= TASK_DEATHS:
            verdict = test_cell.refused("NotRun", self._not_run(task))
        else:
            verdict = self._open() or self._try(label, cell.source, points)
        result = self.tested[label] = CellResult(task, verdict, calls)
        if disclosure.has_hidden_part(cell.source) and not (verdict.where == "visible" and verdict.line):
            self._hidden_ran = True
        if self._hidden_ran:
            if isinstance(verdict.error, AssertionError) and verdict.where == "hidden":
                result.example_calls = self._examples(label, cell.source, points)
            disclosure.clean_verdict(verdict, cell.source, self._sources)
        self._explain(task, verdict)
        cell.outputs = verdict.outputs
        if isinstance(verdict.error, NoAnswer):
            self._remark(f"{task}: {verdict.error}")
            self._hung.add(task)
        if isinstance(verdict.error, test_cell.OutOfTime):
            self._remark(f"{task}: {label} ran out of time")
        if not self.kernel.alive or (self._exchange is not None and self._exchange.outcome.lost):
            self._revive(task)

    def _try(self, label: str, source: str, points: float) -> Verdict:
        try:
            self._remote.seed(kernel_key(self.key, label))  # not that of the inputs, which it could then draw itself
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
            self._remote.seed(kernel_key(key, label))
        except Exception as error:
            self._broken(error)
            return []
        second = test_cell.run(label, source, points, self.space, inputs_key(key, label), self.times.labelled)
        if isinstance(second.error, (Unreadable, test_cell.OutOfTime)) and self._exchange is not None:
            self._exchange.break_off()
        return calls

    def _explain(self, task: str, verdict: Verdict) -> None:
        """A name that is not there is explained by what became of its cell."""
        if isinstance(verdict.error, NameError) and (why := self.failed.get(task)):
            verdict.outputs[-1].evalue += f". Its cell did not run to its end: {why}"

    def _open(self) -> Verdict | None:
        """Let the tests see what the notebook defines now; a verdict if it cannot be asked."""
        if self._exchange is not None:
            return None
        for name in self.assignment.names:
            self.space.pop(name, None)
        try:
            self._exchange = self.kernel.exchange(kernel_call("serve()"), size_of)
            found = self._remote.look(self.assignment.names)
        except Exception as error:
            return self._broken(error)
        if isinstance(found, dict):
            self.space.update({name: self.recorder.heard(name, value) for name, value in found.items()
                               if name in self.assignment.names})
        return None

    def _broken(self, error: Exception) -> Verdict:
        """The kernel cannot be asked: this test is lost, and so is the kernel."""
        if self._exchange is not None:
            self._exchange.break_off()
        says = " ".join(test_cell.words(error))
        return test_cell.refused("Stopped", f"your notebook's Python could not be asked: {says}")

    def _close(self) -> None:
        if self._exchange is not None:
            alive = self._exchange.end(frame({"op": "end"}, []))
            self._exchange = None
            if not alive:
                self._revive("a test")

    def _ask(self, question: bytes) -> bytes:
        if self._exchange is None:
            raise NoAnswer("what your notebook made is gone: its Python process was started again.", True)
        seconds = min(self._patience, self._until - time.monotonic(), self.kernel.seconds_left)
        if seconds <= 0:
            raise NoAnswer("the time for this test was over.", False)
        return self._exchange.ask(question, seconds)

    def _revive(self, culprit: str) -> None:
        """A fresh kernel with all that was good before."""
        self._exchange = None
        self.end()
        self._deaths[culprit] = self._deaths.get(culprit, 0) + 1
        if self._dead():
            self._remark(f"Python was ended {DEATHS} times or used up its time: nothing more was run")
            return
        self.kernel.restart()
        self._begin()
        for source in self._good:
            if self.kernel.execute(source, self.times.cell).lost:
                self._good.remove(source)
                self._revive("a cell that ran before")
                return

    def _dead(self) -> bool:
        return sum(self._deaths.values()) >= DEATHS or self.kernel.seconds_left <= 0

    def _not_run(self, task: str = "") -> str:
        if task and not self._dead():
            return f"not run: other tests of {task} ended Python {TASK_DEATHS} times."
        return f"not run: this notebook ended Python {sum(self._deaths.values())} times, or used up its time."

    def _remark(self, remark: str) -> None:
        if remark not in self.remarks and len(self.remarks) < MAX_REMARKS:
            self.remarks.append(remark)


def story_output() -> NotebookNode:
    return new_output("stream", name="stdout", text="Not run while grading.\n")


def kernel_call(call: str) -> str:
    """Return the source of a cell that calls the kernel's server and leaves no name in the student's notebook."""
    return f"__import__('importlib').import_module({KERNEL_SERVER!r}).{call}"
