"""The run as a whole: `make hub`. It prints each step, and in the end what a student should not have seen."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser
from playwright.sync_api import Error as BrowserError

from gdm_grader.course.cells import label_of
from tools.browser.visit import chromium
from tools.hub import instructor, machine, student
from tools.hub.accounts import Account, accounts
from tools.hub.screen import NotSeen, Screen, window
from tools.hub.server import hub

NAME = "masks"
FOLDER = machine.ROOT / "_build" / "hub"
# Bob answers one task, and wrongly: he is told why.
FIRST_TRY = "def causal_mask(kernel_size, kind):\n    return torch.ones(kernel_size, dtype=torch.bool)"
FIRST_POINTS = 1  # it hides no past
FIRST_SAYS = "Your mask hides nothing"
IN_WORDS = "Because no later pixel may be seen."
POINTS = re.compile(r"(\S+) of (\S+) (?:bonus )?points")  # as in "20 of 20 points + 2 of 2 bonus points"
TOLD = "Success! Your notebook passes all the tests."


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is done, and how long it took."""
    begin = time.monotonic()
    print(what, flush=True)
    yield
    print(f"    {time.monotonic() - begin:.0f} s", flush=True)


def solutions() -> dict[str, str]:
    """Return the answers of the instructor's notebook, by the first line of the cell that they replace."""
    release = nbformat.read(machine.ROOT / "assignments" / NAME / f"{NAME}.ipynb", as_version=4)
    source = nbformat.read(machine.ROOT / "solutions" / NAME / f"{NAME}.ipynb", as_version=4)
    written = {label_of(cell): cell.source for cell in source.cells}
    stubs = [cell for cell in release.cells if cell.cell_type == "code" and mark(cell).get("solution")]
    return {cell.source.splitlines()[0]: written[label_of(cell)] for cell in stubs}


def mark(cell: nbformat.NotebookNode) -> dict:
    """Return what nbgrader says of a cell."""
    return cell.metadata.get("nbgrader", {})


def hand_in(screen: Screen, answers: dict[str, str], words: str, says: str) -> None:
    """Take one student from logging in to handing in; Validate has to say this."""
    who = screen.who.name
    with step(f"{who} logs in and fetches {NAME}"):
        screen.log_in()
        student.fetch(screen)
    with step(f"{who} answers {len(answers)} of the tasks, and validates"):
        student.open_notebook(screen, NAME)
        for begins, source in answers.items():
            student.answer(screen, begins, source)
        if words:
            student.answer_in_words(screen, words)
        dialog = student.validate(screen)
        said = dialog.inner_text()
        screen.page.screenshot(path=screen.folder / f"{who}-validate.png")
        if says not in said:
            screen.wrong.append(f"{who}: Validate was to say {says!r}, and said {said[:300]!r}")
        student.close(screen, dialog)
    with step(f"{who} hands in"):
        student.submit(screen)


def read(screen: Screen, score: float, parts: list[str]) -> None:
    """Let a student read the feedback, which gives these points, and in which these parts stand."""
    who = screen.who.name
    with step(f"{who} fetches the feedback and reads it"):
        student.fetch_feedback(screen)
        text = " ".join(student.read_feedback(screen, NAME).split())
    screen.wrong += [f"{who}: {sentence}" for sentence in differences(text, score, possible()[1], parts)]


def differences(text: str, score: float, most: float, parts: list[str]) -> list[str]:
    """Return a sentence for each thing that a page of feedback was to say, and does not."""
    found = [(float(one), float(of)) for one, of in POINTS.findall(text)]
    got, could = sum(one for one, _ in found), sum(of for _, of in found)
    wrong = [f"the feedback was to say {part!r}, and began {text[:300]!r}" for part in parts if part not in text]
    if (got, could) != (score, most):
        wrong.append(f"the feedback was to give {score:g} of {most:g} points, and gave {got:g} of {could:g}")
    return wrong


def possible() -> tuple[float, float]:
    """Return the points of the assignment, the bonus among them: those that tests give, and all."""
    release = nbformat.read(machine.ROOT / "assignments" / NAME / f"{NAME}.ipynb", as_version=4)
    graded = [mark(cell) for cell in release.cells if mark(cell).get("grade")]
    by_tests = [each["points"] for each in graded if not each.get("solution")]
    return sum(by_tests), sum(each["points"] for each in graded)


def semester(browser: Browser, people: list[Account], course: Path, address: str) -> list[str]:
    """Give an assignment out, have two students work, grade, give the feedback back; return what was wrong."""
    screens = [window(browser, person, address, FOLDER) for person in people[:2]]
    wrong: list[str] = []
    try:
        lessons(screens, people, course, wrong)
    except (BrowserError, NotSeen) as error:  # what was expected did not come: what the screens said before tells why
        for screen in screens:
            screen.look("in-the-end")
        wrong.append(f"the run broke off: {error}")
    for screen in screens:
        wrong += screen.wrong
    return wrong


def lessons(screens: list[Screen], people: list[Account], course: Path, wrong: list[str]) -> None:
    """Go through the semester, and add what was wrong; what the screens show stands in them."""
    _, bob, teacher = people
    with step("the instructor gives the assignment out"):
        instructor.follow(teacher, course, "Give an assignment out")
    # Into another folder he could not move what is not his in any case; within one, the sticky bit alone forbids it.
    moved = bob.run("for course in *; do mv $course away && mv away $course || exit 1; done",
                    machine.EXCHANGE / "exchange")
    if moved.returncode == 0:
        wrong.append("bob could rename the course's folder in the exchange")
    hand_in(screens[0], solutions(), IN_WORDS, TOLD)
    hand_in(screens[1], {FIRST_TRY.splitlines()[0]: FIRST_TRY}, "", "The following cell failed")
    with step("the instructor collects, grades, and gives the feedback back"):
        printed = instructor.follow(teacher, course, "Collect, grade, give the feedback back")
        if "2 new" not in printed:
            wrong.append("gdm collect was to take 2 submissions")
    read(screens[0], possible()[0], ["passed", "a person will read this answer"])
    read(screens[1], FIRST_POINTS, [FIRST_SAYS, "not answered"])


def main() -> None:
    found = machine.obstacles()
    if found:
        sys.exit("\n".join(found))
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    python = machine.python_for_everybody()
    try:
        with accounts("gdm-alice", "gdm-bob", "gdm-teacher") as people, chromium() as browser:
            with step("the students' environment, the exchange and the proxy"):
                machine.install_for_students(python)
                machine.make_exchange(python)
                proxy = machine.install_proxy(FOLDER / "proxy")
            with step("the instructor's clone and its environment"):
                course = machine.check_out(people[-1], python)
            with hub(machine.STUDENTS / ".venv", proxy, people, FOLDER) as address:
                wrong = semester(browser, people, course, address)
    finally:
        machine.clean_up()
    if wrong:
        sys.exit("\n".join(["What was not as it should be:", *wrong, f"The screens are in {FOLDER}."]))
    print(f"Nothing red on any screen that a student saw; the screens are in {FOLDER}.")


if __name__ == "__main__":
    main()
