"""Honest work in every style gets full points from the referee, and the same from plain nbgrader."""

import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from gdm_grader.course.course import Course
from tools.plain_nbgrader import nbgrader, without_sandbox

from .conftest import ROOT, assignment_of, course_of, notebook

STYLES = {
    "prints_and_warnings": {"causal_mask": """
import sys, warnings
def causal_mask(kernel_size, kind):
    print("called with", kernel_size, kind)
    print("to stderr", file=sys.stderr)
    warnings.warn("a mask is made")
    taps = torch.arange(kernel_size)
    return taps <= kernel_size // 2 if kind == "B" else taps < kernel_size // 2
causal_mask(3, "A")"""},
    "numpy_detour": {"raster_mask": """
import numpy as np
def raster_mask(kernel_size, kind):
    order = np.arange(kernel_size ** 2).reshape(kernel_size, kernel_size)
    return torch.from_numpy(order < kernel_size ** 2 // 2 + (kind == "B"))"""},
    "helpers_and_type_hints": {"made_masks": """
from typing import NamedTuple
class Pair(NamedTuple):
    below: torch.Tensor
    above: torch.Tensor
def _mask(pair: Pair, last: bool) -> torch.Tensor:
    return pair.above[:, None] > pair.below if last else pair.above[:, None] >= pair.below
def made_masks(degrees: "list[torch.Tensor]") -> "list[torch.Tensor]":
    pairs = [Pair(*pair) for pair in zip(degrees, degrees[1:])]
    return [_mask(pair, pair is pairs[-1]) for pair in pairs]"""},
    "lambda_and_cache": {"causal_mask": """
import functools
causal_mask = functools.lru_cache(None)(lambda k, kind: torch.arange(k) < k // 2 + (kind == "B"))"""},
    "object_that_is_called": {"causal_mask": """
class Mask(torch.nn.Module):
    def forward(self, kernel_size, kind="A"):
        mask = torch.ones(kernel_size)
        mask[kernel_size // 2 + (kind == "B"):] = 0
        return mask.bool()
causal_mask = Mask()"""},
    "magics_and_shell": {"causal_mask": """
%time x = torch.arange(3)
def causal_mask(kernel_size, kind):
    return torch.arange(kernel_size) < kernel_size // 2 + (kind == "B")
!echo done
causal_mask?"""},
}
EXTRA = ["import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()", "torch.randn(3)", "%matplotlib inline",
         "torch.set_default_dtype(torch.float32)", "assert False, 'an experiment'", "help(causal_mask)",
         "got = want = x = None", "from IPython.display import display, HTML\ndisplay(HTML('<b>notes</b>'))",
         "input = None", "raise SystemExit"]


def with_extras(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Cells of the student's own between the others."""
    for number, source in enumerate(EXTRA):
        nb.cells.insert(8 + 2 * number, new_code_cell(source))
    nb.cells.insert(3, new_markdown_cell("My notes"))
    return nb


def reordered(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """All definitions first, in another order; the tests behind them."""
    solutions = [cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    rest = [cell for cell in nb.cells if cell not in solutions]
    nb.cells = [*rest[:2], *solutions[::-1], *rest[2:]]
    return nb


def submissions() -> dict[str, nbformat.NotebookNode]:
    one_each = {"causal_mask": STYLES["prints_and_warnings"], "raster_mask": STYLES["numpy_detour"],
                "made_masks": STYLES["helpers_and_type_hints"]}
    mixed = {task: answers[task] for task, answers in one_each.items()}
    return {"styles": notebook("masks", **mixed), "extras": with_extras(notebook("masks")),
            "reordered": reordered(notebook("masks"))}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_gets_full_points(masks, style):
    result = masks(**STYLES[style])
    assert result.lost("masks") == set()
    assert result.remarks == []


@pytest.mark.parametrize("name", ["extras", "reordered"])
def test_extra_cells_and_another_order_cost_nothing(examined, name):
    assert examined("masks", submissions()[name]).lost("masks") == set()


def test_gradients_and_models_by_other_means_get_full_points(examined):
    nb = notebook("kl_losses", mle_kl="""
def mle_kl(log_prob, entropy):
    return torch.neg(sum(log_prob) / len(log_prob)) - entropy""", reverse_kl_loss="""
def reverse_kl_loss(flow, base, target, noise):
    data, log_det = flow(noise)
    losses = torch.stack([base(noise), -log_det, -target(data)])
    return torch.einsum("kn->", losses) / noise.size(0)""", estimate_kl="""
def estimate_kl(target, model, n, direction):
    laws = {"forward": (target, model), "reverse": (model, target)}
    p, q = (law.log_prob for law in laws[direction])
    x = laws[direction][0].sample(n)
    terms = [p(x), q(x)]
    difference = terms.pop(0) - terms.pop()
    return difference.mean(), difference.var().div(n).sqrt()""")
    assert examined("kl_losses", nb).lost("kl_losses") == set()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Points from plain nbgrader: right and wrong answers of each assignment, and the styles above."""
    root = tmp_path_factory.mktemp("plain")
    for part in ("solutions", "assignments"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    without_sandbox(root)
    course = Course.find(start=root)
    handed_in = {}
    for name in ("masks", "log_dets", "kl_losses"):
        wrong = {}
        for task, given in assignment_of(name).answers.items():
            wrong[task] = [answer.source for answer in given if answer.kind == "wrong"]
        handed_in[name] = {"wrong": notebook(name, **{task: sources[1] for task, sources in wrong.items()})}
    handed_in["masks"] |= submissions()
    points = {}
    for name, notebooks in handed_in.items():
        for student, nb in notebooks.items():
            folder = root / "submitted" / student / name
            folder.mkdir(parents=True)
            nbformat.write(nb, folder / f"{name}.ipynb")
        for step in ("generate_assignment", "autograde"):
            nbgrader(root, step, name, "--force")
        points |= {(name, student): scores for student, scores in read(course, name).items()}
    return handed_in, points


def read(course, name):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as book:
        found = {}
        for submission in book.assignment_submissions(name):
            found[submission.student.id] = {grade.name: grade.score for grade in submission.notebooks[0].grades
                                            if grade.cell.cell_type == "code"}  # a person grades the others
        return found


@pytest.mark.slow
def test_plain_nbgrader_gives_the_same_points(examined, plain):
    handed_in, points = plain
    assert course_of().root == ROOT
    for name, notebooks in handed_in.items():
        for student, nb in notebooks.items():
            assert examined(name, nb, patience=20).scores == points[name, student], f"{name} of {student}"
