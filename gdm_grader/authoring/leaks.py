"""What students must not get, and where in a folder, an archive or a built site it stands."""

import gzip
import html
import io
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePath

import nbformat

from gdm_grader.course import catalogue
from gdm_grader.course.course import Course

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
REGION = re.compile(r"^[^\n]*BEGIN (SOLUTION|HIDDEN TESTS).*?END \1[^\n]*$", re.DOTALL | re.MULTILINE)
MIN_RELEASE_SECRET_CHARS = 16  # a shorter line says too little to be a leak
MIN_BUNDLE_SECRET_CHARS = 24  # shorter lines ("return x, log_det") stand in many an honest page
ARCHIVES = {".zip", ".whl"}
TAG = re.compile(r"<[^<>]*>")
SENTENCE = re.compile(r"(?<=[.:]) ")


def leaks(course: Course, name: str) -> list[str]:
    """Which secret lines (solutions, hidden tests, answers of the catalogue) a released file holds."""
    secret = secret_lines(course, name)
    found = []
    for path in sorted((course.root / "assignments").rglob("*")):
        if not path.is_file():
            continue
        where = path.relative_to(course.root)
        for line in _notebook_lines(path):
            if line in secret or any(mark in line for mark in MARKS):
                found.append(f"{where} holds {line!r}")
        if "catalogue" in where.parts:
            found.append(f"{where} is part of the catalogue")
    return found


def secret_lines(course: Course, name: str) -> set[str]:
    """Lines of solutions, hidden tests and answers that stand nowhere in the public part of the source."""
    cells = course.read_source(name).cells
    hidden, public = [], []
    for cell in cells:
        whole = cell.metadata.get("nbgrader", {}).get("solution") and not REGION.search(cell.source)
        hidden += [cell.source] if whole else [match.group() for match in REGION.finditer(cell.source)]
        public += [] if whole else [REGION.sub("", cell.source)]
    folder = course.source(name).parent / "catalogue"
    if folder.is_dir():
        hidden += [answer.source for answers in catalogue.load(folder).values() for answer in answers]
    return _telling(hidden) - _telling(public)


def _telling(texts: list[str]) -> set[str]:
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return {line for line in lines if len(line) >= MIN_RELEASE_SECRET_CHARS}


def _notebook_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        outputs = [str(output) for cell in cells for output in cell.get("outputs", [])]
        text = "\n".join([cell.source for cell in cells] + outputs)
    return [line.strip() for line in text.splitlines()]


def secrets(course: Course) -> frozenset[str]:
    """Every telling line of solutions, hidden tests and catalogues, and every sentence of the catalogues."""
    found: set[str] = set()
    for source in sorted(course.solutions.glob("*/*.ipynb")):
        found |= secret_lines(course, source.parent.name)
        found |= sentences(source.parent / "catalogue")
    return frozenset(line for line in map(plain, found) if len(line) >= MIN_BUNDLE_SECRET_CHARS)


def sentences(folder: Path) -> set[str]:
    """What a catalogue says about its answers, sentence by sentence."""
    answers = [answer for given in catalogue.load(folder).values() for answer in given] if folder.is_dir() else []
    listed = folder / "equivalent.toml"
    known = tomllib.loads(listed.read_text(encoding="utf-8"))["mutant"] if listed.is_file() else []
    texts = [answer.says for answer in answers] + [entry["because"] for entry in known]
    return {sentence for text in texts for sentence in SENTENCE.split(text)} | {text for text in texts if text}


def betrayals(folder: Path, secret: frozenset[str]) -> list[str]:
    """Where a secret stands in any file below the folder, archives and packed files included; a sentence each."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for where, content in _unpacked(path.relative_to(folder), path.read_bytes()):
            found += [f"{where} holds {line!r}" for line in sorted(_readable_lines(content) & secret)]
            found += [f"{where} holds {mark!r}" for mark in MARKS if f"# {mark}".encode() in content]
            if "catalogue" in PurePath(where).parts:
                found.append(f"{where} is part of a catalogue")
    return found


def plain(line: str) -> str:
    """A line without indentation, without double spaces, and without what JSON puts around it."""
    return " ".join(line.split()).strip("\", '")


def _unpacked(where: PurePath | str, content: bytes) -> Iterator[tuple[str, bytes]]:
    suffix = PurePath(where).suffix
    if suffix in ARCHIVES:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from _unpacked(f"{where}/{name}", archive.read(name))
    elif suffix == ".gz":
        yield from _unpacked(str(where).removesuffix(".gz"), gzip.decompress(content))
    else:
        yield str(where), content


def _readable_lines(content: bytes) -> set[str]:
    """The lines of a text, of strings in JSON, and of HTML as a reader sees it."""
    text = content.decode("utf-8", errors="replace")
    strings = text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    seen = html.unescape(TAG.sub("", text))
    return {plain(line) for form in (text, strings, seen) for line in form.splitlines()}
