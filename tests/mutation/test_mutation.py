"""The counts of `make mutation`: mutants of two tools, dead ones and living ones, and a list that is in step.

That none is left alive over all solutions is for `make mutation` to show; here one task stands for all.
"""

import pytest

from tools.mutation.kill import equivalents, is_equivalent, killed, outcome
from tools.mutation.mutants import mutants
from tools.sheet import NAMES, read_sheet

pytestmark = pytest.mark.filterwarnings("ignore:.*with a literal:SyntaxWarning")  # some mutants say `is`
SOURCE = "def double(x):\n    return torch.add(x, x)\n"


@pytest.fixture
def sheet():
    return read_sheet("masks")


def test_each_tool_makes_mutants_that_the_other_does_not():
    made = {mutant.tool: mutant.becomes for mutant in mutants(SOURCE + "    # never reached\n    return 2 * x\n")}
    assert set(made) == {"cosmic-ray", "mutmut"}


def test_a_mutant_names_the_lines_that_it_changes():
    assert {(mutant.was, mutant.becomes) for mutant in mutants(SOURCE)} >= {
        ("return torch.add(x, x)", "return torch.add(x, None)"), ("return torch.add(x, x)", "return torch.add(x, )")}


def test_the_solution_itself_lives(sheet):
    assert not killed(sheet, "causal_mask", sheet.solutions["causal_mask"])


def test_a_wrong_answer_is_killed(sheet):
    assert killed(sheet, "causal_mask", "def causal_mask(kernel_size, kind):\n    return torch.ones(kernel_size) > 0")


def test_an_answer_that_does_not_end_is_killed(sheet):
    assert killed(sheet, "causal_mask", "def causal_mask(kernel_size, kind):\n    while True:\n        pass")


def test_an_answer_that_is_no_python_is_killed(sheet):
    assert killed(sheet, "causal_mask", "def causal_mask(kernel_size kind): return 1")


def test_all_mutants_of_a_task_are_killed_or_listed(sheet):
    found = outcome(sheet, "raster_mask")
    assert found.mutants > 40
    assert all(is_equivalent("masks", "raster_mask", mutant) for mutant in found.survivors)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_that_is_listed_as_equivalent_is_made_and_lives(name):
    sheet = read_sheet(name)
    for known in equivalents(name):
        made = [mutant for mutant in mutants(sheet.solutions[known.task])
                if (mutant.was, mutant.becomes) == (known.was, known.becomes)]
        assert made, f"{known} is no mutant any more"
        assert not any(killed(sheet, known.task, mutant.source) for mutant in made), f"{known} is killed"
        assert known.because.endswith(".")
