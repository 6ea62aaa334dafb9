"""HTML feedback: nbgrader's page for a graded notebook, a short page of our own for one that could not be graded."""

import html
import os
import shutil
from pathlib import Path

import nbgrader
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from gdm_grader import results
from gdm_grader.course import Course
from gdm_grader.exporter import FeedbackExporter
from gdm_grader.release import Complaints

TEMPLATES = (Path(__file__).parent / "templates",
             Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates")
BOOK = "_build/html/book"  # unless nbgrader_config.py says where the book is published
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 40em; margin: 3em auto; padding: 0 1em }}</style></head>
<body>
<h1>{name}: not graded</h1>
<p>Your submission could not be graded: {reason}.</p>
<p>Open your notebook, choose <em>Restart kernel and run all cells</em>, save it, and hand it in again as
<code>{name}.ipynb</code>. If you do not see what is wrong, ask your instructor.</p>
</body>
</html>
"""


def write(student: str, course: Course, name: str) -> Path:
    """Write feedback/<student>/<name>/<name>.html from the gradebook as it is now."""
    page = course.feedback / student / name / f"{name}.html"
    result = results.find(course, name, student)
    if not result:
        raise ValueError(f"Expected a graded submission of {student}, found none. Run `gdm grade {name}` first.")
    shutil.rmtree(page.parent, ignore_errors=True)
    if result["broken"]:
        page.parent.mkdir(parents=True)
        reason = html.escape(result["broken"].removeprefix("could not be graded: ").rstrip("."))
        page.write_text(PAGE.format(name=html.escape(name), reason=reason), encoding="utf-8")
    else:
        _convert(student, course, name)
    return page


def attempt(student: str, course: Course, name: str) -> str:
    """Like `write`; returns why it failed, "" if it did not."""
    try:
        write(student, course, name)
    except Exception as error:  # one student's page; the class goes on
        return str(error) or type(error).__name__
    return ""


def _convert(student: str, course: Course, name: str) -> None:
    config = course.config(assignment_id=name, student_id=student, notebook_id=name)
    config.GenerateFeedback.force = True
    config.GenerateFeedback.exporter_class = FeedbackExporter
    config.GenerateFeedback.preprocessors.append("gdm_grader.summary.Summary")
    config.Summary.setdefault("book", os.path.relpath(course.root / BOOK, course.feedback / student / name))
    config.HTMLExporter.update(template_name="gdm_feedback", template_file="graded.html.j2",
                               extra_template_basedirs=[str(folder) for folder in TEMPLATES])
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    log = Complaints()
    converter.log = log.logger
    try:
        converter.start()
    except NbGraderException:
        raise ValueError(f"nbgrader could not write the feedback of {student}: {log.reason()}") from None
