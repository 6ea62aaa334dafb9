"""The command `gdm`, and `python -m gdm_grader`, where its script may not be on the path."""

import sys

from gdm_grader.course.disk.trouble import sentence_for_disk
from gdm_grader.imports import sentence_for_import


def main() -> None:
    """Run a command; where a package that it imports is broken, or its output fits nowhere, say so in a sentence."""
    try:
        from gdm_grader.cli import app

        app(prog_name="gdm")
    except Exception as error:
        sentence = sentence_for_import(error) or sentence_for_disk(error)
        if sentence is None:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
