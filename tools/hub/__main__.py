"""The run as a whole: `make hub`. It prints each step, and in the end what a student should not have seen."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser

from gdm_grader.course.cells import label_of
from tools.browser.visit import chromium
from tools.hub import instructor, machine, student
from tools.hub.accounts import Account, accounts
from tools.hub.screen import Screen, window
from tools.hub.server import hub

NAME = "masks"
FOLDER = machine.ROOT / "_build" / "hub"
# Bob answers one task, and wrongly: he is told why.
FIRST_TRY = "def causal_mask(kernel_size, kind):\n    return torch.ones(kernel_size, dtype=torch.bool)"
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
    stubs = [cell for cell in release.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    return {cell.source.splitlines()[0]: written[label_of(cell)] for cell in stubs}


def hand_in(screen: Screen, answers: dict[str, str], says: str) -> None:
    """Take one student from logging in to handing in; Validate has to say this."""
    who = screen.who.name
    with step(f"{who} logs in and fetches {NAME}"):
        screen.log_in()
        student.fetch(screen)
    with step(f"{who} answers {len(answers)} tasks, and validates"):
        student.open_notebook(screen, NAME)
        for begins, source in answers.items():
            student.answer(screen, begins, source)
        dialog = student.validate(screen)
        said = dialog.inner_text()
        screen.page.screenshot(path=screen.folder / f"{who}-validate.png")
        if says not in said:
            screen.wrong.append(f"{who}: Validate was to say {says!r}, and said {said[:300]!r}")
        student.close(screen, dialog)
    with step(f"{who} hands in"):
        student.submit(screen)


def read(screen: Screen, expected: str) -> None:
    """Let a student read the feedback, in which this stands."""
    with step(f"{screen.who.name} fetches the feedback and reads it"):
        text = student.read_feedback(screen, NAME)
        if expected not in " ".join(text.split()):
            screen.wrong.append(f"{screen.who.name}: the feedback was to say {expected!r}, and began {text[:300]!r}")


def semester(browser: Browser, people: list[Account], course: Path, address: str) -> list[str]:
    """Give an assignment out, have two students work, grade, give the feedback back; return what was wrong."""
    alice, bob, teacher = people
    screens = [window(browser, person, address, FOLDER) for person in (alice, bob)]
    with step("the instructor gives the assignment out"):
        instructor.follow(teacher, course, "Give an assignment out")
    moved = bob.run(f"mv {machine.EXCHANGE}/exchange/* {bob.home}", bob.home)
    wrong = [] if moved.returncode else ["bob could move the course's folder out of the exchange"]
    hand_in(screens[0], solutions(), TOLD)
    hand_in(screens[1], {FIRST_TRY.splitlines()[0]: FIRST_TRY}, "The following cell failed")
    with step("the instructor collects, grades, and gives the feedback back"):
        printed = instructor.follow(teacher, course, "Collect, grade, give the feedback back")
        if "2 new" not in printed:
            wrong.append("gdm collect was to take 2 submissions")
    read(screens[0], f"{NAME}: ")
    read(screens[1], "Type A")
    for screen in screens:
        wrong += screen.wrong
    return wrong


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
        sys.exit("\n".join(["What no student should see:", *wrong, f"The screens are in {FOLDER}."]))
    print(f"Nothing red on any screen that a student saw; the screens are in {FOLDER}.")


if __name__ == "__main__":
    main()
