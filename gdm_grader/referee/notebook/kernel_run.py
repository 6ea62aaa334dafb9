"""The kernel of one notebook: it runs the student's cells, is asked, and is started again when it is lost."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from nbformat import NotebookNode

from gdm_grader.course.assignment import Assignment
from gdm_grader.course.cells import label_of, named
from gdm_grader.referee import KERNEL_SERVER
from gdm_grader.referee.host import disclosure, test_cell
from gdm_grader.referee.host.remote import RemoteKernel
from gdm_grader.referee.host.test_cell import Verdict
from gdm_grader.referee.host.texts import Texts
from gdm_grader.referee.notebook.setup import beside
from gdm_grader.referee.protocol import Unreadable, frame, size_of
from gdm_grader.referee.seeding import kernel_key
from gdm_grader.referee.withheld import helpers, withheld
from gdm_grader.sandbox.host.exchange import Exchange, NoAnswer
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.host.outcome import error_output
from gdm_grader.sandbox.host.process import SandboxError

START_SECONDS = 10.0
TASK_DEATHS = 2  # by tests of one task
DEATHS = 5  # of a notebook's kernel, after which nothing more of it is run
MAX_REMARKS = 20  # of one notebook
MAX_OUTPUT_BYTES = 4 << 20  # that a notebook's cells show together
MIN_OUTPUT_BYTES = 10_000  # of each cell after that: a message, not a flood
ERROR_OF_STATUS = {"timeout": "CellTimeoutError", "output": "TooMuchOutput", "message": "TooMuchOutput",
                   "memory": "OutOfMemory"}


@dataclass(frozen=True)
class Times:
    """Seconds that a cell, a solution or test cell, and one call of a student's function may take."""

    cell: float = 60.0
    labelled: float = 10.0

    @property
    def call(self) -> float:
        """Seconds of one call: a test may make several."""
        return self.labelled / 2


class KernelRun:
    """A sandboxed kernel, as one notebook uses it. `remarks` and `failed` say what became of its cells."""

    def __init__(self, assignment: Assignment, kernels: Kernels, key: int, times: Times, files: Mapping[str, bytes]
                 ) -> None:
        self.assignment, self.key, self.times = assignment, key, times
        self.remarks: list[str] = []
        self.failed: dict[str, str] = {}  # solution cells that did not run to their end, and why
        self._good: list[str] = []
        self._copy: int | None = None  # a copy of the kernel as it is now
        self._sources: dict[str, str] = {}  # of the student's cells, by the name of their file in the kernel
        self._outputs_left = MAX_OUTPUT_BYTES
        self._hidden_ran = False  # from then on the student's code may know what was asked
        self._deaths: dict[str, int] = {}
        self._texts = Texts()  # of all its kernels: a test's names outlive them
        self._exchange: Exchange | None = None
        self._until = 0.0
        self._patience = times.call
        self._stack = ExitStack()
        self.kernel = kernels.start(files, withheld(assignment.refused))
        self._stack.callback(self.kernel.close)
        self._stack.enter_context(beside(assignment.files))
        self._begin()

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def check(self) -> None:
        """SandboxError if a kernel ended for no fault of the student's: then all is done again."""
        if self.kernel.orphaned:
            raise SandboxError("a kernel, or the fork server, was killed from outside, or for want of memory on "
                               "this machine")

    def _begin_asking(self, patience: float) -> None:
        """Give a cell on the tests' side its time, and each of its calls `patience` seconds."""
        self._patience = patience
        self._until = time.monotonic() + self.times.labelled

    def _begin(self) -> None:
        """A fresh kernel, seeded, in which the library does not answer for the student."""
        self._remote = RemoteKernel(self._ask, self._texts)
        refused = self.assignment.refused + helpers(self.assignment.refused)
        begin = kernel_call(f"begin({kernel_key(self.key)}, {refused!r})")
        self.kernel.execute(begin, START_SECONDS, history=False)

    def _execute(self, cell: NotebookNode) -> None:
        if not cell.source.strip():
            return
        if self._dead():
            cell.outputs = [error_output("NotRun", self._not_run())]
            return
        self._close()
        self._copy = None
        seconds = self.times.labelled if label_of(cell) else self.times.cell
        allowed = min(self.kernel.limits.output, max(self._outputs_left, MIN_OUTPUT_BYTES))
        outcome = self.kernel.execute(cell.source, seconds, allowed)
        self._outputs_left -= sum(len(str(output)) for output in outcome.outputs)
        self._sources[disclosure.cell_file(cell.source)] = cell.source
        cell.outputs, says = outcome.outputs, outcome.says
        if self._hidden_ran:
            cell.outputs = disclosure.clean_outputs(outcome.outputs, cell.source)
            if outcome.status == "error" and says is not None:
                says = disclosure.error_name(says.partition(":")[0])
        if outcome.status in ("ok", "error"):
            self._good.append(cell.source)
        elif says is not None:
            cell.outputs.append(error_output(ERROR_OF_STATUS.get(outcome.status, "Stopped"), says))
            self._remark(f"{named(cell)}: {says}")
        if says is not None:
            self.failed[label_of(cell)] = says
        if outcome.lost:
            self._revive(named(cell))

    def _connect(self) -> Verdict | None:
        """Have the kernel answer questions; return a verdict if it cannot."""
        try:
            if self._exchange is None:
                self._exchange = self.kernel.exchange(kernel_call("serve()"), size_of)
        except Exception as error:
            return self._broken(error)
        return None

    def _broken(self, error: Exception) -> Verdict:
        """The kernel cannot be asked: this test is lost, and so is the kernel. Its own words are not told."""
        if self._exchange is not None:
            self._exchange.break_off()
        says = str(error) if isinstance(error, (NoAnswer, Unreadable, SandboxError)) else "it answered with an error"
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
        self.check()
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

    def _not_run(self, task: str | None = None) -> str:
        if task is not None and not self._dead():
            return f"not run: other tests of {task} ended Python {TASK_DEATHS} times."
        return f"not run: this notebook ended Python {sum(self._deaths.values())} times, or used up its time."

    def _remark(self, remark: str) -> None:
        if remark not in self.remarks and len(self.remarks) < MAX_REMARKS:
            self.remarks.append(remark)


def kernel_call(call: str) -> str:
    """Return the source of a cell that calls the kernel's server and leaves no name in the student's notebook."""
    return f"__import__('importlib').import_module({KERNEL_SERVER!r}).{call}"
