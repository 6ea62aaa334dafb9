"""Numbers of a training may differ a little on another processor: python -m pytest -p tests.book.close --nbval book

Of a cell tagged `nbval-close` nbval compares the stored text word for word; each number in it may differ by 5 % or by
one in its last digit. The data that a script draws are a picture, and pictures nbval does not compare.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from nbval.plugin import IPyNbCell

TAG = "nbval-close"
TOLERANCE = Decimal("0.05")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")
PICTURE = re.compile(r"<script type='application/json'>.*?</script>", re.S)


def close(stored: str, found: str) -> bool:
    """The same words, and each number near the one that is stored."""
    stored, found = PICTURE.sub("<script>", stored), PICTURE.sub("<script>", found)
    if NUMBER.sub("0", stored) != NUMBER.sub("0", found):
        return False
    pairs = zip(NUMBER.findall(stored), NUMBER.findall(found), strict=True)
    return all(is_near(Decimal(one), Decimal(other)) for one, other in pairs)


def is_near(stored: Decimal, found: Decimal) -> bool:
    last_digit = Decimal(1).scaleb(stored.as_tuple().exponent)
    return abs(stored - found) <= max(TOLERANCE * abs(stored), last_digit)


class Close(str):
    """A text that nbval compares: it asks stored != found."""

    def __ne__(self, other: object) -> bool:
        return not close(self, str(other))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, IPyNbCell) and TAG in item.cell.metadata.get("tags", []):
            item.sanitize = Close  # nbval passes the stored and the new text through it
