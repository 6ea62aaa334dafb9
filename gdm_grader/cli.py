"""`gdm`: the instructor's commands, from a release to exported grades."""

from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from gdm_grader import cli_intake, cli_results, logs
from gdm_grader.cli_options import Classroom, Name, Workers, class_of, console, say, shown
from gdm_grader.course.course import Course
from gdm_grader.errors import GraderError, reported

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Release an assignment, grade a class, tell each student why.\n\n"
                       "In this order: release, collect, due, extend, grade, report, similar, feedback, export. "
                       "`gdm demo` makes a class to try it with.")

def show_version(asked: bool) -> None:
    """Print the versions that a report of a fault should name, and end."""
    if asked:
        names = ("gdm-grader", "gdm-lib", "nbgrader", "torch")
        console.print(", ".join(f"{name} {version(name)}" for name in names), soft_wrap=True)
        raise typer.Exit


@app.callback()
def main(verbose: Annotated[bool, typer.Option("--verbose", help="Show what goes into the log file, too.")] = False,
         versions: Annotated[bool, typer.Option("--version", is_eager=True, callback=show_version,
                                               help="Show the versions of what grades, and end.")] = False) -> None:
    """Begin to log, before any command."""
    logs.set_up(verbose)


@app.command()
def release(name: Name,
            check: Annotated[bool, typer.Option(help="Write nothing; fail if the release is not in step.")] = False,
            ) -> None:
    """Make the students' notebooks of an assignment, whose solution must pass its own tests, and look for leaks."""
    from gdm_grader.authoring import placement
    from gdm_grader.authoring import release as releases
    from gdm_grader.authoring.leaks import leaks

    with reported():
        course = Course.find()
        if not check:
            from gdm_grader.authoring.proof import rehearsal

            unanswered = rehearsal.stubs(course, name)
            if unanswered:
                raise GraderError("\n".join(unanswered))
            decided = places_table(course, name)  # the solution must pass before anything is written
            path = releases.release(course, name)
        found = leaks(course, name)
        if check:
            found += releases.differences(course, name)
            for line in placement.differences(course, name):  # grading decides them anew, and says so
                console.print(line, style="yellow", soft_wrap=True)
        if found:
            raise GraderError("\n".join(found))
        if not check:
            console.print(decided)
    if check:
        console.print(f"{course.shown(course.releases / name)} is what {course.shown(course.solutions / name)} makes, "
                      "and holds no solution.", soft_wrap=True)
    else:
        console.print(f"made {course.shown(path)}")


@app.command()
def demo(name: Name, classroom: Classroom = None,
         students: Annotated[int, typer.Option(min=0, help="Make a class of that many, with names, late work and "
                                                           "many mistakes; by default one submission of "
                                                           "each kind.")] = 0) -> None:
    """Make a demonstration class from the catalogue of answers."""
    from gdm_grader.authoring import demo as demos
    from gdm_grader.authoring.example import demo_class
    from gdm_grader.grading.cohort import alone

    with reported():
        course = Course.find(classroom)
        with alone(course):
            made = demo_class.make(course, name, students) if students else demos.make(course, name)
    console.print(f"{len(made)} submissions in {shown(course.submitted)}")


def places_table(course: Course, name: str, only_new: bool = False) -> Table | None:
    """Decide where the tests of an assignment are run, and return the table; None if `only_new` and nothing changed."""
    from gdm_grader.authoring import placement

    with console.status("running the solution outside and inside"):
        decided = placement.settle(course, name) if only_new else placement.decide_places(course, name)
    return placement.table_of(course, name, decided) if decided else None


app.command()(cli_intake.collect)
app.command()(cli_intake.due)
app.command()(cli_intake.extend)


@app.command()
def grade(name: Name, classroom: Classroom = None, workers: Workers = 2,
          dask: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Grade on the Dask cluster whose scheduler "
                                                                           "is there, as in tcp://head:8786.")] = None,
          db: Annotated[str | None, typer.Option(metavar="URL", help="Move this class's gradebook there, such as "
                                                              "postgresql://user@host/database; sqlite is the file in "
                                                              "its folder.")] = None,
          seed: Annotated[int | None, typer.Option(min=1, help="Draw the tests' inputs from this number; by default "
                                                               "the one of the last grading.")] = None,
          no_sandbox: Annotated[bool, typer.Option("--no-sandbox", help="Grade without a sandbox around the students' "
                                                                        "code.")] = False,
          student: Annotated[str | None, typer.Option(help="Grade this student's submission alone.")] = None,
          force: Annotated[bool, typer.Option(help="Grade what is up to date, too.")] = False) -> None:
    """Grade a class and write its feedback; what is up to date is not graded again, and an interrupted run resumes."""
    from gdm_grader.authoring.proof import rehearsal
    from gdm_grader.grading.profile import profile
    from gdm_grader.grading.workers import start_early
    from gdm_grader.records import results

    with reported():
        course = class_of(classroom)
        students = course.students(name)
        if not students:
            raise GraderError(f"Expected submissions {shown(course.submitted)}/STUDENT/{name}/{name}.ipynb, "
                             "found none.")
        course.source(name)
        if student is not None:
            if student not in students:
                raise GraderError(f"Expected a student with a submission of {name}, got {student!r}.")
            students = [student]
        surely = force or len(results.load(course, name)) < len(students)  # seconds are saved by not waiting to know
        fork_server = start_early(profile(course)) if surely and dask is None else None
        from gdm_grader.grading.cohort import alone, finish_feedback, grade_class, to_grade
        from gdm_grader.records import gradebook

        if db is not None:
            with alone(course):
                moved = gradebook.choose(course, db)
            if moved:
                console.print(f"the gradebook is at {gradebook.address_shown(course)} now, with all that was in it",
                              highlight=False, soft_wrap=True)
        with alone(course):
            decided = places_table(course, name, only_new=True)
        if decided is not None:
            console.print(decided)
        todo = students if force else [one for one in to_grade(course, name) if one in students]
        console.print(f"{len(students)} submissions, {len(todo)} to grade")
        if todo:
            if fork_server is None and dask is None:
                fork_server = start_early(profile(course))
            faultless = grade_class(course, name, todo, workers, console, dask, seed, no_sandbox, fork_server,
                                    partial(rehearsal.require, course, name))
        else:
            faultless = finish_feedback(course, name, workers, console)
        _audited(course, name)
        if not faultless:
            raise GraderError(f"Something failed in the grader, not in a submission; {shown(course.log)} says what. "
                              f"Points that are recorded stand. `gdm grade {name}` tries again what was not graded.")


@app.command()
def audit(name: Name, classroom: Classroom = None) -> None:
    """Prove that the gradebook holds exactly the points that the grader gave; `gdm grade` ends with it."""
    with reported():
        _audited(class_of(classroom), name)


app.command()(cli_results.history)
app.command()(cli_results.feedback)
app.command()(cli_results.report)
app.command()(cli_results.export)


@app.command()
def similar(name: Name, classroom: Classroom = None,
            least: Annotated[float, typer.Option(min=0, max=1, help="Show pairs that share at least this part of one "
                                                                    "student's own code.")] = 0.5) -> None:
    """Find submissions with the same answers, and pairs that share code beyond the release, side by side."""
    from gdm_grader.reports import similar as likeness

    with reported():
        course = class_of(classroom)
        found = likeness.similar(course, name, least, console)
        path = likeness.write_page(course, name, found)
    for line in likeness.sentences(found):
        say(line)
    console.print(likeness.pairs_table(name, found))
    console.print(f"side by side: {shown(path)}")


@app.command()
def refresh(paths: Annotated[list[Path], typer.Argument(help="Notebooks, or folders of notebooks.")],
            check: Annotated[bool, typer.Option(help="Execute nothing; list what is not clean.")] = False) -> None:
    """Execute notebooks top to bottom; keep text outputs, drop pictures and metadata."""
    from gdm_grader.authoring import notebooks

    with reported():
        if check:
            problems: list[str] = []
            for path in notebooks.found(paths):
                problems += notebooks.violations(path)
            if problems:
                raise GraderError("\n".join(problems))
        else:
            failures = []
            for path, why in notebooks.refresh(notebooks.found(paths)):
                console.print(why or f"refreshed {path}", soft_wrap=True,
                              style="yellow" if why else None)
                failures += [path] if why else []
            if failures:
                raise GraderError(f"{len(failures)} notebooks were not refreshed; what stopped them stands above.")


@app.command()
def new(name: Annotated[str, typer.Argument(help="Small letters, digits and _.")]) -> None:
    """Start an assignment: a notebook with one task and its tests, right and wrong answers, a page of the book."""
    from gdm_grader.authoring.new import create

    with reported():
        course = Course.find()
        for path in create(course, name):
            console.print(f"wrote {shown(path)}")
    toc = f"book/{name} into book/_toc.yml, then " if (course.root / "book").is_dir() else ""
    source = course.shown(course.solutions / name)
    console.print(f"next: {toc}`gdm refresh {source}` and `gdm release {name}`")


@app.command()
def bundle(target: Annotated[Path, typer.Argument(help="The zip file.")] = Path("_build/student-bundle.zip")) -> None:
    """Write what students are given: the assignments, gdm_lib, an environment, and nothing of the instructor's."""
    from gdm_grader.authoring import bundle as bundles

    with reported():
        course = Course.find()
        path = bundles.write(course, course.root / target)
    console.print(f"{shown(path)}, {path.stat().st_size / 1024:.0f} KB")


def _audited(course: Course, name: str) -> None:
    """Say what the audit finds; GraderError where a point differs."""
    from gdm_grader.records.audit import audit

    found = audit(course, name)
    for line in [*found.by_hand, *found.gone]:
        console.print(line)
    if found.wrong:
        raise GraderError("\n".join(["The gradebook does not hold what the grader gave:", *found.wrong,
                                     f"`gdm grade {name} --force` grades the class again."]))
    if found.waiting:
        raise GraderError("\n".join([*found.waiting, f"`gdm grade {name}` tries them again; {shown(course.log)} says "
                                     "what failed."]))
    console.print(f"audit: the gradebook holds exactly the points given, {found.students} submissions, "
                  f"{found.cells} graded cells", soft_wrap=True)
    if found.read or found.unread:
        console.print(f"answers that a person grades: {found.read} graded, {found.unread} waiting in formgrader",
                      highlight=False, soft_wrap=True)
