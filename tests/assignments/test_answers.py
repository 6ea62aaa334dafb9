"""The hidden tests against the catalogue, in this process: no mistake passes, no right answer fails.

The solutions meet 200 seeds, and the other right answers to a task share these out among them. With
GDM_EVERY_SEED=1 each right answer meets all of them, which takes minutes.
"""

import contextlib
import io
import os
import warnings
from copy import deepcopy
from types import FunctionType, SimpleNamespace

import pytest
import torch

from tests.assignments.sheet import is_page

SEEDS = 200
LEAST_WRONG = 10


def test_a_right_answer_loses_nothing(sheet, right):
    assert sheet.lost(right.task, right.source) == {}


def test_the_solution_loses_nothing_on_any_seed(sheet, task):
    names = sheet.space(sheet.solutions[task])
    for seed in range(SEEDS):
        assert sheet.lost_in(names, task, seed) == {}, f"with the seed {seed}"


def test_a_right_answer_loses_nothing_on_its_seeds(sheet, answers, right):
    rights = [answer for answer in answers[right.task] if answer.kind == "right"]
    first, step = (0, 1) if os.environ.get("GDM_EVERY_SEED") else (rights.index(right), len(rights))
    names = sheet.space(right.source)
    for seed in range(first, SEEDS, step):
        assert sheet.lost_in(names, right.task, seed) == {}, f"with the seed {seed}"


@pytest.mark.parametrize("seed", range(4))
def test_a_wrong_answer_loses_exactly_the_cells_that_it_is_said_to_lose(sheet, wrong, seed):
    assert {label: sheet.points[label] for label in sheet.lost(wrong.task, wrong.source, seed)} == wrong.loses


def test_a_wrong_answer_is_told_why_in_every_cell(sheet, wrong):
    for label, complaint in sheet.lost(wrong.task, wrong.source).items():
        kind, _, message = complaint.partition(": ")
        assert kind != "AssertionError" or message, f"{label} fails without a word"


def test_what_students_see_of_the_tests_lets_wrong_answers_through(sheet, answers, task):
    wrong = [answer for answer in answers[task] if answer.kind == "wrong"]
    passing = [answer for answer in wrong if not sheet.lost(task, answer.source, visible_only=True)]
    assert passing, "the visible tests find every mistake: nothing is hidden"


def test_what_students_see_of_the_tests_finds_something(sheet, answers, task):
    wrong = [answer for answer in answers[task] if answer.kind == "wrong"]
    assert any(sheet.lost(task, answer.source, visible_only=True) for answer in wrong)


def test_every_test_cell_is_lost_by_some_wrong_answer(sheet, answers, task):
    lost = {label for answer in answers[task] for label in answer.loses}
    assert lost == set(sheet.tests_of(task))


def test_the_hidden_part_of_every_cell_finds_what_the_visible_part_does_not(sheet, answers, task):
    found = set()
    for answer in answers[task]:
        seen = sheet.lost(task, answer.source, visible_only=True)
        found |= {label for label in sheet.lost(task, answer.source) if label not in seen}
    assert found == set(sheet.tests_of(task))


def test_each_task_has_many_wrong_answers_and_several_right_ones(answers, task):
    kinds = [answer.kind for answer in answers[task]]
    assert kinds.count("wrong") >= LEAST_WRONG
    assert kinds.count("right") >= 3


def test_a_wrong_answer_is_put_right_in_sentences(wrong):
    assert wrong.says.endswith((".", ".)"))
    assert 60 <= len(wrong.says) <= 300


def test_wrong_answers_are_sent_to_pages_that_exist(answers, task):
    pages = {answer.page for answer in answers[task] if answer.kind == "wrong"}
    assert {page for page in pages if not is_page(page)} == set()


def test_no_two_wrong_answers_of_a_task_behave_alike(sheet, answers, task):
    """Or else nobody could tell a student which of the two mistakes it was."""
    calls = recorded_calls(sheet, task)
    behaved = {}
    for answer in answers[task]:
        if answer.kind == "wrong":
            alike = behaved.setdefault(behavior(sheet, answer, calls), answer.name)
            assert alike == answer.name, f"{answer.name!r} does what {alike!r} does"


def recorded_calls(sheet, task):
    """The arguments of every call that the tests of a task make."""
    names = sheet.space(sheet.solutions[task])
    reference, calls = names[task], []

    def record(*arguments):
        calls.append(tuple(map(_copy, arguments)))
        return reference(*arguments)

    names[task] = record
    assert sheet.lost_in(names, task, seed=0) == {}
    return calls


def behavior(sheet, answer, calls):
    """What an answer gives back to each call, and what it does to the arguments."""
    function = sheet.space(answer.source)[answer.task]
    return tuple(_outcome(function, tuple(map(_copy, arguments))) for arguments in calls)


def _copy(value):
    """A function keeps the globals that it has now: the test goes on and gives them other values."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, FunctionType):
        return FunctionType(value.__code__, dict(value.__globals__), value.__name__, value.__defaults__,
                            value.__closure__)
    if isinstance(value, (list, tuple)):
        return type(value)(map(_copy, value))
    if isinstance(value, SimpleNamespace):
        return SimpleNamespace(**{key: _copy(entry) for key, entry in vars(value).items()})
    return deepcopy(value)


def _outcome(function, arguments):
    torch.manual_seed(0)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*arguments)
        except Exception as error:
            return type(error).__name__
    return _print(result), _print(arguments), _gradient(_tensors(result))


def _tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [tensor for entry in value for tensor in _tensors(entry)] if isinstance(value, (list, tuple)) else []


def _gradient(results):
    """That of everything an answer gives back, with respect to every tensor at the start of its graph."""
    ends = [tensor for tensor in results if tensor.requires_grad]
    nodes = [end.grad_fn for end in ends if end.grad_fn is not None]
    for node in nodes:
        nodes += [before for before, _ in node.next_functions if before is not None and before not in nodes]
    starts = [node.variable for node in nodes if hasattr(node, "variable")]
    try:
        return _print(torch.autograd.grad(sum(end.sum() for end in ends), starts)) if starts else ""
    except RuntimeError as error:
        return type(error).__name__


def _print(value):
    if isinstance(value, torch.Tensor):
        rounded = [round(float(number), 3) for number in value.detach().flatten()]
        return str((tuple(value.shape), value.dtype, value.requires_grad, rounded))
    if isinstance(value, (list, tuple)):
        return str([_print(entry) for entry in value])
    return type(value).__name__ if callable(value) or isinstance(value, SimpleNamespace) else repr(value)
