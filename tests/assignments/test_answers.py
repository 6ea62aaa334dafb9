"""The hidden tests against the catalogue, in this process: no mistake passes, no right answer fails.

Every answer meets SEEDS seeds here; `make seeds` shows each of them 200.
"""

import contextlib
import io
import warnings
from copy import deepcopy
from itertools import chain
from types import FunctionType, SimpleNamespace

import pytest
import torch

from tools.seeds import astray
from tools.sheet import RULES, is_page

RIGHT_SEEDS, WRONG_SEEDS = 8, 3


def test_the_solution_and_every_right_answer_lose_nothing_on_any_seed(sheet, rights, task):
    assert astray(sheet, task, sheet.solutions[task], {}, RIGHT_SEEDS) is None
    for answer in rights:
        assert astray(sheet, task, answer.source, {}, RIGHT_SEEDS) is None, answer.name


def test_a_wrong_answer_loses_exactly_the_cells_that_it_is_said_to_lose(sheet, wrongs, task):
    for answer in wrongs:
        assert astray(sheet, task, answer.source, answer.loses, WRONG_SEEDS) is None, answer.name


def test_a_wrong_answer_is_told_why_in_every_cell(sheet, wrongs):
    for answer in wrongs:
        for label, complaint in sheet.lost(answer.task, answer.source).items():
            kind, _, message = complaint.partition(": ")
            assert kind != "AssertionError" or message, (
                f"{answer.name}: {label} fails without a word; write what was expected behind the comma of its assert")


def test_what_students_see_of_the_tests_lets_wrong_answers_through(sheet, wrongs, task):
    passing = [answer for answer in wrongs if not sheet.lost(task, answer.source, visible_only=True)]
    assert passing, f"the visible tests of {task} find every mistake: add one to its catalogue that only hidden ones do"


def test_what_students_see_of_the_tests_finds_something(sheet, wrongs, task):
    found = any(sheet.lost(task, answer.source, visible_only=True) for answer in wrongs)
    assert found, f"the visible tests of {task} find no mistake of its catalogue: show an example that one fails"


def test_every_test_cell_is_lost_by_some_wrong_answer(sheet, wrongs, task):
    lost = set(chain.from_iterable(answer.loses for answer in wrongs))
    for label in sheet.tests_of(task):
        assert label in lost, f"add a wrong answer to the catalogue of {task} that loses {label}"
    assert lost <= set(sheet.tests_of(task)), f"the catalogue of {task} names cells that are none of its tests"


def test_the_hidden_part_of_every_cell_finds_what_the_visible_part_does_not(sheet, wrongs, task):
    found = set()
    for answer in wrongs:
        seen = sheet.lost(task, answer.source, visible_only=True)
        found |= {label for label in sheet.lost(task, answer.source) if label not in seen}
    for label in sheet.tests_of(task):
        assert label in found, (f"add a wrong answer to the catalogue of {task} that passes what students see of "
                                f"{label}, and fails its hidden part")


@pytest.mark.ours
def test_each_task_has_many_wrong_answers_and_several_right_ones(wrongs, rights):
    assert len(wrongs) >= RULES["least_wrong"]
    assert len(rights) >= RULES["least_right"]


def test_a_wrong_answer_is_put_right_in_sentences(wrongs):
    for answer in wrongs:
        assert answer.says.endswith((".", ".)")), f"{answer.name}: end `says` with a full stop"
        assert 60 <= len(answer.says) <= 300, f"{answer.name}: say in one or two sentences what is wrong, what right"


def test_wrong_answers_are_sent_to_pages_that_exist(wrongs):
    for answer in wrongs:
        assert is_page(answer.page), f"{answer.name}: write book/{answer.page}.md or .ipynb, or name another page"


def test_no_two_wrong_answers_of_a_task_behave_alike(sheet, wrongs, task):
    """Or else nobody could tell a student which of the two mistakes it was."""
    calls = recorded_calls(sheet, task)
    behaved = {}
    for answer in wrongs:
        alike = behaved.setdefault(behavior(sheet, answer, calls), answer.name)
        assert alike == answer.name, f"{answer.name!r} does what {alike!r} does: leave one of them out"


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
    """Return what an answer gives back to each call, and what it does to the arguments."""
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
    if isinstance(value, (list, tuple)):
        return list(chain.from_iterable(map(_tensors, value)))
    return []


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
        thousandths = (1000 * value.detach().double()).round() + 0.0  # no -0
        return str((tuple(value.shape), value.dtype, value.requires_grad, thousandths.flatten().tolist()))
    if isinstance(value, (list, tuple)):
        return str([_print(entry) for entry in value])
    return type(value).__name__ if callable(value) or isinstance(value, SimpleNamespace) else repr(value)
