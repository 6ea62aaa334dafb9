"""One fork server for all tests of the referee; a kernel to ask, or a whole notebook to examine, for each."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from gdm_grader.authoring import demo
from gdm_grader.course import assignment as assignments
from gdm_grader.course.cells import REMARKS, is_test, label_of
from gdm_grader.course.course import Course
from gdm_grader.course.places import Place
from gdm_grader.grading import diagnosis, verdict
from gdm_grader.grading.profile import profile
from gdm_grader.records.results import Diagnosis
from gdm_grader.referee.host.remote import RemoteKernel
from gdm_grader.referee.notebook.kernel_run import Times, kernel_call
from gdm_grader.referee.protocol import frame, size_of
from gdm_grader.sandbox.host.forkserver import ForkServer
from gdm_grader.sandbox.host.kernels import Kernels
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import MB, Limits

ROOT = Path(__file__).parents[2]
SERVE = kernel_call("serve()")
NAMES = ("masks", "log_dets", "kl_losses")
SEED = 7


@dataclass
class Result:
    """The outcome of one notebook."""

    scores: dict[str, float]
    diagnoses: tuple[Diagnosis, ...]
    nb: nbformat.NotebookNode = field(repr=False)

    @property
    def remarks(self) -> list[str]:
        return self.nb.metadata[REMARKS]

    def says(self, label: str) -> str:
        cell = next(cell for cell in self.nb.cells if label_of(cell) == label)
        return "".join(f"{output.ename}: {output.evalue}" for output in cell.outputs if output.output_type == "error")

    def lost(self, name: str) -> set[str]:
        points = points_of(name)
        return {label for label, score in self.scores.items() if score != points[label]}


def points_of(name: str) -> dict[str, float]:
    """The most that each test cell of an assignment gives."""
    return {label: cell.metadata.nbgrader.points for label, cell in assignment_of(name).released.items()
            if is_test(cell)}


def course_of() -> Course:
    return Course.find(start=ROOT)


def assignment_of(name: str) -> assignments.Assignment:
    return assignments.read(course_of(), name)


def notebook(name: str, **answers: str) -> nbformat.NotebookNode:
    """A submission: the instructor's solutions, but for these."""
    release = nbformat.read(course_of().release(name), as_version=4)
    return demo.filled(release, assignment_of(name).solutions | answers)


@pytest.fixture(scope="session")
def fork_server():
    with ForkServer(profile(course_of())) as fork_server:
        yield fork_server


@pytest.fixture(scope="session")
def kernels(fork_server):
    kernels = Kernels(Limits(memory=600 * MB, grace=0.4, notebook=60), Isolation.NAMESPACES)
    kernels.fork_server = fork_server
    return kernels


@pytest.fixture
def examined(kernels):
    """Grade a notebook of an assignment, with little patience."""
    def examined(name: str, nb: nbformat.NotebookNode, seed: int = SEED, files: dict[str, bytes] | None = None,
                 patience: float = 8.0, places: dict[str, Place] | None = None) -> Result:
        assignment = replace(assignment_of(name), places=places or {})
        tested = verdict.decide(nb, assignment, kernels, seed, Times(20, patience), files or {})
        points = verdict.points(tested, nb)
        scores = {label: points[label] for label in points_of(name)}  # what a person grades has no test
        return Result(scores, diagnosis.explain(nb, assignment, tested, seed), nb)
    return examined


@pytest.fixture
def masks(examined):
    """Grade the masks assignment with these answers, and these cells at its end or, `first`, at its beginning."""
    def masks(*extra: str, first: bool = False, seed: int = SEED, **answers: str) -> Result:
        nb = notebook("masks", **answers)
        cells = [new_code_cell(source) for source in extra]
        nb.cells = [*cells, *nb.cells] if first else [*nb.cells, *cells]
        return examined("masks", nb, seed)
    return masks


@pytest.fixture
def student(kernels):
    """Run a student's cell and return the names that it defines, as the tests see them."""
    with kernels.start() as kernel:
        exchanges = []

        def run(source: str, *names: str):
            outcome = kernel.execute("import torch\n" + source, timeout=10)
            assert outcome.ok, outcome.says
            exchange = kernel.exchange(SERVE, size_of)
            exchanges.append(exchange)
            found = RemoteKernel(lambda data: exchange.ask(data, 5)).look(list(names))
            return found[names[0]] if len(names) == 1 else tuple(found[name] for name in names)

        yield run
        for exchange in exchanges:
            assert exchange.end(frame({"op": "end"}, []))
