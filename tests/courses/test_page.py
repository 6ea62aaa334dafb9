"""The page on what a test can do shows tests that are run: those of the small courses."""

import re
from pathlib import Path

from tests.courses import sheets

PAGE = Path(__file__).parents[2] / "book" / "what-tests-can-do.md"
BLOCK = re.compile(r"^```(?:python|ipython3)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_every_example_is_a_test_of_a_small_course_and_every_kind_has_one():
    shown = set()
    texts = {kind: (sheets.HERE / kind / "sheet.txt").read_text(encoding="utf-8") for kind in sheets.KINDS}
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        kinds = [kind for kind, text in texts.items() if block in text]
        assert kinds, block
        shown.update(kinds)
    assert shown == set(sheets.KINDS) - {"by_hand"}
