"""The story of a notebook that is not finished: a sentence for each cell, and no traceback."""

import matplotlib
import pytest

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
