"""Inside the kernel: how values go to the referee and come from it."""

import threading
from collections import UserString
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from fractions import Fraction
from itertools import islice
from numbers import Integral, Rational, Real
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from gdm_grader.referee.protocol import MAX_FRAME_BYTES, MAX_VALUES, refuse_vast
from gdm_grader.referee.reader import Reader
from gdm_grader.referee.refusals import TRANSFORMED
from gdm_grader.referee.writer import Writer

MAX_LOOKED_UP_BYTES = MAX_FRAME_BYTES // 2  # of tensors under all names together; the frame holds text, too


class Objects(Protocol):
    """The server as the classes below use it: the objects that went over the wire, and a way to ask the referee."""

    sent: dict[int, Any]
    known: dict[int, tuple[int, Any, bool]]
    kept: dict[int, Any]
    cut: bool
    turn: threading.RLock  # held from the writing of a question to its reply

    def ask(self, message: dict[str, Any], writer: "ToReferee") -> Any:
        """Send a question from within a call, and return the referee's reply."""

    def remember(self, number: int, value: Any) -> None:
        """Keep what the referee passed, and watch it for changes."""

    def watch(self, name: list, value: Any) -> None:
        """Tell the referee, by this name, when the value changed."""


class ToReferee(Writer):
    """Writes values for the referee: what came from there goes back as itself, anything but data as a number.

    `asking`: for a function of the referee's, which may keep the tensors, so that later changes concern it.
    """

    def __init__(self, server: Objects, asking: bool = False) -> None:
        super().__init__()
        self.server, self.asking = server, asking
        self.inputs: list[tuple[list, torch.Tensor]] = []  # tensors with a gradient, and how the referee knows them

    def own(self, value: Any, depth: int) -> Any:
        """Return the name of what the referee passed, or the form of a tensor that is kept here; else None."""
        number, known, gradient = self.server.known.get(id(value), (0, None, False))
        needs = isinstance(value, torch.Tensor) and value.requires_grad
        if known is value and value is not None and gradient == needs:
            node = ["same", number]
        elif needs or (self.asking and isinstance(value, torch.Tensor)):
            node = ["tensor", self.store(value), self.keep(value), needs]
        else:
            return None
        name = node if node[0] == "same" else ["kept", node[2]]
        if needs:
            self.inputs.append((name, value))
        if self.asking and name[0] == "kept":
            self.server.watch(name, value)
        return node

    def other(self, value: Any) -> Any:
        """Return the form of the plain value that an object amounts to, and a proxy's where there is none.

        A list or a dict of the student's own kind can still be asked for what it has besides its entries.
        """
        stored, count = len(self.tensors), self._count
        try:
            plain = plainly(value)
            if plain is value:
                return self.opaque(value)
            node = self.data(plain, 1)
            return ["like", self.keep(value), node] if type(plain) in (list, dict) else node
        except Exception:  # an object of the student's may raise anything when it is asked for its entries
            del self.tensors[stored:]
            self._count = count
            return self.opaque(value)

    def opaque(self, value: Any) -> list:
        """Return the form of an object that stays here."""
        return ["opaque", self.keep(value), type(value).__name__, callable(value)]

    def keep(self, value: Any) -> int:
        """Keep what the referee gets a proxy of, and return its number."""
        self.server.kept[len(self.server.kept) + 1] = value
        return len(self.server.kept)


class _ReadBack(Reader):
    """Reads a node as the referee will, which takes less than can be written; proxies it takes as they are."""

    def __init__(self, tensors: list[torch.Tensor]) -> None:
        super().__init__(tensors)
        self.forms |= dict.fromkeys(("opaque", "same"), lambda body, depth: None)
        self.forms["like"] = lambda body, depth: self.value(body[1], depth)

    def stored(self, number: Any) -> torch.Tensor:
        """Return the tensor of this place; Unreadable for one that no frame may hold."""
        tensor = super().stored(number)
        refuse_vast(tensor)
        return tensor


class LookedUp(ToReferee):
    """Writes what the notebook has under the names that tests read.

    What cannot be sent as data, such as an array of objects, goes as a proxy: it costs the tests that use it, and
    the others read their own names.
    """

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return the JSON of the dict of names, in which a value that cannot be sent has a proxy's form."""
        if depth != 1:  # the dict of names is at depth 0, what they stand for at 1
            return super().value(value, depth)
        stored, count = len(self.tensors), self._count
        try:
            node = super().value(value, depth)
            _ReadBack(self.tensors).value(node, depth)
            if sum(tensor.nbytes for tensor in self.tensors) <= MAX_LOOKED_UP_BYTES:
                return node
        except Exception:  # an object of the student's may raise anything when it is asked for its entries
            pass
        del self.tensors[stored:]
        self._count = count
        return self.opaque(value)


def plainly(value: Any) -> Any:
    """Return the number, text, array, dict, set or list that an object stands for in all but its type; else itself.

    A table of pandas' is an array, a number of SymPy's a number, an object of the student's that unpacks a list.
    """
    if callable(value) and not isinstance(value, torch.nn.ParameterList):
        return value
    for kind, plain in _PLAIN_NUMBERS:
        if isinstance(value, kind):
            return plain(value)
    for kind, plain in _COLLECTIONS:
        if isinstance(value, kind):
            return plain(value)
    if hasattr(type(value), "__array__"):
        return np.asarray(value)
    if isinstance(value, Iterable) or (hasattr(type(value), "__len__") and hasattr(type(value), "__getitem__")):
        return list(islice(value, MAX_VALUES))
    return value


# By the abstract type that says it; the first that fits is taken.
_Plain = tuple[type, Callable[[Any], Any]]
_PLAIN_NUMBERS: tuple[_Plain, ...] = (
    (Integral, int), (Rational, lambda value: Fraction(int(value.numerator), int(value.denominator))), (Real, float))
_COLLECTIONS: tuple[_Plain, ...] = ((Mapping, dict), (Set, set), (UserString, str))


class FromReferee(Reader):
    """Numbered values are remembered; a function becomes a proxy.

    `inputs`: what a function of the referee's was given; its results then have a gradient with respect to these.
    """

    def __init__(self, tensors: list[torch.Tensor], server: Objects,
                 inputs: Sequence[tuple[list, torch.Tensor]] = ()) -> None:
        super().__init__(tensors)
        self.server, self.inputs = server, inputs
        self.forms |= {"tensor": self.read_tensor, "numbered": self.read_numbered, "again": self.read_again,
                       "function": self.read_function, "kept": self.read_kept}

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        """The form `tensor`: a place, a number, and 0, "leaf" or "inside" a graph; it is remembered by its number."""
        place, number, gradient = body
        tensor = self.stored(place)
        if gradient:
            tensor.requires_grad_()
            if self.inputs:
                names, inputs = zip(*self.inputs, strict=True)
                tensor = _Question.apply(self.server, number, names, tensor, *inputs)
            elif gradient == "inside":
                tensor = tensor.clone()
        self.server.remember(number, tensor)
        return tensor

    def read_numbered(self, body: list, depth: int) -> Any:
        """The form `numbered`: a number and a value, which is remembered by it."""
        number, node = body
        value = self.value(node, depth)
        self.server.remember(number, value)
        return value

    def read_again(self, body: list, depth: int) -> Any:
        """The form `again`: the number of what stands in this message already."""
        return self.server.sent[body[0]]

    def read_function(self, body: list, depth: int) -> Any:
        """The form `function`: a number and a name; the proxy that is returned asks the referee at each call."""
        number, name = body
        server = self.server

        def function(*arguments: Any, **named: Any) -> Any:
            """Ask the referee to call the test's function."""
            _refuse_transformed([*arguments, *named.values()])
            with server.turn:
                writer = ToReferee(server, asking=True)
                return server.ask({"op": "callback", "target": number, "args": writer.value(list(arguments)),
                                   "kwargs": writer.value(named), "grad": torch.is_grad_enabled()}, writer)

        function.__name__ = function.__qualname__ = name
        server.sent[number] = function
        server.known[id(function)] = (number, function, False)
        return function

    def read_kept(self, body: list, depth: int) -> Any:
        """The form `kept`: the number of an object that this process has."""
        return self.server.kept[body[0]]


class _Question(torch.autograd.Function):
    """The value of a function of the referee's. A student's own backward asks the referee for its gradient."""

    @staticmethod
    def forward(ctx: Any, server: Objects, number: int, names: tuple, value: torch.Tensor, *inputs: torch.Tensor
                ) -> torch.Tensor:
        """Return the value as a tensor of its own; the rest is kept for `backward`."""
        ctx.server, ctx.number, ctx.names = server, number, names
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple:
        """Ask the referee for the gradients; none is given where the referee composes the gradient itself."""
        nothing = (None,) * 4
        if ctx.server.cut:  # the referee composes the gradient itself
            return (*nothing, *(None for _ in ctx.names))
        with ctx.server.turn:
            writer = ToReferee(ctx.server)
            return (*nothing, *ctx.server.ask({"op": "pullback", "result": ctx.number, "inputs": list(ctx.names),
                                               "seed": writer.value(grad)}, writer))


def _is_transformed(tensor: torch.Tensor) -> bool:
    """Return True for a tensor of torch.func, which stands for others and has no storage of its own."""
    if tensor.layout is not torch.strided:
        return False
    try:
        tensor.untyped_storage()
    except NotImplementedError:
        return True
    return False


def _refuse_transformed(values: Iterable[Any]) -> None:
    """RuntimeError for a tensor of torch.func: what it stands for cannot go to another process."""
    for value in values:
        if isinstance(value, torch.Tensor) and _is_transformed(value):
            raise RuntimeError(TRANSFORMED)


def notebook_namespace() -> dict[str, Any]:
    """Return the namespace in which the notebook's cells run."""
    from IPython.core.getipython import get_ipython

    return get_ipython().user_ns  # type: ignore[union-attr]


def snapshot(value: Any) -> Any:
    """Return a copy to compare with later: a tensor's without its graph, a container's with the same entries."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, SimpleNamespace):
        return dict(vars(value))
    return value.copy()


def same(before: Any, now: Any) -> bool:
    """Compare two snapshots: tensors and arrays by content, NaN like NaN; containers by which objects they hold."""
    if isinstance(before, torch.Tensor):
        alike = before.shape == now.shape and before.dtype == now.dtype
        return alike and (torch.equal(before, now) or bool(((before == now) | (before != before) & (now != now)).all()))
    if isinstance(before, np.ndarray):
        return before.shape == now.shape and before.dtype == now.dtype and before.tobytes() == now.tobytes()
    if isinstance(before, dict):
        return before.keys() == now.keys() and all(before[key] is now[key] for key in before)
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))
