"""Due dates: where the instructor writes them, how late each submission is, nbgrader's penalty for it."""

from datetime import datetime, timedelta
from math import ceil

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties

from gdm_grader.course import settings
from gdm_grader.course.course import Course
from gdm_grader.intake.archive import timestamp
from gdm_grader.records import gradebook


def set_due(course: Course, name: str, text: str) -> datetime:
    """Keep the due date with the class; what is graded already gets its penalty anew."""
    course.source(name)
    when = settings.moment(text)
    now = settings.load(course.classroom)
    settings.save(course.classroom, settings.Settings(now.db_url, now.due | {name: when.isoformat()}))
    if gradebook.exists(course):
        for student in sorted(gradebook.recorded(course, name)) if put_due(course, name) else []:
            penalize(course, name, student)
    return when


def put_due(course: Course, name: str) -> bool:
    """Write the class's due date into the gradebook, if one was set; whether that changed anything there."""
    text = settings.load(course.classroom).due.get(name)
    with Gradebook(course.db_url) as book:
        known = {assignment.name: assignment for assignment in book.assignments}
        if not text or name not in known or known[name].duedate == gradebook.naive(settings.moment(text)):
            return False
        known[name].duedate = gradebook.naive(settings.moment(text))
        book.db.commit()
        return True


def put_times(course: Course, name: str) -> None:
    """Write when each submission was handed in into the gradebook, where that changed; penalties follow."""
    changed = []
    with gradebook.open_gradebook(course) as book:
        for submission in book.assignment_submissions(name):
            when = timestamp(course.submitted / submission.student_id / name)
            known = gradebook.naive(when) if when else None
            if submission.timestamp != known:
                submission.timestamp = known
                changed.append(submission.student_id)
        book.db.commit()
    for student in changed:
        penalize(course, name, student)


def penalize(course: Course, name: str, student: str) -> None:
    """nbgrader's own rule (LateSubmissionPlugin in nbgrader_config.py; none by default)."""
    directory = CourseDirectory(config=course.config())
    where = {"student": student, "assignment": name, "notebook": name, "db_url": directory.db_url}
    AssignLatePenalties(parent=directory).preprocess(new_notebook(), {"nbgrader": where})


def days_late(course: Course, name: str) -> dict[str, int]:
    """Who was late, by how many days begun; nbgrader's extensions count."""
    with gradebook.open_gradebook(course) as book:
        rows = [row for row in gradebook.submissions(book, name) if row.timestamp and row.duedate]
    late = {row.student: row.timestamp - row.duedate - (row.extension or timedelta()) for row in rows}
    return {student: ceil(delay / timedelta(days=1)) for student, delay in late.items() if delay > timedelta()}
