"""The instructor's page shows commands with what they print; here they are run again.

    python -m tools.transcript     writes into book/instructors.md what the commands print now

In the page a block ```console holds lines that begin with `$ ` and, below each, its output.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import nbformat
from typer.testing import CliRunner

from gdm_grader.authoring import demo
from gdm_grader.cli import app
from gdm_grader.course import catalogue
from gdm_grader.course.course import Course
from gdm_grader.errors import PARTLY
from tools.platforms import HandIn, Person, canvas

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "book" / "instructors.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.S)
COMMAND = re.compile(r"^\$ (.*)\n", re.M)
# How fast it went and how far this machine shuts code in: another machine says something else.
OWN = [(re.compile(r"\d+ a minute \d:\d\d:\d\d"), "N a minute"), (re.compile(r"^sandbox: .*", re.M), "sandbox: ..."),
       (re.compile(r"[━╸╺ ]+(?= \d+/\d+)"), " "), (re.compile(r"[ \t]+$", re.M), "")]
JANE, RICK, ED, ANN = (Person("Jane", "Doe", 1001), Person("Rick", "Roe", 1002), Person("Ed", "Poe", 1003),
                       Person("Ann", "Coe", 1004))


def first_of(kind: str, answers: dict[str, list[catalogue.Answer]]) -> dict[str, str]:
    """Return the first answer of this kind to each task."""
    found = {}
    for task, known in answers.items():
        found[task] = next(one.source for one in known if one.kind == kind)
    return found


def prepare(folder: Path) -> None:
    """A course with the assignment, a zip as Canvas hands it out, and the class as Canvas exports it."""
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for part in ("solutions", "assignments"):
        shutil.copytree(ROOT / part / "masks", folder / part / "masks")
    shutil.copy(ROOT / "solutions" / "places.json", folder / "solutions")
    release = nbformat.read(Course.find(start=folder).release("masks"), as_version=4)
    answers = catalogue.load(folder / "solutions" / "masks" / "catalogue")
    right, wrong = first_of("right", answers), first_of("wrong", answers)
    handed_in = [
        (JANE, "masks.ipynb", right),
        (RICK, "masks.ipynb", right | {"raster_mask": wrong["raster_mask"]}),
        (ED, "masks-1.ipynb", {"causal_mask": right["causal_mask"]}),
    ]
    all_of = [HandIn(person, {name: nbformat.writes(demo.filled(release, sources)).encode()}, late=person is RICK,
                     upload=7000 + person.number % 1000) for person, name, sources in handed_in]
    all_of.append(HandIn(ANN, {"masks.docx": b"my answers"}, upload=7004))
    canvas.write_submissions(folder / "canvas.zip", all_of)
    canvas.write_gradebook(folder / "canvas.csv", [JANE, RICK, ED, ANN], "Masks (4711)", {ANN.number: "EX"}, "utf-8",
                           possible="20")


def replayed(page: str, folder: Path) -> str:
    """The page with what its commands print in `folder`."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        return BLOCK.sub(lambda block: "".join(f"$ {command}\n{_output(command)}"
                                               for command in COMMAND.findall(block[0])), page)
    finally:
        os.chdir(here)


def _output(command: str) -> str:
    if command.startswith("gdm "):
        arguments = [one.strip("'\"") for one in re.findall(r"'[^']*'|\"[^\"]*\"|\S+", command)][1:]
        result = CliRunner(env={"COLUMNS": "100", "GDM_CLASS": "classes/autumn"}).invoke(app, arguments)
        assert result.exit_code in (0, PARTLY), result.output
        return result.output
    return subprocess.run(command, shell=True, check=True, capture_output=True, text=True).stdout


def comparable(page: str) -> str:
    for pattern, same in OWN:
        page = pattern.sub(same, page)
    return page


def main() -> None:
    os.environ["TZ"] = "UTC"
    time.tzset()
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        PAGE.write_text(replayed(PAGE.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
