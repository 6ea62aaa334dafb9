"""A file's name as it was meant: without what platforms, browsers and editors put around one that is taken."""

import re

MAX_COUNTED_DIGITS = 18  # of a number in a file's name; longer ones count nothing
ENDING = re.compile(r"\.ipynb(\.(txt|json))?$|\.json$", re.IGNORECASE)
SIGNS = "(?<![-_ ])[-_ ]*+"  # all that stand in a row: begun at each of them, a search takes the square of their number
# What platforms, browsers and editors put behind or before a name that is taken.
AGAIN = re.compile(rf"(?:{SIGNS}\((?P<browser>\d+)\)|-(?P<platform>\d+))$")
COPY = re.compile(rf"{SIGNS}(?:copy|kopie|copie|copia)[-_ ]*\d*$|^(?:copy of|kopie von|copie de|copia de) ",
                  re.IGNORECASE)


def meant(filename: str) -> str:
    """Return a file's name as it was meant: without its ending and what was put behind a name that was taken."""
    return COPY.sub("", AGAIN.sub("", COPY.sub("", ENDING.sub("", filename))))


def number_in(digits: str) -> int:
    """Return the number that these digits of a file's name are; 0 where they are too many to count anything."""
    return int(digits) if len(digits) <= MAX_COUNTED_DIGITS else 0
