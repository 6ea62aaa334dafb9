"""The referee's end of the wire: proxies of a student's objects, and one autograd graph across two processes.

A tensor of the kernel that has a graph there is, here, the result of a `RemoteGradient` node; its backward asks the
kernel for the gradient with respect to what it was given. What a test passes as a function is evaluated here, on these
tensors, so that gradients compose and no backward has to call back.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from gdm_grader.referee.host import mirror
from gdm_grader.referee.host.callbacks import Callbacks
from gdm_grader.referee.host.gradient import RemoteGradient
from gdm_grader.referee.host.proxies import KINDS, MAX_ERROR_CHARS, error_of, like, place_of, remote_object
from gdm_grader.referee.host.texts import Texts
from gdm_grader.referee.protocol import Unreadable, frame, parse
from gdm_grader.referee.reader import Reader
from gdm_grader.referee.writer import Writer

MAX_CALLBACKS = 10_000  # calls of a test's own functions that one call of a student's may make
MAX_STALE = 100  # messages out of turn
MAX_HELD_BYTES = 256 << 20  # of tensors that one test cell keeps for the kernel
Ask = Callable[[bytes], bytes]


class RemoteKernel:
    """The objects that one kernel and the tests know of each other; `ask` sends a frame and returns the next one."""

    def __init__(self, ask: Ask, texts: Texts | None = None) -> None:
        self._ask, self.texts = ask, texts or Texts()
        self.sent: dict[int, Any] = {}
        self.nodes: dict[int, torch.Tensor] = {}
        self.leaves: list[tuple[int, torch.Tensor]] = []
        self.mirroring, self.changed, self.compared = True, False, False
        self._callbacks = Callbacks(self._hold)
        self._arguments: set[int] = set()  # of the call that runs: what the student's code may change
        self._results: set[int] = set()  # of the test's functions in that call: changes of these concern nobody
        self._new: set[int] = set()  # what the message that is written passes
        self._last = self._depth = self._held = 0  # number; calls within calls; bytes
        self._asked = self._count = 0

    def begin_cell(self) -> None:
        """Before a test cell: let go of the data of those before it. Functions stay, a closure may call them."""
        self.sent = {number: value for number, value in self.sent.items() if not isinstance(value, mirror.MUTABLE)}
        self.nodes.clear()
        self._callbacks.clear()
        self._held = 0
        self.compared = False
        self.texts.begin_cell()

    def look(self, names: list[str]) -> dict[str, Any]:
        """Return what the notebook has under these names, as data or as a proxy."""
        return self.say("look", names=names)

    def call(self, target: list, arguments: tuple, named: dict[str, Any]) -> Any:
        """Call a function of the kernel's."""
        return self._within(lambda writer: {"op": "call", "target": target, "args": writer.value(list(arguments)),
                                            "kwargs": writer.value(named), "grad": torch.is_grad_enabled()})

    def attribute(self, target: list, name: str) -> Any:
        """Ask for an attribute of an object of the kernel's."""
        return self._within(lambda writer: {"op": "attribute", "target": target, "name": name})

    def say(self, op: str, **keys: Any) -> Any:
        """Send a message that passes no object, and return its result."""
        return self._exchange({"op": op, **keys}, ToKernel(self))

    def pull(self, tensor: int, leaves: list[tuple[int, torch.Tensor]], grad: torch.Tensor) -> list:
        """The gradient of a tensor of the kernel's with respect to what was passed: a tensor or None for each leaf."""
        writer = ToKernel(self)
        number = self.number(grad)
        self._results.add(number)
        message = {"op": "pull", "tensor": tensor, "leaves": [place for place, _ in leaves],
                   "grad": ["tensor", writer.store(grad), number, 0]}
        grads = self._exchange(message, writer)
        if not isinstance(grads, list) or len(grads) != len(leaves):
            raise Unreadable("a gradient of another form")
        for found, (_, leaf) in zip(grads, leaves, strict=True):
            if found is not None and (type(found) is not torch.Tensor or found.shape != leaf.shape):
                raise Unreadable("a gradient of another form")
        return grads

    def _within(self, make: Callable[["ToKernel"], dict[str, Any]]) -> Any:
        """A call: its arguments are the leaves of its gradients, and what it may change."""
        outer = self.leaves, self._arguments, self._results, self._asked
        self.leaves, self._results, self._asked, self._new = [], set(), 0, set()
        self._depth += 1
        try:
            writer = ToKernel(self)
            message = make(writer)
            self._arguments = self._new
            return self._exchange(message, writer)
        finally:
            self.leaves, self._arguments, self._results, self._asked = outer
            self._depth -= 1
            if not self._depth:
                self.nodes.clear()
                self._callbacks.clear()

    def _exchange(self, message: dict[str, Any], writer: Writer) -> Any:
        """Ask, and answer the kernel's own questions until the result comes; StudentError if an error came."""
        self._count += 1
        number = self._count
        while True:
            reply, tensors = self._reply(frame(message | {"n": number}, writer.tensors), number)
            reader = FromKernel(tensors, self)
            self._mirror(reply, reader)
            if reply.get("op") == "result":
                return reader.value(reply.get("value"))
            if reply.get("op") == "error":
                self.texts.hear_error()
                keys = ("type", "message", "trace", "base")
                raise error_of(*(str(reply.get(key))[:MAX_ERROR_CHARS] for key in keys))
            writer = ToKernel(self)
            message = self._answer(reply, reader, writer)

    def _reply(self, question: bytes, number: int) -> tuple[dict[str, Any], list[torch.Tensor]]:
        """The message that belongs to this question; a few that do not may have been left behind."""
        for _ in range(MAX_STALE):
            reply, tensors = parse(self._ask(question))
            if reply.get("n") == number:
                return reply, tensors
            question = b""
        raise Unreadable("answers to what was not asked")

    def _answer(self, question: dict[str, Any], reader: "FromKernel", writer: "ToKernel") -> dict[str, Any]:
        """The kernel asks for a value, or a gradient, of a function that the test passed."""
        self._asked += 1
        if self._asked > MAX_CALLBACKS:
            raise Unreadable(f"more than {MAX_CALLBACKS} calls of what it was given")
        self._new = set()
        try:
            if question.get("op") == "callback":
                value = self._evaluate(question, reader)
            elif question.get("op") == "pullback":
                value = self._pull_back(question, reader)
            else:
                raise Unreadable("a question of no known kind")
            answer = {"op": "return", "value": writer.value(value)}
            self._hold(writer.tensors)
            self._results |= self._new
            return answer
        except Unreadable:
            raise
        except Exception as error:
            return {"op": "raise", "type": type(error).__name__, "message": str(error)[:MAX_ERROR_CHARS]}

    def _evaluate(self, question: dict[str, Any], reader: "FromKernel") -> Any:
        target = question.get("target")
        function = self.sent.get(target) if type(target) is int else None
        if not callable(function):
            raise Unreadable("a call of what is no function")
        arguments, named = reader.value(question.get("args")), reader.value(question.get("kwargs"))
        return self._callbacks.call(function, arguments, named, question.get("grad") is True)

    def _pull_back(self, question: dict[str, Any], reader: "FromKernel") -> list:
        names, grad = question.get("inputs"), reader.value(question.get("seed"))
        if not isinstance(names, list) or not isinstance(grad, torch.Tensor):
            raise Unreadable("a gradient of another form")
        inputs = []
        for name in names:
            if not (isinstance(name, list) and len(name) == 2):
                raise Unreadable("a gradient of another form")
            inputs.append(self.known(*name))
        results = self.known("same", question.get("result"))
        return list(torch.autograd.grad(results, inputs, grad, retain_graph=True, allow_unused=True))

    def known(self, kind: Any, number: Any) -> torch.Tensor:
        """The tensor that the kernel calls by this name; Unreadable if there is none."""
        place: Any = {"kept": self.nodes, "same": self.sent}.get(kind)
        value = place.get(number) if place is not None and type(number) is int else None
        if not isinstance(value, torch.Tensor):
            raise Unreadable("a tensor that was never passed")
        return value

    def keep(self, number: Any, node: torch.Tensor) -> None:
        """Remember a tensor of the kernel's by the number that it has there, until the call is over."""
        if type(number) is not int or number in self.nodes:
            raise Unreadable("a tensor of a number that is taken")
        self._hold([node])
        self.nodes[number] = node

    def _hold(self, tensors: list[torch.Tensor]) -> None:
        self._held += sum(tensor.numel() * tensor.element_size() for tensor in tensors)
        if self._held > MAX_HELD_BYTES:
            raise Unreadable(f"more than {MAX_HELD_BYTES >> 20} MB in one test")

    def _mirror(self, reply: dict[str, Any], reader: "FromKernel") -> None:
        """Repeat on the test's arguments what the student's code did to them; Unreadable if it names anything else."""
        for kind, number, node in mirror.changes(reply.get("changed")):
            if kind == "kept":
                if number not in self.nodes:
                    raise Unreadable("a change of what was never passed")
                self._callbacks.outdate(self.nodes[number])
            elif number in self._arguments:
                self._callbacks.outdate(self.sent[number])
                if self.mirroring:
                    self.changed = True
                    mirror.overwrite(self.sent[number], reader.value(node))
            elif number not in self._results:
                raise Unreadable("a change of what this call was not given")

    def number(self, value: Any) -> int:
        """Remember what is passed to the kernel, and return the number that it has there."""
        self._last += 1
        self.sent[self._last] = value
        if isinstance(value, mirror.MUTABLE):
            self._new.add(self._last)
        return self._last


class ToKernel(Writer):
    """Data is numbered where it can be changed or has a gradient; a function is only ever a number."""

    def __init__(self, remote: RemoteKernel) -> None:
        super().__init__()
        self.remote = remote
        self._here: dict[int, int] = {}  # numbers in this message, by id: what is passed twice is one object there

    def own(self, value: Any, depth: int) -> Any:
        """Return a proxy's place, or the form of what is numbered (tensor, container, function); else None."""
        place = place_of(value)
        if place is not None:
            return place
        if id(value) in self._here:
            return ["again", self._here[id(value)]]
        if isinstance(value, torch.Tensor):
            number = self._new(value)
            if value.requires_grad:
                self.remote.leaves.append((number, value))
            how = 0 if not value.requires_grad else "leaf" if value.is_leaf else "inside"
            return ["tensor", self.store(value), number, how]
        if type(value) in (list, dict, SimpleNamespace, np.ndarray):
            return ["numbered", self._new(value), self.data(value, depth)]
        if callable(value):
            return ["function", self._new(value), str(getattr(value, "__name__", "function"))]
        return None

    def other(self, value: Any) -> Any:
        """Refuse what is neither data nor a function, by a TypeError: the test is at fault."""
        raise TypeError(f"a test passes a {type(value).__name__}, which is neither data nor a function")

    def _new(self, value: Any) -> int:
        self._here[id(value)] = self.remote.number(value)
        return self._here[id(value)]


class FromKernel(Reader):
    """Data of the kernel; nothing in it can run, and what it says of itself is checked."""

    def __init__(self, tensors: list[torch.Tensor], remote: RemoteKernel) -> None:
        super().__init__(tensors, remote.texts.hear)
        self.remote = remote
        self.forms |= {"tensor": self.read_tensor, "same": self.read_same, "opaque": self.read_opaque,
                       "like": self.read_like}

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        """The form `tensor`: a place and, where it is numbered, its number and whether it has a graph there."""
        value = self.stored(body[0])
        if len(body) == 1:
            return value
        number, leaves = body[1], list(self.remote.leaves)
        if body[2] is not True:
            self.remote.keep(number, value)
            return value
        if not (value.is_floating_point() or value.is_complex()):
            raise Unreadable("a gradient of what is not a floating-point number")
        with torch.enable_grad():
            if leaves:
                node = RemoteGradient.apply(self.remote, number, leaves, value, *(tensor for _, tensor in leaves))
            else:
                node = value.requires_grad_()
        self.remote.keep(number, node)
        return node

    def read_same(self, body: list, depth: int) -> Any:
        """The form `same`: the number of what was passed to the kernel; that object itself is returned."""
        number, = body
        if type(number) is not int or number not in self.remote.sent:
            raise Unreadable("an object that was never passed")
        return self.remote.sent[number]

    def read_opaque(self, body: list, depth: int) -> Any:
        """The form `opaque`: a number, a type and whether it can be called; a proxy is returned."""
        number, kind, calls = body
        if type(number) is not int:
            raise Unreadable("an object of no number")
        return remote_object(self.remote, ["kept", number], kind if kind in KINDS else "object", calls is True)

    def read_like(self, body: list, depth: int) -> Any:
        """The form `like`: a number, and the list or dict that the object amounts to."""
        number, node = body
        plain = self.value(node, depth)
        if type(number) is not int or type(plain) not in (list, dict):
            raise Unreadable("an object of no number")
        return like(self.remote, ["kept", number], plain)
