"""Columns of a table for a terminal, chosen and cut so that they fit: rich alone would cut numbers to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.text import Text

MAX_NAME_COLUMNS = 18  # of a terminal, for a student's folder or name
MIN_NAME_COLUMNS = 8


@dataclass(frozen=True)
class Column:
    """A column with its head of one or several lines, a cell a student, and its foot; `most` is its widest, 0 for
    whatever its cells need."""

    head: str
    cells: Sequence[Text]
    foot: str = ""
    right: bool = True
    bold: bool = False
    most: int = 0

    @property
    def width(self) -> int:
        """Its width in columns of a terminal, without the space behind it."""
        texts = [*self.head.split("\n"), self.foot, *(cell.plain for cell in self.cells)]
        widest = max(cell_len(text) for text in texts)
        return min(widest, self.most) if self.most else widest


def fitting(who: list[Column], tasks: list[Column], sums: list[Column], width: int) -> list[Column]:
    """The columns that fit into `width`: those of names are cut, down to MIN_NAME_COLUMNS; where that is not enough
    the second name is left out, then the tasks. The first column and the sums always stay."""
    for people, numbers in ((who, [*tasks, *sums]), (who[:1], [*tasks, *sums]), (who, sums)):
        room = width - sum(column.width + 1 for column in numbers)
        for most in range(MAX_NAME_COLUMNS, MIN_NAME_COLUMNS - 1, -1):
            cut = [replace(column, most=most) for column in people]
            if sum(column.width + 1 for column in cut) <= room:
                return [*cut, *numbers]
    return [replace(who[0], most=MIN_NAME_COLUMNS), *sums]
