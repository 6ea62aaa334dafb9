"""`gdm`: release an assignment, grade a class, write feedback, print the table."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from gdm_grader.course import CLASSROOM, Course

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Release an assignment, grade a class, tell each student why.")
console = Console()

Name = Annotated[str, typer.Argument(help="The assignment, a folder of solutions/.")]
Classroom = Annotated[Path, typer.Option("--class", envvar="GDM_CLASS",
                                         help="The class's folder: submitted/, feedback/, gradebook.db.")]
Workers = Annotated[int, typer.Option(min=1, help="How many notebooks are graded at the same time.")]


@app.command()
def release(name: Name,
            check: Annotated[bool, typer.Option(help="Write nothing; fail if the release is not in step.")] = False,
            ) -> None:
    """Make assignments/NAME from solutions/NAME, and look for leaks."""
    from gdm_grader import release as releases

    with reported():
        course = Course.find()
        if not check:
            path = releases.release(course, name)
        found = (releases.differences(course, name) if check else []) + releases.leaks(course, name)
        if found:
            raise ValueError("\n".join(found))
    if check:
        console.print(f"assignments/{name} is what solutions/{name} makes, and holds no solution.", highlight=False)
    else:
        console.print(f"made {path.relative_to(course.root)}", highlight=False)


@app.command()
def demo(name: Name, classroom: Classroom = Path(CLASSROOM)) -> None:
    """Make a demonstration class from the catalogue of answers."""
    from gdm_grader import demo as demos

    with reported():
        course = Course.find(classroom)
        students = demos.make(course, name)
    console.print(f"{len(students)} submissions in {_shown(course.submitted)}", highlight=False)


@app.command()
def grade(name: Name, classroom: Classroom = Path(CLASSROOM), workers: Workers = 2,
          force: Annotated[bool, typer.Option(help="Grade what is up to date, too.")] = False) -> None:
    """Grade a class and write its feedback; what is up to date is not graded again."""
    from gdm_grader import results

    with reported():
        course = Course.find(classroom)
        students = course.students(name)
        if not students:
            raise ValueError(f"Expected submissions {_shown(course.submitted)}/STUDENT/{name}/{name}.ipynb, "
                             "found none.")
        todo = students if force else list(results.outdated(course, name))
        console.print(f"{len(students)} submissions, {len(todo)} to grade", highlight=False)
        if todo:
            from gdm_grader.cohort import grade_class

            grade_class(course, name, todo, workers, console)


@app.command()
def feedback(name: Name, classroom: Classroom = Path(CLASSROOM), workers: Workers = 2) -> None:
    """Write everyone's HTML feedback again, for instance after grading something by hand."""
    from gdm_grader import results
    from gdm_grader.cohort import write_feedback

    with reported():
        course = Course.find(classroom)
        write_feedback(course, name, results.load(course, name), workers, console)
    console.print(f"feedback is in {_shown(course.feedback)}", highlight=False)


@app.command()
def report(name: Name, classroom: Classroom = Path(CLASSROOM)) -> None:
    """Print the points per task and student."""
    from gdm_grader.report import show

    with reported():
        course = Course.find(classroom)
        show(course, name, console)
    console.print(f"feedback: {_shown(course.feedback)}/STUDENT/{name}/{name}.html", highlight=False)


@app.command()
def refresh(paths: Annotated[list[Path], typer.Argument(help="Notebooks, or folders of notebooks.")],
            check: Annotated[bool, typer.Option(help="Execute nothing; list what is not clean.")] = False) -> None:
    """Execute notebooks top to bottom; keep text outputs, drop pictures and metadata."""
    from gdm_grader import notebooks

    with reported():
        if check:
            problems = [problem for path in notebooks.found(paths) for problem in notebooks.problems(path)]
            if problems:
                raise ValueError("\n".join(problems))
        else:
            for path in notebooks.refresh(notebooks.found(paths)):
                console.print(f"refreshed {path}", highlight=False)


@app.command()
def bundle(target: Annotated[Path, typer.Argument(help="The zip file.")] = Path("_build/student-bundle.zip")) -> None:
    """Write what students are given: the assignments, gdm_lib, an environment, and nothing of the instructor's."""
    from gdm_grader import bundle as bundles

    with reported():
        course = Course.find()
        path = bundles.write(course, course.root / target)
    console.print(f"{_shown(path)}, {path.stat().st_size / 1024:.0f} KB", highlight=False)


class reported:
    """Print a ValueError as the sentence that it is, and leave with exit status 1."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError):
            Console(stderr=True).print(str(error), style="red", highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(1)


def _shown(path: Path) -> str:
    """The path as seen from here, when it is below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
