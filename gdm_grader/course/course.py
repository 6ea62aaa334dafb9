"""The places of the course and of a class, and nbgrader's configuration for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue, PyFileConfigLoader

from gdm_grader.course import settings
from gdm_grader.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

CONFIG = "nbgrader_config.py"
IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")  # nbgrader's own default
NEVER_RELEASED = ("catalogue",)  # beside a source, whatever nbgrader_config.py ignores
OTHER_WRITER_SECONDS = 60  # to wait for
# Where nbgrader looks unless nbgrader_config.py says otherwise.
SOURCE, RELEASE = "source", "release"


@dataclass(frozen=True)
class Course:
    """The folder with nbgrader_config.py, and the folder of one class (submissions, grades, feedback)."""

    root: Path
    classroom: Path

    @classmethod
    def find(cls, classroom: Path | None = None, start: Path | None = None) -> "Course":
        """The course around `start` (the current folder by default); `classroom` is relative to its root.

        By default it is `c.Gdm.classroom` of nbgrader_config.py, else the root, where nbgrader has it.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / CONFIG).is_file():
                return cls(folder, folder / (classroom or _set(folder, "Gdm", "classroom", ".")))
        raise CourseError(f"Expected {CONFIG} in {start} or in a folder above it, found none. "
                         "Run gdm inside the course's folder.")

    @property
    def submitted(self) -> Path:
        return self.classroom / "submitted"

    @property
    def autograded(self) -> Path:
        return self.classroom / "autograded"

    @property
    def feedback(self) -> Path:
        return self.classroom / "feedback"

    @property
    def results(self) -> Path:
        """One small JSON file a submission: what was graded, with which outcome."""
        return self.classroom / "results"

    @property
    def gradebook(self) -> Path:
        return self.classroom / "gradebook.db"

    @property
    def db_url(self) -> str:
        """The gradebook's address: the one that was set for this class, else the SQLite file in its folder."""
        return settings.load(self.classroom).db_url or sqlite(self.gradebook)

    @property
    def demonstration_mark(self) -> Path:
        """The file that says that this class is a demonstration, which may be made anew at any time."""
        return self.classroom / "demonstration.txt"

    @property
    def log(self) -> Path:
        """The log file of this class's commands."""
        return self.classroom / "gdm.log"

    def journal(self, name: str) -> Path:
        """The file that is there while something still follows from a change of an assignment's points."""
        return self.classroom / f".unfinished-{name}.json"

    @property
    def reports(self) -> Path:
        return self.classroom / "report"

    @property
    def solutions(self) -> Path:
        """The instructor's folder, as nbgrader_config.py names it: inside the course, or a repository of its own."""
        return (self.root / _set(self.root, "CourseDirectory", "source_directory", SOURCE)).resolve()

    @property
    def places(self) -> Path:
        """The file that says where the test cells of each assignment are run (course.places)."""
        return self.solutions / "places.json"

    @property
    def releases(self) -> Path:
        """The folder of what students are given, as nbgrader_config.py names it."""
        return (self.root / _set(self.root, "CourseDirectory", "release_directory", RELEASE)).resolve()

    def notebooks(self, name: str) -> list[str]:
        """The names of an assignment's notebooks, in alphabetical order; CourseError if there is none."""
        found = sorted(path.stem for path in (self.solutions / name).glob("*.ipynb"))
        if not found:
            known = sorted({path.parent.name for path in self.solutions.glob("*/*.ipynb")})
            wanted = self.shown(self.solutions / name / f"{name}.ipynb")
            raise CourseError(f"Expected an assignment with a notebook {wanted}, found none. "
                             f"Known assignments: {', '.join(known) or 'none'}.")
        return found

    def first(self, name: str) -> str:
        """The notebook that has the assignment's name, or else the first one."""
        found = self.notebooks(name)
        return name if name in found else found[0]

    def source(self, name: str, notebook: str | None = None) -> Path:
        """The instructor's notebook of assignment `name`; `notebook` names one of several."""
        return self.solutions / name / f"{notebook or self.first(name)}.ipynb"

    def changed(self, name: str) -> int:
        """Return when something in the instructor's folder of an assignment changed last, in nanoseconds."""
        paths = [*(self.solutions / name).rglob("*"), *([self.places] if self.places.is_file() else [])]
        return max(path.stat().st_mtime_ns for path in paths)

    def release(self, name: str, notebook: str | None = None) -> Path:
        """The students' notebook of assignment `name`, whether or not it is there."""
        return self.releases / name / f"{notebook or self._released(name)}.ipynb"

    def _released(self, name: str) -> str:
        """The notebook that stands for an assignment, where the solutions may be missing."""
        return self.first(name) if any((self.solutions / name).glob("*.ipynb")) else name

    def read_source(self, name: str, notebook: str | None = None) -> "NotebookNode":
        """Read the instructor's notebook; CourseError if it is not one."""
        return _read_notebook(self.source(name, notebook), "Mend it, or restore it from your repository.")

    def read_release(self, name: str, notebook: str | None = None) -> "NotebookNode":
        """Read the students' notebook; CourseError if it is missing or not one."""
        return _read_notebook(self.release(name, notebook), f"Run `gdm release {name}`.")

    def shown(self, path: Path) -> Path:
        """A path as the course names it: from its root, where it lies below."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def students(self, name: str) -> list[str]:
        """Return who handed in a folder for the assignment, in alphabetical order."""
        return sorted(p.parent.name for p in self.submitted.glob(f"*/{name}") if p.is_dir())

    def config(self, **folders: str | Path) -> Config:
        """nbgrader's configuration for this class; `folders` replaces any of CourseDirectory's settings."""
        config = PyFileConfigLoader(CONFIG, path=str(self.root)).load_config()
        places: dict[str, str | Path] = {
            "root": self.root,
            "submitted_directory": self.submitted,
            "autograded_directory": self.autograded,
            "feedback_directory": self.feedback,
            **({} if "db_url" in folders else {"db_url": self.db_url}),
            **folders,
        }
        config.CourseDirectory.update({key: str(value) for key, value in places.items()})
        ignored = config.CourseDirectory.get("ignore", list(IGNORED))
        if isinstance(ignored, LazyConfigValue):  # c.CourseDirectory.ignore.append("...")
            ignored = ignored.get_value(list(IGNORED))
        config.CourseDirectory.ignore = list(dict.fromkeys([*ignored, *NEVER_RELEASED]))
        return config


def _set(root: Path, section: str, name: str, default: str) -> str:
    """Return what nbgrader_config.py sets, or the default."""
    config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
    return str(config[section].get(name, default))


def _read_notebook(path: Path, remedy: str) -> "NotebookNode":
    import nbformat  # takes half a second, which `gdm --help` need not wait for

    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise CourseError(f"Expected a notebook {path}, found none. {remedy}") from None
    except Exception as error:  # nbformat raises many kinds
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise CourseError(f"Expected a notebook in {path}, but it cannot be read as one: {reason} {remedy}") from None


def sqlite(path: Path) -> str:
    """The address of a database file."""
    return f"sqlite:///{path}?timeout={OTHER_WRITER_SECONDS}"
