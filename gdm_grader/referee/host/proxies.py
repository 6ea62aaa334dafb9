"""Stand-ins that the tests meet in place of a student's objects and errors."""

import builtins
from functools import lru_cache
from typing import Any, Protocol

MAX_ERROR_CHARS = 4_000
KINDS = frozenset({"function", "type", "module", "method", "builtin_function_or_method", "partial"})  # else "object"


# Methods that are told what is expected, and say whether it is that: the answer would be the student's own word.
COMPARISONS = frozenset({"allclose", "equal", "equals", "eq", "isclose"})


class Asks(Protocol):
    """The questions that can be asked about an object of the kernel, by its place there."""

    compared: bool  # an object that equals nothing here was compared

    def attribute(self, target: list, name: str) -> Any:
        """Return an attribute of the object."""

    def call(self, target: list, arguments: tuple, named: dict[str, Any]) -> Any:
        """Return what the object gives back, called with these arguments."""


class StudentError(Exception):
    """An error that a student's function raised. `kind`: its type's name, `trace`: where, in the student's cells."""

    kind, trace = "Error", ""


@lru_cache(256)
def _type(kind: str) -> type[StudentError]:
    """An error that a test may catch by the built-in type's name."""
    built_in = getattr(builtins, kind, None)
    if isinstance(built_in, type) and issubclass(built_in, Exception) and not issubclass(built_in, OSError):
        try:
            return type(kind, (StudentError, built_in), {"kind": kind})
        except TypeError:
            pass
    return StudentError


def words_of(error: BaseException) -> tuple[str, str]:
    """The name of an error, also of a student's own type, and what it says."""
    return str(getattr(error, "kind", type(error).__name__)), str(error)[:MAX_ERROR_CHARS]


def error_of(kind: str, words: str, trace: str, base: str = "") -> StudentError:
    """Return what a student's function raised, as an error that a test may catch by its built-in type.

    `base` is that type where the error is of the student's own.
    """
    plain = words.encode("utf-8", "replace").decode()
    try:
        error = _type(base or kind)(plain)
    except Exception:
        error = StudentError(plain)
    error.kind, error.trace = (kind if kind.isidentifier() else "Error"), trace.encode("utf-8", "replace").decode()
    return error


def _refuse_comparison(remote: Asks, kind: str, name: str) -> None:
    """AttributeError for a method by which a student's object would say that it is what the test expects."""
    if name in COMPARISONS:
        remote.compared = True
        raise AttributeError(f"a {kind} of your notebook: {name} cannot be asked for, since it is no data")


class RemoteObject:
    """An object that stays in the kernel: its attributes are asked for, and it equals nothing."""

    def __init__(self, remote: Asks, place: list, kind: str) -> None:
        self.__dict__.update(_remote=remote, _place=place, _kind=kind)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"a {self._kind} of your notebook: {name} cannot be asked for")
        _refuse_comparison(self._remote, self._kind, name)
        return self._remote.attribute(self._place, name)

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {self._kind} of your notebook: {name} cannot be set")

    def __eq__(self, other: object) -> bool:
        if other is not None and not isinstance(other, RemoteObject):
            self._remote.compared = True
        return False

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<a {self._kind} of your notebook>"


class RemoteFunction(RemoteObject):
    """A function of the kernel: to call it is to ask."""

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self._remote.call(self._place, arguments, named)


class _Asked:
    """An object of the kernel beside its entries: it is asked for attributes that Python's own type does not have."""

    _place: list
    _remote: Asks

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"a {type(self).__name__} of your notebook: {name} cannot be asked for")
        _refuse_comparison(self._remote, type(self).__name__, name)
        return self._remote.attribute(self._place, name)


class RemoteList(_Asked, list):
    """The entries of an object of the kernel that unpacks, and the object."""


class RemoteDict(_Asked, dict):
    """The pairs of an object of the kernel that is a dict in all but its type, and the object."""


RemoteList.__name__, RemoteDict.__name__ = "list", "dict"  # as a message names them


def like(remote: Asks, place: list, plain: list | dict) -> RemoteList | RemoteDict:
    """Return what stands for an object of the student's that amounts to this list, or dict."""
    made = RemoteList(plain) if isinstance(plain, list) else RemoteDict(plain)
    made._remote, made._place = remote, place
    return made


def place_of(value: Any) -> list | None:
    """Return where in the kernel a proxy's object is; None for anything but a proxy."""
    if isinstance(value, RemoteObject):
        return value.__dict__["_place"]
    return value._place if isinstance(value, (RemoteList, RemoteDict)) else None


def remote_object(remote: Asks, place: list, kind: str, calls: bool) -> RemoteObject:
    """Return what stands for a student's object, under its type's name, as in "object of type 'Pair' has no len()"."""
    return renamed(RemoteFunction if calls else RemoteObject, kind)(remote, place, kind)


@lru_cache(256)
def renamed(base: type, kind: str) -> type:
    """Return a subclass under the name of the student's type, which a message may quote."""
    return type(kind if kind.isidentifier() else "object", (base,), {})
