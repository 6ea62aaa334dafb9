"""The cases get what they deserve, and are told nothing that is not so. `make answers` judges many more."""

import pytest

from gdm_grader.course import assignment as assignments
from gdm_grader.course.course import Course
from tools.answers.cases import cases
from tools.answers.judge import judge
from tools.answers.spoilt import spoilt
from tools.answers.variants import remembering, variants
from tools.sheet import NAMES, ROOT, read_sheet

CASES = []
for name in NAMES:
    CASES += [pytest.param(name, case, id=f"{case.task}: {case.name}") for case in cases(name)]


@pytest.fixture
def judged():
    """Judge an answer to a task of an assignment."""
    course = Course.find(start=ROOT)
    return lambda name, task, source: judge(assignments.read(course, name), task, source)


@pytest.mark.parametrize(("name", "case"), CASES)
def test_a_right_answer_loses_nothing_and_a_wrong_one_something(judged, name, case):
    result = judged(name, case.task, case.source)
    assert (result.lost == {}) == case.right, result.lost
    assert set(result.named.values()) <= set(case.means)


@pytest.mark.parametrize(("name", "task"), [("kl_losses", "gaussian_kl"), ("log_dets", "diagonal_map"),
                                            ("masks", "raster_mask")])
def test_a_slip_of_form_costs_one_cell(judged, name, task):
    sheet = read_sheet(name)
    for variant in variants(task, sheet.solutions[task]):
        if variant.slip:
            assert list(judged(name, task, variant.source).lost) == sheet.tests_of(task)[:1], variant.name


def test_an_error_is_taken_for_a_mistake_only_in_its_own_words(judged):
    answer = "def bits_per_dim(logits, x):\n    {}"
    other = judged("masks", "bits_per_dim", answer.format("raise RuntimeError('no such file')"))
    assert other.named == {}
    in_place = "logits -= logits.amax(-1, keepdim=True)\n    return -torch.log_softmax(logits, -1)" \
               ".gather(-1, x[..., None]).mean() / 0.6931471805599453"
    assert judged("masks", "bits_per_dim", answer.format(in_place)).named


@pytest.mark.parametrize("name", NAMES)
def test_what_is_remembered_from_another_call_is_not_taken_for_an_answer(judged, name):
    for task, solution in read_sheet(name).solutions.items():
        stale = remembering(task, solution)
        assert stale is None or judged(name, task, stale).lost, task


@pytest.mark.parametrize("name", NAMES)
def test_what_is_cut_off_or_in_half_precision_is_wrong_in_every_task(judged, name):
    """Two kinds of many: `make answers` tries all."""
    for task, solution in read_sheet(name).solutions.items():
        for answer in spoilt(task, solution):
            if answer.name in {"result clamped at 100", "result in half precision"}:
                assert judged(name, task, answer.source).lost, f"{task}: {answer.name}"
