"""Limit what a student is told once hidden tests have run: nothing that student code could have written down.

A function that was asked by a hidden test knows its inputs, and so does all code of the notebook from then on. What
is told is the type of an error, its place in the student's own source, and the words of the instructor's test, with
numbers in their gaps but no text. Random inputs are drawn anew for each submission, so numbers are of no use.
"""

import ast
import builtins
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ipykernel.compiler import get_tmp_hash_seed, murmur2_x86
from nbformat import NotebookNode
from nbformat.v4 import new_output

from gdm_grader.referee.host.proxies import StudentError
from gdm_grader.referee.host.test_cell import BEGIN, Verdict
from gdm_grader.referee.host.texts import Texts
from gdm_grader.referee.protocol import Unreadable
from gdm_grader.referee.refusals import REFUSALS
from gdm_grader.sandbox.host.exchange import NoAnswer

MAX_GAP_CHARS = 120  # of what an assertion's message shows of a value
MAX_PLACES = 5  # lines of the student's cells that an error names, the innermost ones
MAX_PYTHON_MESSAGE_CHARS = 200  # of a message of Python's own
NOT_SHOWN = "Not shown: what a cell prints after hidden tests have run.\n"
HELPERS_SAY = ((": expected a tensor, got a ", "."), (": expected the shape ", ", got ", "."),
               (": expected the dtype ", ", got ", "."), (": expected ", ", got ", "."))  # behind the place
# What these say tells a beginner what is wrong. The others quote values: `int(text)`, `table[key]`.
_OF_PYTHON = (TypeError, IndexError, NameError, AttributeError, ZeroDivisionError, RuntimeError)
_WORDS = r"tensor|torch|Size|nan|inf|True|False|None|dtype|u?int\d+|b?float\d+|complex\d+|bool|j|e"
_ONLY_NUMBERS = re.compile(rf"(?:{_WORDS}|[\d\s.,:;()\[\]{{}}=+*-])*")
_WORD = re.compile(r"[A-Za-z_]\w*")
_COLOR = re.compile(r"\x1b\[[\d;]*m")
_IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
_FRAME = re.compile(r'File "[^"\n]*?(\d+)\.py", line (\d+)')


def has_hidden_part(source: str) -> bool:
    """Return whether a test cell has a hidden part, which the student must not learn."""
    return BEGIN in source


def hidden_part_ran(source: str, line: int | None) -> bool:
    """Return whether something hidden may have run in a test cell that failed in this line; None or 0 for no line.

    Nothing has where the statement that failed ends before the first hidden part. What stands behind a hidden part is
    visible, but runs after it; so does the second round of a loop around one.
    """
    marks = [number for number, text in enumerate(source.splitlines(), start=1) if BEGIN in text]
    if not marks:
        return False
    failed = [node for node in ast.parse(source).body if node.lineno <= (line or 0) <= (node.end_lineno or 0)]
    return not failed or (failed[-1].end_lineno or 0) >= marks[0]


def error_name(name: str) -> str:
    """Return the name of a built-in error; "Error" for any other, which the student may have chosen."""
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, BaseException) else "Error"


def cell_file(source: str) -> str:
    """Return what a kernel calls the file of a cell with this source, without folder and ending."""
    return str(murmur2_x86(source, get_tmp_hash_seed()))


def places(trace: str, sources: Mapping[str, str]) -> list[str]:
    """Return the lines of the student's cells that a traceback names, as the cells have them.

    `sources` are the cells by `file_of`. The traceback was made beside the student's code: it only selects lines.
    """
    found = []
    for name, line in _FRAME.findall(trace)[-MAX_PLACES:]:
        lines = sources.get(name, "").splitlines()
        place = int(line[:9]) + _empty_at_the_top(lines)
        if 0 < place <= len(lines):
            found.append(f"  line {place}: {lines[place - 1].strip()}")
    return found


def _empty_at_the_top(lines: list[str]) -> int:
    """Count the empty lines that a cell begins with: IPython leaves them out, and counts from the next."""
    for number, line in enumerate(lines):
        if line.strip():
            return number
    return len(lines)


def clean_verdict(verdict: Verdict, source: str, sources: Mapping[str, str], texts: Texts) -> None:
    """Take out of a test cell's outputs what the student's code could have written; `texts` are those that it sent."""
    outputs = [output for output in verdict.outputs if output.output_type == "execute_result"]
    error = verdict.error
    if error is not None and isinstance(error, StudentError):
        lines = places(error.trace, sources)
        name = error_name(error.kind)
        says = str(error) if str(error) in REFUSALS else "your function raised it"
        says += f", in\n{lines[-1].strip()}" if lines else ""
        outputs.append(new_output("error", ename=name, evalue=says, traceback=[*lines, name]))
    elif verdict.outputs and verdict.outputs[-1].output_type == "error":
        last = verdict.outputs[-1]
        if error is not None and not isinstance(error, (NoAnswer, Unreadable)):
            last.evalue = test_words(error, last.evalue, source, texts)
            last.traceback = [*last.traceback[:-1], f"{last.ename}: {last.evalue}"]
        outputs.append(last)
    verdict.outputs = outputs


def test_words(error: BaseException, says: str, source: str, texts: Texts) -> str:
    """Return what an error of the test itself says, in the words of its source.

    A message of Python's own is told where nothing in it can be a text of the student's: no text came from the
    notebook but words that stand in the test.
    """
    if not isinstance(error, Exception):  # out of time: the grader's own words
        return says
    if isinstance(error, AssertionError):
        for literals in messages(source):
            filling = gaps(literals, says)
            if filling is not None:
                return _filled(literals, filling)
        return "the test failed."
    if isinstance(error, _OF_PYTHON) and texts.within({*_WORD.findall(source), *dir(builtins)}):
        return says[:MAX_PYTHON_MESSAGE_CHARS]
    return "the test cannot use what your function gave back."


def gaps(literals: tuple[str, ...], text: str) -> list[str] | None:
    """Return what stands between the literals of a text made of them; None if it is not. Linear in its length."""
    if len(literals) == 1:
        return [] if text == literals[0] else None
    first, *inner, last = literals
    if not (text.startswith(first) and text.endswith(last) and len(text) >= len(first) + len(last)):
        return None
    place, end, gaps = len(first), len(text) - len(last), []
    for literal in inner:
        found = text.find(literal, place, end)
        if found < 0:
            return None
        gaps.append(text[place:found])
        place = found + len(literal)
    return [*gaps, text[place:end]]


def _filled(literals: tuple[str, ...], gaps: list[str]) -> str:
    """The message, its gaps filled with numbers alone."""
    text = literals[0]
    for gap, literal in zip(gaps, literals[1:], strict=True):
        plain = len(gap) <= MAX_GAP_CHARS and _ONLY_NUMBERS.fullmatch(gap) is not None
        text += (gap if plain else "...") + literal
    return text


@lru_cache(512)
def messages(source: str) -> list[tuple[str, ...]]:
    """The literals of each assertion's message in a test cell: between two of them stands a value."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assert) and isinstance(node.msg, (ast.Constant, ast.JoinedStr)):
            literals = [""]
            for part in node.msg.values if isinstance(node.msg, ast.JoinedStr) else [node.msg]:
                if isinstance(part, ast.Constant):
                    literals[-1] += str(part.value)
                elif literals[-1] or len(literals) == 1:
                    literals.append("")
            found.append(tuple(literals))
    return found + _of_helpers(source)


def _of_helpers(source: str) -> list[tuple[str, ...]]:
    """The literals of what the helpers of a sheet say: a text of the test cell, and what was expected there."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
            literals = [""]
            for part in node.values if isinstance(node, ast.JoinedStr) else [node]:
                if isinstance(part, ast.Constant):
                    literals[-1] += str(part.value)
                else:
                    literals.append("")
            for first, *rest in HELPERS_SAY:
                found.append((*literals[:-1], literals[-1] + first, *rest))
    return found


def clean_outputs(outputs: list[NotebookNode], source: str) -> list[NotebookNode]:
    """Return what may be shown of a student's own cell that ran after hidden tests."""
    kept = []
    for output in outputs:
        if output.output_type == "error":
            name = error_name(output.ename)
            line = _IN_CELL.search(_COLOR.sub("", "\n".join(output.traceback)))
            lines = places(f'File "0.py", line {line[1]}', {"0": source}) if line else []
            kept.append(new_output("error", ename=name, evalue="".join(lines).strip(), traceback=[*lines, name]))
    if len(kept) < len(outputs):
        kept.insert(0, new_output("stream", name="stdout", text=NOT_SHOWN))
    return kept


def without_text(value: Any, own: str = "") -> Any:
    """Return a frozen value with its texts taken out: what a student's function gave back may hold what it was asked.

    Names of errors stay if they are Python's own, and texts that stand in `own`, the sources of the tests.
    """
    if not isinstance(value, tuple):
        return value
    if value[:1] == ("error",):
        return ("error", error_name(str(value[1])))
    if value[:1] == ("value",) and isinstance(value[1], str) and value[1] not in own:
        return ("object", "str")
    return (value[0], *(without_text(part, own) for part in value[1:])) if value else value
