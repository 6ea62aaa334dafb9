"""Python's own types that cross the wire as their parts, in one table: what goes as one of them comes back as that.

Each part is a value of the protocol. Sizes are bounded, so that nothing vast can be made of a few bytes. A path comes
as one that cannot be opened, a tuple with names as a tuple that knows its names.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath, PurePosixPath
from typing import Any

MAX_PARTS = 10_000  # of a range, a view or a deque
MAX_DECIMAL_CHARS = 400
MAX_DECIMAL_EXPONENT = 1_000  # either way: int() of a larger one takes longer than anybody waits
MAX_FIELDS = 100
CHAR_BYTES = 4  # of NumPy's texts


class Named(tuple):
    """A tuple whose entries have names, too, as a named tuple's of the student's."""

    fields: tuple[str, ...]

    def __new__(cls, fields: Sequence[str], entries: Sequence[Any]) -> "Named":
        made = super().__new__(cls, entries)
        made.fields = tuple(fields)
        return made

    def __getattr__(self, name: str) -> Any:
        if name in self.fields:
            return self[self.fields.index(name)]
        raise AttributeError(f"a tuple whose entries have names has no attribute {name!r}")  # the student's names


@dataclass(frozen=True)
class DataType:
    """One type: how it comes apart, and how it is made of its parts; an error of either says that it cannot cross."""

    kind: type | tuple[type, ...]
    parts: Callable[[Any], Sequence[Any]]
    made: Callable[..., Any]


def parts_of(value: Any) -> tuple[str, list[Any]] | None:
    """Return the name of a value's type in the table, and its parts; None for what is in no such form."""
    for name, known in DATA_TYPES.items():
        if isinstance(value, known.kind):
            try:
                parts = list(known.parts(value))
                known.made(*parts)
            except Exception:  # such as a date that does not exist, or a number that is too long
                return None
            return name, parts
    return None


def made_of(name: str, parts: list[Any]) -> Any:
    """Return the value of these parts; an error of any kind if there is none."""
    return DATA_TYPES[name].made(*parts)


def fields_of(value: tuple) -> tuple[str, ...]:
    """Return the names of a tuple's entries: of a named tuple's, or of what functions of torch return; else none."""
    if isinstance(value, Named):
        return value.fields
    found: Any = getattr(value, "_fields", None) or getattr(type(value), "__match_args__", ())
    return tuple(found) if len(found) == len(value) and all(isinstance(name, str) for name in found) else ()


def _named(fields: Any, *entries: Any) -> Named:
    if not (isinstance(fields, tuple) and len(fields) == len(entries) <= MAX_FIELDS):
        raise ValueError("names of another number")
    if not all(isinstance(name, str) and name.isidentifier() and not name.startswith("_") for name in fields):
        raise ValueError("names of another form")
    return Named(fields, entries)


def _range(start: int, stop: int, step: int) -> range:
    made = range(start, stop, step)
    if made and abs((made[-1] - made[0]) // step) >= MAX_PARTS:
        raise ValueError("a longer range")
    return made


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DECIMAL_CHARS:
        raise ValueError("a longer number")
    made = Decimal(text)
    if made.is_snan() or (made.is_finite() and abs(made.adjusted()) > MAX_DECIMAL_EXPONENT):
        raise ValueError("a number of another size")
    return made


def _few(entries: Sequence[Any]) -> Sequence[Any]:
    if len(entries) > MAX_PARTS:
        raise ValueError("more entries")
    return entries


def _span(days: int, seconds: int, microseconds: int) -> timedelta:
    return timedelta(days, seconds, microseconds)


# A datetime is a date, too: the first that fits is taken.
DATA_TYPES = {
    "range": DataType(range, lambda value: (value.start, value.stop, value.step), _range),
    "bytes": DataType((bytes, bytearray), lambda value: (bytes(value).decode("latin-1"),),
                      lambda text: text.encode("latin-1")),
    "keys": DataType(type({}.keys()), list, lambda *entries: dict.fromkeys(_few(entries)).keys()),
    "values": DataType(type({}.values()), list, lambda *entries: dict(enumerate(_few(entries))).values()),
    "items": DataType(type({}.items()), list, lambda *entries: dict(_few(entries)).items()),
    "deque": DataType(deque, lambda value: (value.maxlen, *value),
                      lambda most, *entries: deque(_few(entries), most)),
    "slice": DataType(slice, lambda value: (value.start, value.stop, value.step), slice),
    "fraction": DataType(Fraction, lambda value: (value.numerator, value.denominator), Fraction),
    "decimal": DataType(Decimal, lambda value: (str(value),), _decimal),
    "datetime": DataType(datetime, lambda value: (value.isoformat(),), datetime.fromisoformat),
    "date": DataType(date, lambda value: (value.isoformat(),), date.fromisoformat),
    "time": DataType(time, lambda value: (value.isoformat(),), time.fromisoformat),
    "span": DataType(timedelta, lambda value: (value.days, value.seconds, value.microseconds), _span),
    "path": DataType(PurePath, lambda value: (str(value),), PurePosixPath),
    "named": DataType(tuple, lambda value: (fields_of(value), *value), _named),
}
