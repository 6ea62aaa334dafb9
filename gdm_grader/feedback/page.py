"""HTML feedback: nbgrader's page for a graded notebook, a short page for one that could not be graded."""

import html
import re
import shutil
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbgrader
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from gdm_grader.course import settings
from gdm_grader.course.converter import Complaints
from gdm_grader.course.course import Course
from gdm_grader.course.disk import whole
from gdm_grader.course.disk.trouble import FULL, raise_if_full
from gdm_grader.errors import ClassError
from gdm_grader.feedback.bounds import TooSlow, page_limit
from gdm_grader.feedback.exporter import FeedbackExporter
from gdm_grader.feedback.marks import OURS, THEIRS, Marks
from gdm_grader.records import results
from gdm_grader.records.late import Late, rule_of

TEMPLATES = (Path(__file__).parent / "templates",
             Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates")
HIDE, SUMMARY = "gdm_grader.nbgrader_plugins.HideHiddenTests", "gdm_grader.feedback.summary.Summary"
STEPS = (THEIRS, HIDE, "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor")
PUBLISHED = re.compile(r"""^ +baseurl: +["']?(https?://(?!example\.org)[^\s"']+?)/?["']?(?: +#.*| *)$""",
                       re.MULTILINE)  # in _config.yml
PART = ".part"  # a student's folder while pages are written; they are moved when all are done
PAGE_HEAD = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{name}</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em; overflow-wrap: anywhere }}
</style></head>
<body>
<h1>{name}: {heading}</h1>
"""
SHORT = PAGE_HEAD + """<p>Your notebook holds something that cannot be shown here in time, so this page has your points
alone, before anything is taken off for a late submission.</p>
<ul>{tests}</ul>
</body>
</html>
"""
BROKEN = PAGE_HEAD + """<p>Your submission could not be graded: {reason}.</p>
<p>Open your notebook, choose <em>Restart kernel and run all cells</em>, save it, and hand it in again as
{files}. If you do not see what is wrong, ask your instructor.</p>
{more}</body>
</html>
"""
MORE = """<p>The book says what to hand in, and how: <a href="{book}/students.html">for students</a>.</p>
"""
BY_HAND = PAGE_HEAD + """<p>The tests could not grade your submission: {reason}.</p>
<p>Your instructor has read it, and graded it by hand.</p>
</body>
</html>
"""
WAITING = PAGE_HEAD + """<p>Your submission could not be graded, through no fault of yours.
Your instructor has been told, and will have it graded. You need not do anything.</p>
</body>
</html>
"""


@dataclass(frozen=True)
class Failure:
    """The reason why a page could not be written: a sentence, and the traceback for the log."""

    says: str
    trace: str


class PagesOfOne(GenerateFeedback):
    """nbgrader's converter, for one folder as it is called: it takes names for patterns, so that a* would be ann, too.
    """

    def init_notebooks(self) -> None:
        folder = Path(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        found = sorted(str(path) for path in folder.glob("*.ipynb"))
        if not found:
            raise NbGraderException(f"Expected notebooks in {folder}, found none.")
        self.assignments = {str(folder): found}


def write(marks: Marks, course: Course, name: str) -> Path:
    """Write feedback/<student>/<name>/, a page a notebook, from what the gradebook said; return the first."""
    student = marks.student
    folder = course.feedback / student / name
    graded = results.find(course, name, student)
    if graded is None:
        raise ClassError(f"Expected a graded submission of {student}, found none. Run `gdm grade {name}` first.")
    stage = folder.with_name(PART)
    shutil.rmtree(stage, ignore_errors=True)  # of a run that was killed
    try:
        _write_pages(marks, graded, course, name, stage)
        whole.put_folder(stage / student / name, folder)
    except Exception:
        shutil.rmtree(folder, ignore_errors=True)  # an older page would pass for today's
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    page = folder / f"{name}.html"
    return page if page.is_file() else min(folder.glob("*.html"))


def _write_pages(marks: Marks, graded: results.Graded, course: Course, name: str, stage: Path) -> None:
    """Write the pages below `stage`, in folders as nbgrader names them: student, assignment."""
    page = stage / marks.student / name / f"{name}.html"
    if graded.broken is not None:
        whole.write(page, _not_graded(graded, graded.broken, marks, course, name))
        return
    notebooks = course.notebooks(name)
    try:
        with page_limit():
            _convert(marks, course, name, stage)
    except TooSlow:
        whole.write(page, short(name, graded))
    for notebook in notebooks if len(notebooks) > 1 else []:  # of several, one that could not be read
        place = page.with_name(f"{notebook}.html")
        said = [remark for remark in graded.remarks if _named(remark, [notebook])]
        if said and not place.is_file():
            whole.write(place, _refused(said[0], notebook, [notebook], course))


def _not_graded(graded: results.Graded, broken: str, marks: Marks, course: Course, name: str) -> str:
    """The page of a submission that no test graded; a person may have."""
    if graded.waits:
        return WAITING.format(name=html.escape(name), heading="not graded")
    if marks.by_hand:
        points = sum(marks.by_hand.values())
        return BY_HAND.format(name=html.escape(name), heading=f"{points:g} points", reason=_reason(broken))
    notebooks = course.notebooks(name)
    return _refused(broken, name, _named(broken, notebooks) or notebooks, course)


def _refused(reason: str, title: str, notebooks: list[str], course: Course) -> str:
    """The page that says why something could not be graded, and which of the notebooks to hand in again."""
    place = book(course)
    files = " and ".join(f"<code>{html.escape(notebook)}.ipynb</code>" for notebook in notebooks)
    more = "" if place is None else MORE.format(book=html.escape(place.rstrip("/")))
    return BROKEN.format(name=html.escape(title), heading="not graded", reason=_reason(reason), files=files, more=more)


def _reason(broken: str) -> str:
    return html.escape(broken.rstrip("."))


def _named(reason: str, notebooks: list[str]) -> list[str]:
    """Return the notebooks whose file a reason names."""
    return [one for one in notebooks if re.search(rf"(?<![\w.-]){re.escape(one)}\.ipynb", reason)]


def short(name: str, graded: results.Graded) -> str:
    """Return a page with the points alone."""
    given = {test: score for test, score in graded.scores.items() if score is not None}  # the rest awaits a person
    tests = [f"<li><code>{html.escape(test)}</code>: {score:g}</li>" for test, score in given.items()]
    return SHORT.format(name=html.escape(name), heading=f"{sum(given.values()):g} points", tests="\n".join(tests))


def attempt(marks: Marks, course: Course, name: str) -> Path | Failure:
    """Write the page and return its path, or why that failed: it costs this student's page alone."""
    try:
        return write(marks, course, name)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:  # everybody's
            raise
        return Failure(str(error) or type(error).__name__, "".join(traceback.format_exception(error)))


def book(course: Course) -> str | None:
    """Return the address of the published book: the class's own, else `html: baseurl:` of _config.yml.

    None where neither is set, or the second is a placeholder at example.org: a link to this machine would lead a
    student nowhere, so a page of the book is then named and not linked.
    """
    own = settings.load(course.classroom).book
    if own is not None:
        return own
    config = course.root / "_config.yml"
    found = PUBLISHED.search(config.read_text(encoding="utf-8")) if config.is_file() else None
    return f"{found[1]}/book" if found else None


def late_work(late: Late | None, course: Course, name: str) -> dict[str, Any]:
    """Return the days, the rule and the penalty for the head of the page; empty for a submission in time."""
    if late is None or not (late.days or late.penalty):
        return {}
    return {"days": late.days, "penalty": late.penalty, "rule": str(rule_of(course, name) or "")}


def steps(config: Config) -> list[str]:
    """Return nbgrader's steps from a notebook to a page; hidden tests are cut whatever the course sets."""
    found = config.GenerateFeedback.get("preprocessors", list(STEPS))
    if isinstance(found, LazyConfigValue):  # c.GenerateFeedback.preprocessors.append("...")
        found = found.get_value(list(STEPS))
    missing = [step for step in (HIDE, SUMMARY) if step not in found]
    return [OURS if step == THEIRS else step for step in [*found, *missing]]


def written(marks: Marks) -> dict[str, Any]:
    """Return the rubrics by cell, and which cells a person has graded, or has still to grade."""
    return {"rubrics": marks.rubrics, "waiting": [label for _, label in marks.waiting],
            "read": [label for _, label in marks.by_hand]}


def _convert(marks: Marks, course: Course, name: str, stage: Path) -> None:
    config = course.config(assignment_id=name, student_id=marks.student, feedback_directory=stage)
    config.GenerateFeedback.force = True
    config.GenerateFeedback.exporter_class = FeedbackExporter
    config.GenerateFeedback.preprocessors = steps(config)
    config.HTMLExporter.setdefault("sanitize_html", True)
    config.HTMLExporter.setdefault("optimistic_validation", True)  # once, not after each of the steps
    place = book(course)
    if place is not None:
        config.Summary.setdefault("book", place)
    config.PutMarks.marks = marks
    config.Summary.late = late_work(marks.late, course, name)
    config.Summary.written = written(marks)
    config.HTMLExporter.update(template_name="gdm_feedback", template_file="graded.html.j2",
                               extra_template_basedirs=[str(folder) for folder in TEMPLATES])
    converter = PagesOfOne(coursedir=CourseDirectory(config=config), config=config)
    log = Complaints()
    converter.log = log.logger
    try:
        converter.start()
    except NbGraderException:
        raise_if_full(log.reason(), course.feedback)
        raise ClassError(f"nbgrader could not write the feedback of {marks.student}: {log.reason()}") from None
