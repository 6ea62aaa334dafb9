"""The story of a notebook that is not finished: a sentence for each cell, and no traceback."""

import matplotlib
import pytest

from gdm_lib import train
from tools.sheet import compiled

matplotlib.use("Agg")


@pytest.mark.ours
@pytest.mark.parametrize("body", ["raise NotImplementedError('Replace this line with your answer.')", "pass",
                                  "return torch.zeros(())", "return torch.zeros(()), torch.zeros(())", "return 1 / 0"])
def test_a_story_never_ends_in_a_traceback(sheet, capsys, body):
    answers = [f"def {task}(*arguments, **named):\n    {body}" for task in sheet.solutions]
    space = sheet.space(*answers)
    exec(compiled(sheet.story), space)
    said = capsys.readouterr().out
    assert "This cell waits for task" in said or "Look at the tests first" in said
    assert "smaller lr" not in said


@pytest.mark.ours
@pytest.mark.parametrize("missing", ["every other task", "the rest", "all but the last"])
def test_a_half_answered_notebook_waits_for_what_is_missing(sheet, capsys, monkeypatch, missing):
    """A story names the task whose answer is missing, and says nothing of mistakes. One step of each training."""
    fit = train.fit
    monkeypatch.setattr(train, "fit", lambda *given, **named: fit(*given, **named | {"steps": 1, "batch_size": 8}))
    tasks = list(sheet.solutions)
    left_out = {"every other task": tasks[::2], "the rest": tasks[1::2], "all but the last": tasks[:-1]}[missing]
    stubs = {task: f"def {task}(*arguments, **named):\n    raise NotImplementedError('Replace this line.')"
             for task in left_out}
    space = sheet.space(*(sheet.solutions | stubs).values())
    exec(compiled(sheet.story), space)
    said = capsys.readouterr().out
    assert "This cell waits for task" in said
    assert "Look at the tests first" not in said
