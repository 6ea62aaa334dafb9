"""Pairs of submissions that share code beyond the release, found by winnowing (Schleimer, Wilkerson, Aiken 2003).

copydetect compares tokens, so that renamed variables and other comments hide nothing. What it finds is a question to
ask two people, not an answer: short tasks have short solutions, and those coincide.
"""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path

import nbformat
import numpy as np
from copydetect import CodeFingerprint, compare_files
from copydetect.utils import filter_code, highlight_overlap
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from rich import box
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from scipy.sparse import coo_array

from gdm_grader.course import assignment as assignments
from gdm_grader.course.assignment import Assignment
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.errors import ClassError, SubmissionError
from gdm_grader.intake.submission import read_submission
from gdm_grader.referee.withheld import answers
from gdm_grader.reports.groups import AnswerGroup, AnswerTexts, Shared, answers_of, groups, shared

CODE_FILE = "answers.py"  # its ending tells the language
MIN_SHARED_CHARS = 25  # characters of a shared sequence, with every name as one letter
COMMON = 10  # what more students than this share, and more than a tenth of the class, is the obvious way
MAX_CODE_CHARS = 200_000  # of one student
SHOWN = 30  # pairs side by side


@dataclass(frozen=True)
class Pair:
    """Two students, how much of each one's own code both have, in 0 to 1; if it is shown, the code with it marked."""

    students: tuple[str, str]
    shares: tuple[float, float]
    shared: int
    marked: tuple[Markup, Markup] = (Markup(), Markup())


@dataclass(frozen=True)
class Found:
    """Groups with the same answers, pairs that share code, students whose code is the library's.

    `skipped` could not be compared; `students` were.
    """

    pairs: list[Pair]
    skipped: list[str]
    library: list[Pair] = field(default_factory=list)  # the first of two "students" is the function
    groups: list[AnswerGroup] = field(default_factory=list)
    tasks: list[Shared] = field(default_factory=list)
    students: int = 0


def similar(course: Course, name: str, least: float, console: Console) -> Found:
    """The pairs of which at least one's own code is shared to the extent `least`, most shared first.

    Cost: 15 ms a submission, and 1 ms for each pair that may share enough. Submissions that differ in no more than
    names and comments are compared once.
    """
    with Progress(console=console, transient=True) as progress:
        return _similar(course, name, least, progress)


def _similar(course: Course, name: str, least: float, progress: Progress) -> Found:
    codes, written, skipped = _codes(course, name, progress)
    if len(codes) < 2:
        raise ClassError(f"Expected at least two readable submissions of {name}, found {len(codes)}.")
    alike: dict[str, list[str]] = {}
    for student, cells in progress.track(codes.items(), description="taking apart"):
        alike.setdefault(_tokens(cells), []).append(student)
    boilerplate = _fingerprint(_tokens(code_of(course.read_release(name)))).hashes
    library = _of_library(assignments.read(course, name), codes, alike, boilerplate, least)
    counts: Counter[int] = Counter()
    for tokens, students in alike.items():
        counts.update(dict.fromkeys(_fingerprint(tokens).hashes, len(students)))
    boilerplate |= {key for key, count in counts.items() if count > max(COMMON, len(codes) // 10)}
    prints = {tokens: _fingerprint(tokens, boilerplate) for tokens in alike}
    pairs = sorted(_pairs(prints, alike, least, progress), key=lambda pair: (-pair.shared, pair.students))
    shown = [_marked(pair, codes, boilerplate) for pair in pairs[:SHOWN]]
    return Found(shown + pairs[SHOWN:], skipped, library, groups(written, _cell_tokens), shared(written), len(codes))


def _of_library(assignment: Assignment, codes: dict[str, list[str]], alike: dict[str, list[str]],
                boilerplate: set[int], least: float) -> list[Pair]:
    """The students who have at least the part `least` of what the library answers to a task.

    What many share counts here, too: many can have copied it.
    """
    sources = {name: [source] for name, source in answers(assignment.refused).items()}
    prints = {tokens: _fingerprint(tokens, boilerplate) for tokens in alike}
    found: list[Pair] = []
    for name, source in sources.items():
        own = _fingerprint(_tokens(source), boilerplate)
        for tokens, students in alike.items():
            shared, shares, _ = compare_files(own, prints[tokens])
            if shared and shares[0] >= least:
                both = (min(shares[0], 1.0), min(shares[1], 1.0))
                found += [Pair((name, student), both, int(shared)) for student in students]
    ranked = sorted(found, key=lambda pair: (-pair.shared, pair.students))
    return [_marked(pair, codes | sources, boilerplate) for pair in ranked[:SHOWN]] + ranked[SHOWN:]


def _codes(course: Course, name: str, progress: Progress
           ) -> tuple[dict[str, list[str]], dict[str, AnswerTexts], list[str]]:
    """Return each student's code and answers, and who could not be read."""
    codes, written, skipped, release = {}, {}, [], course.read_release(name)
    for student in progress.track(course.students(name), description="reading"):
        try:
            nb = read_submission(course.submitted / student / name, name)
            code = code_of(nb)
            if sum(map(len, code)) > MAX_CODE_CHARS:
                raise SubmissionError(f"more than {MAX_CODE_CHARS} characters of code")
            codes[student], written[student] = code, answers_of(nb, release)
        except (SubmissionError, OSError) as error:
            skipped.append(f"{student}: {error}")
    return codes, written, skipped


def code_of(nb: nbformat.NotebookNode) -> list[str]:
    """The sources of the code cells."""
    return [cell.source for cell in nb.cells if cell.cell_type == "code"]


def _tokens(cells: Iterable[str]) -> str:
    """The code without comments, with every name as one letter."""
    return "".join(map(_cell_tokens, cells))


@lru_cache(10_000)
def _cell_tokens(source: str) -> str:
    """Return the tokens of one cell; a cell that a class has in common is tokenized once."""
    return filter_code(source, CODE_FILE)[0]


def _fingerprint(tokens: str, boilerplate: Iterable[int] = ()) -> CodeFingerprint:
    return CodeFingerprint(CODE_FILE, MIN_SHARED_CHARS, 1, _array(boilerplate), filter=False, fp=io.StringIO(tokens))


def _array(boilerplate: Iterable[int]) -> np.ndarray:
    return np.array(sorted(boilerplate), dtype=np.int64)


def _pairs(prints: dict[str, CodeFingerprint], alike: dict[str, list[str]], least: float, progress: Progress
           ) -> Iterator[Pair]:
    """The students behind each two codes that share enough; a code that several have is paired with itself."""
    for one, other in progress.track(_candidates(prints, least), description="comparing"):
        if one == other and len(alike[one]) == 1:
            continue
        shared, shares, _ = compare_files(prints[one], prints[other])
        if shared and max(shares) >= least:
            both = combinations(alike[one], 2) if one == other else product(alike[one], alike[other])
            yield from (_pair(students, int(shared), (min(shares[0], 1.0), min(shares[1], 1.0))) for students in both)


def _candidates(prints: dict[str, CodeFingerprint], least: float) -> list[tuple[str, str]]:
    """A fast first selection among all pairs, by one product of the matrix that says which code holds what."""
    codes = list(prints)
    hashes: set[int] = set()
    for own in prints.values():
        hashes.update(own.hashes)
    column_of = {key: column for column, key in enumerate(hashes)}
    rows: list[int] = []
    columns: list[int] = []
    for row, own in enumerate(prints.values()):
        rows += [row] * len(own.hashes)
        columns += [column_of[key] for key in own.hashes]
    ones = np.ones(len(rows), dtype=np.int64)
    holds = coo_array((ones, (rows, columns)), shape=(len(codes), len(hashes))).tocsr()  # (codes, hashes)
    both = (holds @ holds.T).tocoo()  # (codes, codes): how many hashes two of them share
    sizes = holds.sum(axis=1)
    one, other = both.coords
    near = (one <= other) & (both.data >= np.minimum(sizes[one], sizes[other]) * least / 2)
    return [(codes[first], codes[second]) for first, second in zip(one[near], other[near], strict=True)]


def _pair(students: tuple[str, str], shared: int, shares: tuple[float, float]) -> Pair:
    """Return the pair with the students in alphabetical order."""
    if students[0] < students[1]:
        return Pair(students, shares, shared)
    return Pair(students[::-1], shares[::-1], shared)


def _written_fingerprint(code: list[str], boilerplate: set[int]) -> CodeFingerprint:
    return CodeFingerprint(CODE_FILE, MIN_SHARED_CHARS, 1, _array(boilerplate), fp=io.StringIO("\n\n".join(code)))


def _marked(pair: Pair, codes: dict[str, list[str]], boilerplate: set[int]) -> Pair:
    """Return the pair with both codes as they were written, escaped, and what they share marked."""
    one, other = (_written_fingerprint(codes[student], boilerplate) for student in pair.students)
    slices = compare_files(one, other)[2]
    marked = [Markup(highlight_overlap(code.raw_code, where, "<mark>", "</mark>", escape_html=True)[0])
              for code, where in zip((one, other), slices, strict=True)]
    return replace(pair, marked=(marked[0], marked[1]))


def write_page(course: Course, name: str, found: Found) -> Path:
    """The pairs side by side, in one file."""
    templates = Environment(loader=PackageLoader("gdm_grader.reports", "templates"), autoescape=True, trim_blocks=True,
                            lstrip_blocks=True)
    path = course.reports / f"{name}-similar.html"
    whole.write(path, templates.get_template("similar.html.j2").render(
        name=name, found=found, pairs=found.pairs[:SHOWN], hidden=len(found.pairs[SHOWN:]), skipped=found.skipped,
        library=found.library[:SHOWN], more=len(found.library[SHOWN:])))
    return path


def sentences(found: Found) -> list[str]:
    """Return a line for each group with the same answers, the largest first."""
    said = []
    for one in found.groups:
        if len(one.identical) == len(one.students):
            how = "letter by letter"
        else:
            how = f"but for names and comments; {len(one.identical)} of them letter by letter"
        said.append(f"{len(one.students)} of {found.students} have the same answers, {how}: {', '.join(one.students)}")
    return said


def pairs_table(name: str, found: Found) -> Table:
    """The pairs as a table, most shared first."""
    pairs = "1 pair shares" if len(found.pairs) == 1 else f"{len(found.pairs)} pairs share"
    copied = "1 answer is" if len(found.library) == 1 else f"{len(found.library)} answers are"
    title = f"{name}: {pairs} code" + (f", {copied} like the library's" if found.library else "")
    view = Table(title=title, box=box.SIMPLE_HEAD)
    for title in ("one", "other"):
        view.add_column(title)
        view.add_column("of its own", justify="right")
    for pair in [*found.library[:SHOWN], *found.pairs[:SHOWN]]:
        view.add_row(pair.students[0], f"{pair.shares[0]:.0%}", pair.students[1], f"{pair.shares[1]:.0%}")
    return view
