"""From solutions/ to assignments/: nbgrader makes the students' notebook, and checks prove that it is the right one."""

import filecmp
import logging
import re
import shutil
import tempfile
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from gdm_grader import catalogue, gradebook
from gdm_grader.course import Course, sqlite

MARKS = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
REGION = re.compile(r"^[^\n]*BEGIN (SOLUTION|HIDDEN TESTS).*?END \1[^\n]*$", re.DOTALL | re.MULTILINE)
TELLING = 16  # characters; a shorter line says too little to be a leak


def release(course: Course, name: str) -> Path:
    """Make assignments/<name>/<name>.ipynb; the same source gives the same bytes."""
    target = course.release(name)
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "assignments"
        convert(course, name, fresh, sqlite(Path(scratch) / "gradebook.db"))
        shutil.rmtree(target.parent, ignore_errors=True)
        shutil.copytree(fresh / name, target.parent)
    return target


def convert(course: Course, name: str, target: Path, db_url: str) -> None:
    """Run nbgrader's generate_assignment into `target`, with the cells and points recorded in the gradebook."""
    course.source(name)
    gradebook.prepare(db_url)
    config = course.config(release_directory=target, assignment_id=name, db_url=db_url)
    config.GenerateAssignment.force = True
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    log = Complaints()
    converter.log = log.logger
    try:
        converter.start()
    except NbGraderException:
        raise ValueError(f"nbgrader could not make the assignment {name}: {log.reason()}") from None


class Complaints(logging.Handler):
    """Keeps what a converter of nbgrader complains about, so that one sentence can say why it failed."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self.logger = logging.Logger("gdm_grader")
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def reason(self) -> str:
        """The last line of the last traceback, else the first complaint."""
        traces = [message for message in self.messages if message.startswith("Traceback")]
        text = traces[-1].strip().splitlines()[-1] if traces else next(iter(self.messages), "no reason was given")
        return text.strip()


def differences(course: Course, name: str) -> list[str]:
    """How assignments/<name> differs from what solutions/<name> makes now; [] if it does not."""
    committed = course.release(name).parent
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / "assignments" / name
        convert(course, name, fresh.parent, sqlite(Path(scratch) / "gradebook.db"))
        here, there = _files(committed), _files(fresh)
        found = [f"{path} is missing" for path in sorted(there - here)]
        found += [f"{path} does not come from solutions/{name}" for path in sorted(here - there)]
        found += [f"{path} is not what solutions/{name} makes" for path in sorted(here & there)
                  if not filecmp.cmp(committed / path, fresh / path, shallow=False)]
    return [f"assignments/{name}: {difference}; run `gdm release {name}`" for difference in found]


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")
            if path.is_file() and ".ipynb_checkpoints" not in path.parts}


def leaks(course: Course, name: str) -> list[str]:
    """Which secret lines (solutions, hidden tests, answers of the catalogue) a released file holds."""
    secret = secret_lines(course, name)
    found = []
    for path in sorted((course.root / "assignments").rglob("*")):
        if not path.is_file():
            continue
        where = path.relative_to(course.root)
        for line in _lines(path):
            if line in secret or any(mark in line for mark in MARKS):
                found.append(f"{where} holds {line!r}")
        if "catalogue" in where.parts:
            found.append(f"{where} is part of the catalogue")
    return found


def secret_lines(course: Course, name: str) -> set[str]:
    """Lines of solutions, hidden tests and answers that stand nowhere in the public part of the source."""
    cells = nbformat.read(course.source(name), as_version=4).cells
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
    return {line for line in lines if len(line) >= TELLING}


def _lines(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        outputs = [str(output) for cell in cells for output in cell.get("outputs", [])]
        text = "\n".join([cell.source for cell in cells] + outputs)
    return [line.strip() for line in text.splitlines()]
