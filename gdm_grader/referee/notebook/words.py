"""The verdict on a test cell that ran inside, from what a copy of the student's kernel says of it.

The student's process knows the cell's source by then, so that no text of its own and no number comes back: only
which of the test's own messages it was, the type of an error, and the points.
"""

import math
from typing import Any

from nbformat.v4 import new_output

from gdm_grader.course import code
from gdm_grader.referee.host import disclosure
from gdm_grader.referee.host.test_cell import Verdict, is_hidden, lines_around, refused

GAP = "..."
REFUSAL_OF_STATUS = {"died": ("Stopped", "the Python process of this test ended."),
        "timeout": ("CellTimeoutError", "this test ran out of time and was ended.")}


def verdict_of(reply: Any, token: str, label: str, source: str, points: float, secret: bool) -> Verdict:
    """Return the verdict; `secret` says that something hidden may be known inside, so that nothing is told of it."""
    if not isinstance(reply, dict) or reply.get("token") != token:
        return refused("Stopped", "your notebook's Python did not say what came of this test.")
    if reply.get("status") == "ok":
        return _passed(reply.get("value"), points)
    if reply.get("status") in REFUSAL_OF_STATUS:
        return refused(*REFUSAL_OF_STATUS[reply["status"]])
    line = reply.get("line")
    line = line if type(line) is int and 0 < line <= source.count("\n") + 1 else 0
    hidden = is_hidden(source, line) or (secret and line == 0)
    kind, said = str(reply.get("kind")), str(reply.get("words"))
    name = disclosure.error_name(kind)
    says = _words(name, said, source) if secret else said
    shown = [] if hidden else lines_around(label, source, line)
    output = new_output("error", ename=name if secret else kind, evalue=says, traceback=[*shown, f"{name}: {says}"])
    return Verdict(0, [output], line=line, where="hidden" if hidden else "visible")


def _passed(value: Any, points: float) -> Verdict:
    if value is None:
        return Verdict(points)
    if not isinstance(value, (int, float)) or not math.isfinite(value) or not 0 <= value <= points:
        return refused("ValueError", f"a score that is not between 0 and {points:g} points")
    return Verdict(float(value), [new_output("execute_result", data={"text/plain": repr(float(value))},
                                             execution_count=None)])


def _words(name: str, said: str, source: str) -> str:
    """Return a message of the test with what stands in its gaps left out; "" for any error but an assertion's."""
    if name != "AssertionError":
        return ""
    for literals in disclosure.messages(code.without_magics(source)):
        if disclosure.gaps(literals, said) is not None:
            return GAP.join(literals)
    return "the test failed."
