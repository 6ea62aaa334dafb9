"""Nothing that a student's code wrote down while hidden tests asked it comes back to the student."""

import copy
from dataclasses import replace

import pytest

from gdm_grader.course.cells import label_of
from gdm_grader.grading import diagnosis
from gdm_grader.referee.host import disclosure
from gdm_grader.referee.host.calls import Call, freeze
from gdm_grader.referee.host.test_cell import Verdict
from gdm_grader.referee.host.texts import Texts
from gdm_grader.referee.notebook.notebook_run import CellResult

from .conftest import assignment_of, notebook, points_of
from .test_attacks import shown

CANARY = "CANARY"
RIGHT = "return torch.arange(k) < k // 2 + (kind == 'B')"
ASKED = "import torch\nASKED, NAME = [], 'CAN' + 'ARY'\ndef causal_mask(k, kind):\n    ASKED.append(f'{NAME} {k}')\n" \
        "    if len(ASKED) > 4: "  # more than the visible test asks
SERVER, RAISES = ("__import__('gdm_grader.referee.kernel.server').referee.kernel.server.KernelServer.",
                  " = lambda *_: (_ for _ in ()).throw(RuntimeError(repr(ASKED)))")
CARRIES = {  # put together, so that the line of the cell, which may be shown, is no hit
    "an error's words": "raise RuntimeError(repr(ASKED))",
    "an error's type": "raise type(NAME + str(len(ASKED)), (Exception,), {})()",
    "an error's note and cause": "raise ValueError(NAME) from KeyError(NAME)",
    "the name of a function": "exec(compile(f'def {NAME}(): raise KeyError()\\n{NAME}()', NAME + '.py', 'exec'))",
    "a text in place of a mask": "return repr(ASKED)",
    "a text in a list": "return [repr(ASKED)]",
    "an object's type": "return type(NAME, (), {})()",
    "the name of an attribute": "return __import__('types').SimpleNamespace(**{NAME: 1})",
    "a key": "return {NAME: 1}",
    "what it prints": "print(ASKED)",
    "a set": "return {repr(ASKED)}",
    "a set among objects": "return __import__('numpy').array([{NAME}], dtype=object)",
    "the words of the server": SERVER + "receive" + RAISES,
    "the words of the server when it is seeded": SERVER + "do_seed" + RAISES,
    "the words of the server when it is looked at": SERVER + "do_look" + RAISES,
}


@pytest.mark.parametrize("carry", CARRIES.values(), ids=CARRIES)
def test_a_hidden_test_carries_no_text_of_the_students_out(masks, carry):
    result = masks("print(ASKED)\nASKED", "raise KeyError(repr(ASKED))", "import sys; sys.stderr.write(ASKED[0])",
                   causal_mask=f"{ASKED}{carry}\n    {RIGHT}")
    assert CANARY not in shown(result)


def test_a_later_visible_test_carries_nothing_out_either(masks):
    result = masks(causal_mask=f"{ASKED}pass\n    {RIGHT}",
                   raster_mask="def raster_mask(*arguments):\n    raise RuntimeError(repr(ASKED))")
    assert result.lost("masks") >= {"test_raster_mask_past"}
    assert CANARY not in shown(result)
    assert "RuntimeError" in result.says("test_raster_mask_past")
    assert "raise RuntimeError(repr(ASKED))" in result.says("test_raster_mask_past")


LATER = {  # what a task after hidden tests is told in the grader's own words
    "the library's answer": ("def raster_mask(*arguments):\n    from gdm_lib.masks import raster_mask\n"
                             "    return raster_mask(*arguments)", "library's own answer"),
    "words that are not the grader's": ("def raster_mask(*arguments):\n    raise RuntimeError(\n"
                                        "        'the library\\'s own answer, CANARY')", "your function raised it"),
    "empty lines above": ("\n  \n\ndef raster_mask(*arguments):\n    return arguments[7]",
                          "line 5: return arguments[7]"),
}


@pytest.mark.parametrize(("answer", "told"), LATER.values(), ids=LATER)
def test_a_later_task_is_told_the_graders_own_words_and_the_right_line(masks, answer, told):
    says = masks(raster_mask=answer).says("test_raster_mask_past")
    assert told in says
    assert CANARY not in says


def test_a_transform_over_a_callback_gets_its_sentence_in_a_later_task(examined):
    answer = "def forward_kl_loss(f, log_p_z, x):\n    def one(row):\n        z, log_det = f(row[None])\n" \
             "        return -(log_p_z(z) + log_det)[0]\n    return torch.func.vmap(one)(x).mean()"
    result = examined("kl_losses", notebook("kl_losses", forward_kl_loss=answer))
    assert "call it on the whole batch" in result.says("test_forward_kl_loss_base")


def test_before_hidden_tests_a_cell_shows_what_it_likes(masks):
    result = masks("print('CAN' + 'ARY')", first=True)
    assert CANARY in shown(result)
    assert result.scores == points_of("masks")


SOURCE = '''
assert got == want, f"m = {m}: expected {want}, got {got}."
assert right, "the plain one"
assert right, f"{got}{want}"
'''


@pytest.mark.parametrize(("says", "told"), [
    ("the plain one", "the plain one"),
    ("m = 3: expected tensor([1., -2.5e-3], dtype=torch.float64), got 4.",
     "m = 3: expected tensor([1., -2.5e-3], dtype=torch.float64), got 4."),
    ("m = 3: expected 1, got secret.", "m = 3: expected 1, got ...."),
    (f"m = 3: expected {'1' * 500}, got 4.", "m = 3: expected ..., got 4."),
    ("secret", "..."),
])
def test_a_message_keeps_the_instructors_words_and_short_numbers(says, told):
    assert disclosure.test_words(AssertionError(says), says, SOURCE, Texts()) == told


def test_a_long_message_costs_little():
    says = "m = : expected , got " * 200_000
    assert len(disclosure.test_words(AssertionError(says), says, SOURCE, Texts())) < 200


def test_another_submission_draws_other_inputs_and_the_same_one_the_same(masks):
    source = "def bits_per_dim(logits, x):\n    return logits.sum()"
    once, again, other = (masks(bits_per_dim=source + comment) for comment in ("", "", "  # again"))
    assert shown(once) == shown(again)
    assert once.scores == other.scores


def test_the_example_of_a_wrong_call_is_no_call_of_the_hidden_test(examined, monkeypatch):
    assignment = assignment_of("log_dets")
    seen = []
    monkeypatch.setattr(diagnosis, "matching", lambda *_: [])
    honest = diagnosis.counterexample

    def counterexample(assignment, label, entry, key):
        seen.append((entry, honest(assignment, label, entry, key)))
        return seen[-1][1]

    monkeypatch.setattr(diagnosis, "counterexample", counterexample)
    examined("log_dets", notebook("log_dets", diagonal_map="def diagonal_map(x, d, inverse=False):\n"
                                  "    return x * d + 1e-1 * (len(x) > 1), d.abs().log().sum().expand(len(x))"))
    hidden = [(entry, example) for entry, example in seen if entry.verdict.where == "hidden"
              and isinstance(entry.verdict.error, AssertionError)]
    assert hidden
    assert assignment.solutions
    for entry, example in hidden:
        assert example
        for call in entry.calls:
            arguments = ", ".join(diagnosis.render(part) for part in call.given[1:])
            assert f"{call.name}({arguments})" not in example


HIDDEN_FIRST = '''first = f(1)
### BEGIN HIDDEN TESTS
assert f(2) == 2
### END HIDDEN TESTS
assert f(3) == 3
'''
AROUND = '''for n in (1, 2):
    assert f(n) == n
    ### BEGIN HIDDEN TESTS
    assert f(-n) == -n
    ### END HIDDEN TESTS
'''


@pytest.mark.parametrize(("source", "line", "ran"), [
    (HIDDEN_FIRST, 1, False), (HIDDEN_FIRST, 3, True), (HIDDEN_FIRST, 5, True), (HIDDEN_FIRST, None, True),
    (HIDDEN_FIRST, 0, True), (AROUND, 2, True), ("assert f(1)", 1, False), ("assert f(1)", None, False)])
def test_what_is_visible_behind_a_hidden_part_runs_after_it(source, line, ran):
    assert disclosure.hidden_part_ran(source, line) is ran


def test_a_visible_test_behind_a_hidden_one_carries_nothing_out(examined, monkeypatch):
    """A test cell whose hidden part stands first: the visible part behind it fails."""
    assignment = assignment_of("masks")
    cells = copy.deepcopy(assignment.released)
    cells["test_causal_mask_past"].source = (
        "### BEGIN HIDDEN TESTS\ncausal_mask(9, 'A')\n### END HIDDEN TESTS\nassert len(causal_mask(3, 'B')) == 4")
    monkeypatch.setattr("tests.referee.conftest.assignment_of", lambda _: replace(assignment, released=cells))
    nb = notebook("masks", causal_mask=f"{ASKED}pass\n    if k == 3: raise KeyError(NAME, *ASKED)\n"
                                       f"    {RIGHT}")
    for cell in nb.cells:
        cell.source = cells["test_causal_mask_past"].source if label_of(cell) == "test_causal_mask_past" else (
            cell.source)
    result = examined("masks", nb)
    assert "test_causal_mask_past" in result.lost("masks")
    assert CANARY not in shown(result)


DEVICE = "Expected one of cpu, cuda device type at start of device string: CANARY"
USELESS = "the test cannot use what your function gave back."


@pytest.mark.parametrize(("sent", "told"), [
    ([], DEVICE), (["got", "m", "float"], DEVICE), (["1.5e-3", "2026-12-01T10:00"], DEVICE),
    (["CANARY"], USELESS), (["got m"], USELESS), (["..."], USELESS), (["got", "\u0130"], USELESS),
    (["m" * 50], USELESS)])
def test_a_message_of_pythons_is_told_where_no_text_but_the_tests_own_words_came(sent, told):
    texts = Texts()
    for text in sent:
        texts.hear(text)
    assert disclosure.test_words(RuntimeError(DEVICE), DEVICE, SOURCE, texts) == told


def test_the_words_of_an_error_that_a_test_catches_count_for_its_cell():
    texts = Texts()
    texts.hear_error()
    assert disclosure.test_words(TypeError(DEVICE), DEVICE, SOURCE, texts) == USELESS
    texts.begin_cell()
    assert disclosure.test_words(TypeError(DEVICE), DEVICE, SOURCE, texts) == DEVICE


VALUES = {"a text": "name", "a list": "[name]", "a key": "{name: 1}", "a set": "{name}", "bytes": "name.encode()",
          "an attribute": "__import__('types').SimpleNamespace(**{name: 1})",
          "an array": "__import__('numpy').array([name])",
          "an array of objects": "__import__('numpy').array([{name}], dtype=object)", "a slice": "slice(name)",
          "a path": "__import__('pathlib').PurePosixPath(name)", "a deque": "__import__('collections').deque([name])",
          "a named tuple": "__import__('collections').namedtuple('N', [name])(1)", "an iterator": "iter([name])"}


def test_a_text_in_any_form_is_heard(student):
    fields = ", ".join(f"{key!r}: lambda: {value}" for key, value in VALUES.items())
    answers = student(f"name = 'CAN' + 'ARY'\nanswers = [*{{{fields}}}.values()]\ndef answer(n):\n"
                      "    return answers[n]() if n >= 0 else (torch.ones(2), 1.5, None, True)", "answer")
    remote = answers.__dict__["_remote"]
    for number, what in [(-1, "no text"), *enumerate(VALUES)]:
        remote.texts = Texts()
        answers(number)
        assert remote.texts.within(()) is (number < 0), what


def test_what_one_answer_gives_to_the_next_carries_no_text_into_the_example():
    assignment = assignment_of("masks")
    call = Call("causal_mask", freeze([3, "B", CANARY, {CANARY}]), freeze([3, "B", CANARY, {CANARY}]), freeze({CANARY}))
    entry = CellResult("causal_mask", Verdict(0, where="visible"), [call])
    example = diagnosis.counterexample(assignment, "test_causal_mask_past", entry, 7)
    assert example == "causal_mask(3, 'B', a str, {a str}) gave back {a str}."
