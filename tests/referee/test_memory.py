"""The gain of a student who remembers everything: resubmissions get other inputs, and what comes again is not told.

The student here is stronger than any real one: it knows every input of the hidden tests of all earlier submissions,
and the right result of each. A test falls to memory if all that it asks was asked before.
"""

import re
from itertools import chain

import pytest
import torch._dynamo  # noqa: F401  (takes seconds, which a test cell's time limit would cut short)

from gdm_grader.course import catalogue
from gdm_grader.referee.host import disclosure
from gdm_grader.referee.host.calls import alike
from gdm_grader.referee.host.texts import Texts
from gdm_grader.referee.notebook.replay import replay

from .conftest import assignment_of, course_of

EARLIER, NOW = range(1, 10), 10  # keys of ten submissions
# Tests whose inputs are the same for everybody, or drawn from few: there are few sizes of a mask. They promise that
# nothing tells the right result; who works it out has done the task.
FIXED = {
    "masks": {"test_causal_mask_past", "test_raster_mask_form", "test_raster_mask_future", "test_raster_mask_past",
              "test_raster_mask_center", "test_rgb_raster_mask_neighbors", "test_rgb_raster_mask_center_a",
              "test_rgb_raster_mask_center_b"},
    "log_dets": {"test_jacobi_inverse_passes"},
    "kl_losses": set(),
}
DRAWN_FROM_FEW = {"test_causal_mask_past", "test_raster_mask_form", "test_raster_mask_past"}  # nine may not show all
MIN_TOLD_NUMBERS = 3  # of a result in a message: fewer stand in it by chance


def hidden_tests(name):
    assignment = assignment_of(name)
    return [(label, cell) for label, cell in assignment.released.items()
            if cell.metadata.nbgrader.grade and disclosure.has_hidden_part(cell.source)]


def asked(name, label, key):
    assignment = assignment_of(name)
    return replay(assignment, assignment.solutions.get(assignment.task_of(label), ""), label, key).calls


def remembered(call, memory):
    """Equal arguments and results: a function among the arguments is known by what comes of it."""
    return any(call.name == one.name and alike(call.given, one.given) and alike(call.result, one.result)
               for one in memory)


@pytest.mark.parametrize("name", FIXED)
def test_a_perfect_memory_passes_no_test_but_those_whose_inputs_are_fixed(name):
    fallen = set()
    for label, _ in hidden_tests(name):
        memory = list(chain.from_iterable(asked(name, label, key) for key in EARLIER))
        now = asked(name, label, NOW)
        assert now, label
        if all(remembered(call, memory) for call in now):
            fallen.add(label)
    assert fallen <= FIXED[name]
    assert FIXED[name] - fallen <= DRAWN_FROM_FEW


@pytest.mark.parametrize("name", FIXED)
def test_no_message_of_a_test_with_fixed_inputs_tells_the_right_result(name):
    assignment, told = assignment_of(name), []
    answers = catalogue.load(course_of().source(name).parent / "catalogue")
    for label, cell in hidden_tests(name):
        if label not in FIXED[name]:
            continue
        results = [numbers(str(call.result)) for call in asked(name, label, NOW)]
        for answer in answers[assignment.task_of(label)]:
            words = replay(assignment, answer.source, label, NOW).words
            if words is None:
                continue
            says = numbers(disclosure.test_words(AssertionError(), words[1], cell.source, Texts()))
            told += [(label, answer.name) for result in results if len(result) >= MIN_TOLD_NUMBERS
                     and " ".join(result) in " ".join(says)]
    assert told == []


def numbers(text):
    """The numbers of a text, truth values among them, in their order."""
    words = re.findall(r"True|False|-?\d+(?:\.\d+)?", text)
    return [str(float({"True": 1, "False": 0}.get(word, word))) for word in words]
