"""Pairs of submissions that share code beyond the release, found by winnowing (Schleimer, Wilkerson, Aiken 2003).

copydetect compares tokens, so that renamed variables and other comments hide nothing. What it finds is a question to
ask two people, not an answer: short tasks have short solutions, and those coincide.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product
from pathlib import Path

import nbformat
import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import highlight_overlap
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from gdm_grader.course import Course
from gdm_grader.grading import opened

SHORTEST = 25  # characters of a shared sequence, with every name as one letter
COMMON = 10  # what more students than this share, and more than a tenth of the class, is the obvious way
LONGEST = 200_000  # characters of one student's code
SHOWN = 30  # pairs side by side


@dataclass(frozen=True)
class Pair:
    """Two students, how much of each one's own code both have, in 0 to 1, and the code with that marked."""

    students: tuple[str, str]
    shares: tuple[float, float]
    shared: int
    marked: tuple[Markup, Markup]


@dataclass(frozen=True)
class Found:
    pairs: list[Pair]
    skipped: list[str]


def similar(course: Course, name: str, least: float, console: Console) -> Found:
    """The pairs of which at least one's own code is shared to the extent `least`, most shared first.

    Cost: 60 ms a submission, and quadratic in the submissions that differ: 20 µs a pair that shares little, 1 ms one
    that is looked at closely. Submissions with the same code are fingerprinted and compared once.
    """
    codes, skipped = _codes(course, name, console)
    if len(codes) < 2:
        raise ValueError(f"Expected at least two readable submissions of {name}, found {len(codes)}.")
    release = nbformat.read(course.release(name), as_version=4)
    alike: dict[str, list[str]] = {}
    for student, code in codes.items():
        alike.setdefault(code, []).append(student)
    boilerplate = _fingerprint(code_of(release)).hashes
    counts: Counter[int] = Counter()
    for code, students in alike.items():
        counts.update(dict.fromkeys(_fingerprint(code).hashes, len(students)))
    boilerplate |= {key for key, count in counts.items() if count > max(COMMON, len(codes) // 10)}
    prints = {code: _fingerprint(code, boilerplate) for code in alike}
    return Found(sorted(_pairs(prints, alike, least, console), key=lambda pair: (-pair.shared, pair.students)), skipped)


def _codes(course: Course, name: str, console: Console) -> tuple[dict[str, str], list[str]]:
    codes, skipped = {}, []
    for student in track(course.students(name), "reading", console=console, transient=True):
        try:
            code = code_of(opened(course.submitted / student / name, name))
            if len(code) > LONGEST:
                raise ValueError(f"more than {LONGEST} characters of code")
            codes[student] = code
        except (ValueError, OSError) as error:
            skipped.append(f"{student}: {error}")
    return codes, skipped


def code_of(nb: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")


def _fingerprint(code: str, boilerplate: Iterable[int] = ()) -> CodeFingerprint:
    return CodeFingerprint("answers.py", SHORTEST, 1, boilerplate=np.array(sorted(boilerplate), dtype=np.int64),
                           fp=io.StringIO(code))


def _pairs(prints: dict[str, CodeFingerprint], alike: dict[str, list[str]], least: float, console: Console
           ) -> Iterator[Pair]:
    """The pairs of students behind each two codes that share enough; a code that several have is paired with itself."""
    every = len(prints) * (len(prints) + 1) // 2
    couples = combinations_with_replacement(prints, 2)
    for codes in track(couples, "comparing", every, console=console, transient=True):
        if codes[0] == codes[1] and len(alike[codes[0]]) == 1:
            continue
        if found := _shared(prints[codes[0]], prints[codes[1]], least):
            yield from (_ordered(students, *found) for students in _students(alike, *codes))


def _students(alike: dict[str, list[str]], one: str, other: str) -> Iterable[tuple[str, str]]:
    return combinations(alike[one], 2) if one == other else product(alike[one], alike[other])


def _shared(one: CodeFingerprint, other: CodeFingerprint, least: float
            ) -> tuple[int, tuple[float, float], tuple[Markup, Markup]] | None:
    """How much two codes share, in which part of each, and where; None if too little."""
    both = len(one.hashes & other.hashes)
    if not both or both < min(len(one.hashes), len(other.hashes)) * least / 2:  # a quick look, generous
        return None
    shared, shares, slices = compare_files(one, other)
    if not shared or max(shares) < least:
        return None
    marked = (_marked(one, slices[0]), _marked(other, slices[1]))
    return int(shared), (min(shares[0], 1.0), min(shares[1], 1.0)), marked


def _ordered(students: tuple[str, str], shared: int, shares: tuple[float, float],
             marked: tuple[Markup, Markup]) -> Pair:
    """In alphabetical order."""
    if students[0] < students[1]:
        return Pair(students, shares, shared, marked)
    return Pair(students[::-1], shares[::-1], shared, marked[::-1])


def _marked(code: CodeFingerprint, slices: np.ndarray) -> Markup:
    """The student's code, escaped, with the slices marked."""
    return Markup(highlight_overlap(code.raw_code, slices, "<mark>", "</mark>", escape_html=True)[0])


def write_page(course: Course, name: str, found: Found) -> Path:
    """The pairs side by side, in one file."""
    templates = Environment(loader=PackageLoader("gdm_grader", "templates/report"), autoescape=True, trim_blocks=True,
                            lstrip_blocks=True)
    path = course.reports / f"{name}-similar.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(templates.get_template("similar.html.j2").render(
        name=name, pairs=found.pairs[:SHOWN], hidden=len(found.pairs[SHOWN:]), skipped=found.skipped), encoding="utf-8")
    return path


def table(name: str, found: Found) -> Table:
    """The pairs as a table, most shared first."""
    view = Table(title=f"{name}: {len(found.pairs)} pairs share code", box=box.SIMPLE_HEAD)
    for title in ("one", "other"):
        view.add_column(title)
        view.add_column("of its own", justify="right")
    for pair in found.pairs[:SHOWN]:
        view.add_row(pair.students[0], f"{pair.shares[0]:.0%}", pair.students[1], f"{pair.shares[1]:.0%}")
    return view
