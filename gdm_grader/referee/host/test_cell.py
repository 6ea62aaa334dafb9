"""One test cell: it runs here, as ordinary code, against proxies; what comes of it is an output of a notebook."""

import ast
import contextlib
import ctypes
import importlib
import io
import linecache
import math
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any, Literal

import torch
import torch.fx.experimental.symbolic_shapes  # torch imports it at a first use; a test's alarm would leave half of it
from nbformat import NotebookNode
from nbformat.v4 import new_output

from gdm_grader.referee.host.proxies import StudentError, words_of
from gdm_grader.referee.protocol import Unreadable
from gdm_grader.referee.seeding import seed as seed_all
from gdm_grader.sandbox.host.exchange import NoAnswer
from gdm_grader.sandbox.host.wall import TEST_GRACE_SECONDS, nearer

BEGIN, END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
MAX_PRINTED_CHARS = 2_000
LOOK_SECONDS = 0.05  # between two looks at the time


class OutOfTime(BaseException):
    """A test cell took longer than it may."""


@dataclass
class Verdict:
    """The result of a test cell. `where` is the part that failed, and `line` the line; None if none did."""

    score: float
    outputs: list[NotebookNode] = field(default_factory=list)
    error: BaseException | None = None
    line: int | None = None
    where: Literal["visible", "hidden"] | None = None

    @property
    def said(self) -> str | None:
        """The last error among the outputs, on one line; None if there is none."""
        errors = [f"{output.ename}: {output.evalue}" for output in self.outputs if output.output_type == "error"]
        return " ".join(errors[-1].split()) if errors else None


@lru_cache(512)
def compiled(label: str, source: str) -> tuple[CodeType, CodeType | None]:
    """The cell's statements, and its last expression, whose value is a score if it is a number."""
    name = f"<{label}>"
    linecache.cache[name] = (len(source), None, [line + "\n" for line in source.splitlines()], name)
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return compile(tree, name, "exec", dont_inherit=True), None
    tree.body.pop()
    return (compile(tree, name, "exec", dont_inherit=True),
            compile(ast.Expression(last.value), name, "eval", dont_inherit=True))


def run(label: str, source: str, points: float, space: dict[str, Any], seed: int, seconds: float) -> Verdict:
    """Run a test cell in `space` and judge it. It repeats exactly, whatever ran before it."""
    _import_late_parts()
    printed = io.StringIO()
    error, value = None, None
    state = torch.is_grad_enabled(), torch.get_default_dtype()
    seed_all(seed)
    try:
        with (contextlib.redirect_stdout(printed), warnings.catch_warnings(), nearer(seconds + TEST_GRACE_SECONDS),
              alarm(seconds)):
            warnings.simplefilter("ignore")
            body, last = compiled(label, source)
            exec(body, space)
            value = eval(last, space) if last else None
    except (Exception, OutOfTime, SystemExit) as caught:
        error = caught
    finally:
        torch.set_grad_enabled(state[0])
        torch.set_default_dtype(state[1])
    text = printed.getvalue()[:MAX_PRINTED_CHARS]
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    if error is not None:
        return _failed(label, source, error, outputs, seconds)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        score = float(value)
        if not (math.isfinite(score) and 0 <= score <= points):
            return _failed(label, source, ValueError(f"a score of {value} for {points:g} points"), outputs, seconds)
        outputs.append(new_output("execute_result", data={"text/plain": repr(score)}, execution_count=None))
        return Verdict(score, outputs)
    return Verdict(points, outputs)


@lru_cache(1)
def _import_late_parts() -> None:
    """Import what torch.func imports at its first use, some seconds: a test's alarm would leave half of it."""
    importlib.import_module("torch._dynamo")


def refused(kind: str, says: str) -> Verdict:
    """A cell that was not run."""
    return Verdict(0, [new_output("error", ename=kind, evalue=says, traceback=[f"{kind}: {says}"])], where="visible")


def _failed(label: str, source: str, error: BaseException, outputs: list, seconds: float) -> Verdict:
    kind, says = words(error, seconds)
    line = line_of(label, error)
    hidden = is_hidden(source, line)
    shown = [] if hidden else lines_around(label, source, line)
    trace = [*shown, *([error.trace.rstrip()] if isinstance(error, StudentError) and error.trace else []),
             f"{kind}: {says}"]
    outputs = [*outputs, new_output("error", ename=kind, evalue=says, traceback=trace)]
    return Verdict(0, outputs, error, line, "hidden" if hidden else "visible")


def words(error: BaseException, seconds: float = 0) -> tuple[str, str]:
    """The name of an error and what it says."""
    if isinstance(error, OutOfTime):
        return "CellTimeoutError", f"this test ran out of time ({seconds:g} s) and was interrupted."
    if isinstance(error, NoAnswer):
        return "Stopped" if error.lost else "CellTimeoutError", str(error)
    if isinstance(error, Unreadable):
        return "Unreadable", f"what your function gave back cannot be read: {error}."
    return words_of(error)


def line_of(label: str, error: BaseException) -> int:
    """The line of the test cell at which it failed, 0 if it did not come to run."""
    lines = [line for frame, line in traceback.walk_tb(error.__traceback__)
             if frame.f_code.co_filename == f"<{label}>"]
    return lines[0] if lines else 0


def is_hidden(source: str, line: int) -> bool:
    """Return whether this line stands in a hidden part."""
    before = source.splitlines()[:line]
    return sum(BEGIN in text for text in before) > sum(END in text for text in before)


def lines_around(label: str, source: str, line: int) -> list[str]:
    """The visible lines around the one that failed."""
    if not line:
        return []
    numbered = list(enumerate(source.splitlines(), start=1))[max(0, line - 3):line + 2]
    shown = [f"{'---->' if number == line else '     '} {number} {text}" for number, text in numbered
             if not is_hidden(source, number) and BEGIN not in text and END not in text]
    return ["\n".join([f"{label}, line {line}", *shown])]


@contextlib.contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in this thread after `seconds`, at the next step of Python."""
    thread = threading.get_ident()
    with _lock:
        _until[thread] = time.monotonic() + seconds
    _watch()
    try:
        yield
    finally:
        with _lock:
            rang = _until.pop(thread, None) is None
        if rang:
            _take_back(thread)


_until: dict[int, float] = {}  # by thread
_lock = threading.Lock()
_watcher = threading.Thread()


def _watch() -> None:
    """One thread for all test cells of this process; to start one for each takes longer than many of them."""
    global _watcher
    if not _watcher.is_alive():
        _watcher = threading.Thread(target=_ring, daemon=True)
        _watcher.start()


def _ring() -> None:
    while True:
        time.sleep(LOOK_SECONDS)
        with _lock:
            for thread in [thread for thread, until in _until.items() if time.monotonic() >= until]:
                del _until[thread]
                _raise_in(thread, OutOfTime)


def _take_back(thread: int) -> None:
    """Let an alarm that rang come to nothing, if it is not raised yet: an exception in its place is raised here.

    None in its place would stay announced in Python 3.11, where a function that is traced then never begins.
    """
    with contextlib.suppress(_TakenBack):
        _raise_in(thread, _TakenBack)
        while True:
            pass


class _TakenBack(BaseException):
    pass


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
