"""The texts that a kernel has sent: a message of Python's, or of a library's, may hold one, in quotes or without.

    RuntimeError: Expected one of cpu, cuda device type at start of device string: WHAT THE STUDENT WROTE

No list of such messages is ever complete. What is kept here is whether a text came at all that is not the test's own.
"""

import re
from collections.abc import Collection

MAX_WORDS = 1_000
MAX_WORD_CHARS = 40
_NUMBER = re.compile(r"[+-]?[0-9][0-9.:+\-eET]{0,400}")  # as decimals, dates and times are written


class Texts:
    """Keeps what one notebook's kernels sent: single words, and whether there was any other text.

    The words of an error that a test catches count for that test cell.
    """

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._own: set[str] = set()
        self._more = self._error = False

    def begin_cell(self) -> None:
        """Before a test cell: no error of the student's has come in it."""
        self._error = False

    def expect(self, names: Collection[str]) -> None:
        """Take these for words of the tests: the notebook is asked what it has under these names."""
        self._own.update(names)

    def hear(self, text: object) -> None:
        """Take notice of a text, a name or a key that came."""
        text = str(text)
        if _NUMBER.fullmatch(text):
            return
        if len(text) <= MAX_WORD_CHARS and text.isidentifier() and len(self._words) < MAX_WORDS:
            self._words.add(text)
        else:
            self._more = True

    def hear_error(self) -> None:
        """Take notice of the words of an error."""
        self._error = True

    def within(self, known: Collection[str]) -> bool:
        """Return whether each text that came is one of these words."""
        return not (self._more or self._error) and (self._words - self._own).issubset(known)
