"""Find what students must not get: in the release, and in a folder, an archive or a built site."""

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

SECRET_MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
REGION = re.compile(r"^[^\n]*BEGIN (SOLUTION|HIDDEN TESTS).*?END \1[^\n]*$", re.DOTALL | re.MULTILINE)
MIN_RELEASE_SECRET_CHARS = 16  # a shorter line says too little to be a leak
MIN_BUNDLE_SECRET_CHARS = 24  # shorter lines ("return x, log_det") stand in many an honest page
ARCHIVES = {".zip", ".whl"}
TAG = re.compile(r"<[^<>]*>")
SENTENCE_END = re.compile(r"(?<=[.:]) ")


def leaks(course: Course, name: str) -> list[str]:
    """Return the secret lines (solutions, hidden tests, answers of the catalogue) that released files hold."""
    secret = secret_lines(course, name)
    found = []
    for path in sorted((course.releases / name).rglob("*")):
        if not path.is_file():
            continue
        where = course.shown(path)
        for line in _notebook_lines(path):
            if line in secret or any(mark in line for mark in SECRET_MARKS):
                found.append(f"{where} holds {line!r}")
        if "catalogue" in where.parts:
            found.append(f"{where} is part of the catalogue")
    return found


def secret_lines(course: Course, name: str) -> set[str]:
    """Return lines of solutions, hidden tests and answers that stand nowhere in the public part of the source."""
    cells: list[nbformat.NotebookNode] = []
    for notebook in course.notebooks(name):
        cells += course.read_source(name, notebook).cells
    hidden: list[str] = []
    public: list[str] = []
    for cell in cells:
        regions = [match.group() for match in REGION.finditer(cell.source)]
        if cell.metadata.get("nbgrader", {}).get("solution") and not regions:
            hidden.append(cell.source)
        else:
            hidden += regions
            public.append(REGION.sub("", cell.source))
    hidden += [answer.source for answer in catalogue.all_answers(course.solutions / name / "catalogue")]
    return _telling(hidden) - _telling(public)


def _telling(texts: list[str]) -> set[str]:
    lines = "\n".join(texts).splitlines()
    return {line.strip() for line in lines if len(line.strip()) >= MIN_RELEASE_SECRET_CHARS}


def _notebook_lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        parts = []
        for cell in nbformat.reads(text, as_version=4).cells:
            parts.append(cell.source)
            parts += map(str, cell.get("outputs", []))
        text = "\n".join(parts)
    return [line.strip() for line in text.splitlines()]


def secrets(course: Course) -> frozenset[str]:
    """Return every telling line of solutions, hidden tests, catalogues, and every sentence of the catalogues."""
    found: set[str] = set()
    for folder in sorted({source.parent for source in course.solutions.glob("*/*.ipynb")}):
        found |= secret_lines(course, folder.name)
        found |= catalogue_sentences(folder / "catalogue")
    return frozenset(line for line in map(normalized, found) if len(line) >= MIN_BUNDLE_SECRET_CHARS)


def catalogue_sentences(folder: Path) -> set[str]:
    """Return what a catalogue says about its answers, whole and sentence by sentence."""
    texts = [answer.says for answer in catalogue.all_answers(folder)]
    listed = folder / "equivalent.toml"
    if listed.is_file():
        texts += [entry["because"] for entry in tomllib.loads(listed.read_text(encoding="utf-8"))["mutant"]]
    found = set(texts)
    for text in texts:
        found.update(SENTENCE_END.split(text))
    return found - {""}


def betrayals(folder: Path, secret: frozenset[str]) -> list[str]:
    """Return where a secret stands in any file below the folder, archives included, a sentence each."""
    found = []
    for path in sorted(filter(Path.is_file, folder.rglob("*"))):
        for where, content in _unpacked(path.relative_to(folder), path.read_bytes()):
            found += [f"{where} holds {line!r}" for line in sorted(_readable_lines(content) & secret)]
            found += [f"{where} holds {mark!r}" for mark in SECRET_MARKS if f"# {mark}".encode() in content]
            if "catalogue" in PurePath(where).parts:
                found.append(f"{where} is part of a catalogue")
    return found


def normalized(line: str) -> str:
    """Return a line without indentation, without double spaces, and without what JSON puts around it."""
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
    """Return the lines of a text, of strings in JSON, and of HTML as a reader sees it."""
    text = content.decode("utf-8", errors="replace")
    strings = text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    seen = html.unescape(TAG.sub("", text))
    return {normalized(line) for line in "\n".join((text, strings, seen)).splitlines()}
