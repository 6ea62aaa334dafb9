"""The same attacks against plain nbgrader: python -m tools.attacks_plain writes book/attacks.json; half an hour.

`--only NAME ...` tries these alone, and leaves what was found for the others as it is, but for attacks that are gone.
They are tried in a box (tests.attacks.box), where they can do what they want: forging and reading in one class, and
each of the others alone, with an honest student whose turn comes after.
"""

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable
from itertools import chain
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from rich.progress import track

from gdm_grader.authoring import demo
from gdm_grader.authoring.leaks import secret_lines
from gdm_grader.authoring.notebooks import METADATA
from gdm_grader.course import assignment as sheets
from gdm_grader.course.course import Course
from tests.attacks import box, corpus
from tests.attacks.scenes import HONEST, SECRET, Alone, Scene, nbgrader
from tools.plain_nbgrader import PREPROCESSORS

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "book" / "attacks.json"
SMALL = "small"
TOGETHER, ONE_BY_ONE = ("forge", "read"), ("crash", "escape", "exhaust")
NOT_TRIED = {"change_environment": "in the box the environment cannot be written"}
Case = tuple[str, str]  # kind and name
CLASS = 3600.0  # seconds
ALONE = {SMALL: 75.0, corpus.ELSEWHERE: 150.0}  # seconds; the second imports torch
PATIENCE = {"c.ExecuteReleased.timeout = 60 ": "c.ExecuteReleased.timeout = 8 ",
            "c.ExecuteReleased.labelled_timeout = 10 ": "c.ExecuteReleased.labelled_timeout = 8 "}
SOLUTION = '''def causal_mask(kernel_size, kind):
    ### BEGIN SOLUTION
    past = kernel_size // 2
    return [1.0] * past + [float(kind == "B")] + [0.0] * past
    ### END SOLUTION
'''
TEST = '''for kernel_size in (1, 3, 5, 7):
    assert causal_mask(kernel_size, "B")[kernel_size // 2] == 1
    assert causal_mask(kernel_size, "A")[kernel_size // 2] == 0
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", help="try these attacks alone")
    only = parser.parse_args().only
    everything = cases_of((*TOGETHER, *ONE_BY_ONE))
    known = {(one["kind"], one["name"]): one for one in json.loads(TARGET.read_text(encoding="utf-8"))} if only else {}
    wanted = set(only or (name for _, name in everything))
    refuse_gaps(everything, known, wanted)
    with tempfile.TemporaryDirectory(prefix="gdm-plain-") as folder:
        found = together(Path(folder, "class"), wanted) + one_by_one(Path(folder, "alone"), wanted)
    entries = merged(everything, known, found)
    TARGET.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def refuse_gaps(everything: list[Case], known: Collection[Case], wanted: set[str]) -> None:
    """End the program where a name is none of an attack, or an attack would have no entry."""
    unknown = sorted(wanted - {name for _, name in everything})
    if unknown:
        raise SystemExit(f"Expected names of attacks, got {', '.join(unknown)}.")
    missing = sorted(case[1] for case in everything if case not in known and case[1] not in wanted)
    if missing:
        raise SystemExit(f"Expected that --only names each attack that was never tried; add {', '.join(missing)}.")


def merged(everything: list[Case], known: dict[Case, dict], found: list[dict]) -> list[dict]:
    """Return an entry for each attack, in the corpus's order: what was found now, or else what was known."""
    by_case = known | {(one["kind"], one["name"]): one for one in found}
    return [by_case[case] | {"tries": corpus.tries(*case)} for case in everything]


def together(folder: Path, wanted: Collection[str]) -> list[dict]:
    """Let one class hand in what forges and reads, and return an entry for each."""
    cases = {f"{kind}-{name}": (kind, name) for kind, name in cases_of(TOGETHER) if name in wanted}
    if not cases:
        return []
    attackers = {student: corpus.assignment(*case) for student, case in cases.items()}
    attacked = sorted(set(attackers.values()))
    course = course_in(folder, *attacked)
    for student, assignment in attackers.items():
        release = nbformat.read(course.release(assignment), as_version=4)
        release.cells = [cell for cell in release.cells
                         if not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("story_")]
        text = corpus.submission(*cases[student], sheets.read(course, assignment), release)
        write(folder / "submitted" / student / assignment / f"{assignment}.ipynb", text)
    hidden = chain.from_iterable(secret_lines(course, assignment) for assignment in attacked)
    secrets = [line for line in hidden if not line.startswith(("###", "import"))]
    seen, why = box.run(Scene(files_of(folder), attackers, [*secrets, corpus.CARRIED]), CLASS)
    if seen is None:
        raise SystemExit(f"the class used up the box's {why}: nothing was written")
    return [entry(*case) | found for case, found in zip(cases.values(), seen, strict=True)]


def one_by_one(folder: Path, wanted: Collection[str]) -> list[dict]:
    """Let each that ends or fills its process, or reaches for the machine, hand in within a class of two."""
    cases = [(kind, name) for kind, name in cases_of(ONE_BY_ONE) if name in wanted]
    return [entry(*case) | alone(folder, *case) for case in track(cases, "one by one")]


def cases_of(kinds: Iterable[str]) -> list[Case]:
    """Return (kind, name) of each attack of these kinds."""
    found = []
    for kind in kinds:
        found += [(kind, name) for name in corpus.names(kind)]
    return found


def alone(folder: Path, kind: str, name: str) -> dict:
    if name in NOT_TRIED:
        return {"not_tried": NOT_TRIED[name]}
    assignment = corpus.ELSEWHERE if corpus.assignment(kind, name) == corpus.ELSEWHERE else SMALL
    here = folder / assignment
    text, right = (in_elsewhere if assignment == corpus.ELSEWHERE else in_small)(here, kind, name)
    write(here / "submitted" / "attack" / assignment / f"{assignment}.ipynb", text)
    write(here / "submitted" / HONEST / assignment / f"{assignment}.ipynb", right)
    scene = Alone(files_of(here), {"attack": assignment}, ["ESCAPED", SECRET], box.EACH.disk)
    seen, why = box.run(scene, ALONE[assignment])
    return seen[0] if seen else {"fills": why}


def in_small(folder: Path, kind: str, name: str) -> tuple[str, str]:
    """Return the notebook of the attack, and one with the right answer, in the small course, which is made once."""
    if not folder.exists():
        small_course(folder)
    source = corpus.cell(kind, name)
    return notebook(answer=source) if kind == "crash" else notebook(first=source), notebook(solved=True)


def in_elsewhere(folder: Path, kind: str, name: str) -> tuple[str, str]:
    """Return the same in the course whose tests are written in other ways, which is made once."""
    course = Course.find(start=folder) if folder.exists() else course_in(folder, corpus.ELSEWHERE)
    sheet, release = sheets.read(course, corpus.ELSEWHERE), course.read_release(corpus.ELSEWHERE)
    return corpus.submission(kind, name, sheet, release), nbformat.writes(demo.filled(release, sheet.solutions))


def entry(kind: str, name: str) -> dict:
    return {"kind": kind, "name": name, "tries": corpus.tries(kind, name)}


def course_in(folder: Path, *assignments: str) -> Course:
    for part in ("solutions", "assignments"):
        for name in set(assignments) - {corpus.ELSEWHERE}:
            shutil.copytree(ROOT / part / name, folder / part / name, dirs_exist_ok=True)
    folder.mkdir(exist_ok=True, parents=True)
    if corpus.ELSEWHERE in assignments:
        corpus.write_elsewhere(folder)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8") + PREPROCESSORS
    theirs = {"tools.plain_preprocessors.RestoreRelease": "nbgrader.preprocessors.DeduplicateIds",
              "tools.plain_preprocessors.ExecuteReleased": "nbgrader.preprocessors.Execute"}
    for one, other in ({} if assignments else PATIENCE).items() | theirs.items():
        assert one in text
        text = text.replace(one, other)
    write(folder / "nbgrader_config.py", text.replace("c.ExecuteReleased", "c.Execute"))
    for name in assignments:
        nbgrader(folder, "generate_assignment", name, "--force")
    return Course.find(start=folder)


def small_course(folder: Path) -> None:
    """One task without torch, so that a hundred gradings take minutes."""
    course_in(folder)
    write(folder / "solutions" / SMALL / f"{SMALL}.ipynb", notebook(solved=True))
    nbgrader(folder, "generate_assignment", SMALL)


def notebook(first: str = "", answer: str = "", solved: bool = False) -> str:
    answer = answer or (SOLUTION if solved else "def causal_mask(kernel_size, kind):\n    raise NotImplementedError\n")
    labelled = {"schema_version": 3, "locked": False, "grade": False, "solution": True, "task": False}
    cells = [new_code_cell(first, id="attack")] if first else []
    cells += [new_code_cell(answer, id="answer", metadata={"nbgrader": labelled | {"grade_id": "causal_mask"}}),
              new_code_cell(TEST, id="test", metadata={"nbgrader": labelled | {
                  "grade_id": "test_causal_mask", "locked": True, "grade": True, "solution": False, "points": 1}})]
    return nbformat.writes(new_notebook(cells=cells, metadata=METADATA))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("GDM_CLASS", None)
    main()
