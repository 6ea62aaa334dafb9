"""Plain nbgrader grades attacks in a box, and what is to be seen of it afterwards."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from gdm_grader.course.course import sqlite
from tests.attacks.world import SECRET, World

NBGRADER = "import sys; sys.modules['rfc3987_syntax'] = None; from nbgrader.apps.nbgraderapp import main; main()"
HONEST = "zoe"  # whose turn comes after the attacker's


def nbgrader(folder: Path, *arguments: str) -> None:
    library = str(Path(find_spec("gdm_lib").origin).parents[1])
    environment = {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "HOME": os.environ["HOME"], "PYTHONPATH": library,
                   "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-c", NBGRADER, *arguments], cwd=folder, stdin=subprocess.DEVNULL, env=environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@dataclass
class Scene:
    """A course as files, copied into the box; `attackers` are students, each in the assignment that is given."""

    files: dict[str, bytes]
    attackers: dict[str, str]
    secrets: list[str]

    def prepare(self) -> None:
        os.environ["HOME"] = os.getcwd()
        self.root, self.stopped = Path("course").resolve(), Path("stopped").resolve()
        for name, content in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def act(self) -> None:
        """One command for the class; one that stops is noted, and started again without the student it stopped at."""
        for assignment in sorted(set(self.attackers.values())):
            while True:
                nbgrader(self.root, "autograde", assignment)
                waiting = sorted(path for path in self.root.glob(f"submitted/*/{assignment}")
                                 if not (self.root / "autograded" / path.parent.name / assignment).is_dir())
                if not waiting:
                    break
                with self.stopped.open("a") as file:
                    print(waiting[0].parent.name, file=file)
                shutil.rmtree(waiting[0])

    def look(self, in_time: bool) -> list[dict]:
        stopped = self.stopped.read_text().split() if self.stopped.is_file() else []
        return [self._seen(student, assignment) | {"stops": student in stopped}
                for student, assignment in self.attackers.items()]

    def _seen(self, student: str, assignment: str) -> dict:
        path = self.root / "autograded" / student / assignment / f"{assignment}.ipynb"
        if not path.is_file():
            return {"graded": False, "points": 0.0, "reads": False}
        shown = printed(nbformat.read(path, as_version=4).cells)
        return {"graded": True, "points": points(self.root, student, assignment),
                "reads": any(secret in shown for secret in self.secrets)}


@dataclass
class Alone(Scene):
    """One attack, an honest student whose turn comes after it, and a machine with secrets, sockets and a process."""

    disk: int

    def prepare(self) -> None:
        super().prepare()
        folder = Path("world").resolve()
        folder.mkdir()
        self.world = World(folder, self.disk)
        for name, content in self.world.tools().items():
            (self.root / "submitted" / next(iter(self.attackers)) / next(iter(self.attackers.values())) / name
             ).write_bytes(content)

    def act(self) -> None:
        nbgrader(self.root, "autograde", *set(self.attackers.values()))

    def look(self, in_time: bool) -> list[dict]:
        harm = self.world.harm()
        (student, assignment), = self.attackers.items()
        honest = self._seen(HONEST, assignment)
        return [self._seen(student, assignment) | {
            "stops": in_time and not honest["points"], "hangs": not in_time,
            "changes": any("changed" in line or "is new" in line for line in harm),
            "sends": any("reached" in line for line in harm), "stays": any("still runs" in line for line in harm),
            "kills": any("ended" in line for line in harm)}]


def points(root: Path, student: str, assignment: str) -> float:
    with Gradebook(sqlite(root / "gradebook.db")) as book:
        try:
            return book.find_submission_notebook(assignment, assignment, student).score
        except MissingEntry:
            return 0.0


def printed(cells: Iterable[nbformat.NotebookNode]) -> str:
    """The code's own words; tracebacks quote the tests that failed, and so do the words of an assertion."""
    lines = []
    for cell in cells:
        for output in cell.get("outputs", []):
            if output.get("ename") != "AssertionError":
                lines.append("".join(str(output.get(key, "")) for key in ("text", "data", "evalue")))
    return "\n".join(lines).replace("\\n", "\n")


__all__ = ["HONEST", "SECRET", "Alone", "Scene", "nbgrader"]
