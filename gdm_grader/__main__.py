"""`python -m gdm_grader`: the command `gdm`, where its script may not be on the path."""

from gdm_grader.cli import app

app(prog_name="gdm")
