"""Commands for what is recorded: history."""

from typing import Annotated

import typer

from gdm_grader.cli_options import Classroom, Name, class_of, say
from gdm_grader.errors import InputError, reported

DIGEST_CHARS = 8  # of a digest, enough to tell two apart


def history(name: Name, student: Annotated[str, typer.Argument(help="The student's folder in submitted/.")],
            classroom: Classroom = None) -> None:
    """Show what a submission got at each grading, by which tests, from which seed."""
    from gdm_grader.records.regrade import history as records

    with reported():
        entries = records.read(class_of(classroom), name, student)
        if not entries:
            raise InputError(f"Expected a student whose submission of {name} was graded, got {student!r}.")
    for entry in entries:
        line = (f"{entry.at}  {entry.points:g} points  tests {entry.tests[:DIGEST_CHARS]}  "
                f"work {entry.work[:DIGEST_CHARS]}  seed {entry.seed}")
        for cell, score in sorted(entry.by_hand.items()):
            line += f"  {cell} {score:g} by hand"
        say(line if entry.broken is None else f"{line}  {entry.broken}")
