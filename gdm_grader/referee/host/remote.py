"""The referee's end of the wire: stand-ins for a student's objects, and one autograd graph across two processes.

A tensor of the kernel that has a graph there is, here, the result of a `RemoteGradient` node; its backward asks the
kernel for the gradient with respect to what it was given. What a test passes as a function is evaluated here, on these
tensors, so that gradients compose and no backward has to call back.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from gdm_grader.referee.host.proxies import MAX_ERROR_CHARS, RemoteObject, error_of, stand_in
from gdm_grader.referee.protocol import Reader, Unreadable, Writer, frame, parse

CALLBACKS = 10_000  # calls of a test's own functions that one call of a student's may make
STALE = 100  # messages out of turn
Ask = Callable[[bytes], bytes]


class RemoteKernel:
    """The objects that one kernel and the tests know of each other; `ask` sends a frame and returns the next one."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.sent: dict[int, Any] = {}
        self.nodes: dict[int, torch.Tensor] = {}
        self.leaves: list[tuple[int, torch.Tensor]] = []
        self.mirroring, self.changed = True, False
        self._first = 1  # of the call that runs
        self._asked = self._count = 0

    def look(self, names: list[str]) -> dict[str, Any]:
        """What the notebook has under these names: data, or a stand-in."""
        return self._exchange({"op": "look", "names": names}, ToKernel(self))

    def seed(self, number: int) -> None:
        self._exchange({"op": "seed", "seed": number}, ToKernel(self))

    def call(self, target: list, arguments: tuple, named: dict[str, Any]) -> Any:
        return self._within(lambda writer: {"op": "call", "target": target, "args": writer.value(list(arguments)),
                                            "kwargs": writer.value(named), "grad": torch.is_grad_enabled()})

    def attribute(self, target: list, name: str) -> Any:
        return self._within(lambda writer: {"op": "attribute", "target": target, "name": name})

    def pull(self, tensor: int, leaves: list[tuple[int, torch.Tensor]], grad: torch.Tensor) -> list:
        writer = ToKernel(self)
        message = {"op": "pull", "tensor": tensor, "leaves": [number for number, _ in leaves],
                   "grad": ["tensor", writer.store(grad), self._number(grad), 0]}
        grads = self._exchange(message, writer)
        if not isinstance(grads, list) or len(grads) != len(leaves):
            raise Unreadable("a gradient of another form")
        return grads

    def _within(self, make: Callable[["ToKernel"], dict[str, Any]]) -> Any:
        """A call: its arguments are the leaves of its gradients, and what it may change."""
        outer, first, asked = self.leaves, self._first, self._asked
        self.leaves, self._first, self._asked = [], len(self.sent) + 1, 0
        try:
            writer = ToKernel(self)
            return self._exchange(make(writer), writer)
        finally:
            self.leaves, self._first, self._asked = outer, first, asked

    def _exchange(self, message: dict[str, Any], writer: Writer) -> Any:
        self._count += 1
        number = self._count
        while True:
            reply, tensors = self._reply(frame(message | {"n": number}, writer.tensors), number)
            reader = FromKernel(tensors, self)
            self._mirror(reply.get("changed"), reader)
            if reply.get("op") == "result":
                return reader.value(reply.get("value"))
            if reply.get("op") == "error":
                raise error_of(*(str(reply.get(key))[:MAX_ERROR_CHARS] for key in ("type", "message", "trace")))
            writer = ToKernel(self)
            message = self._answer(reply, reader, writer)

    def _reply(self, question: bytes, number: int) -> tuple[dict[str, Any], list[torch.Tensor]]:
        """The message that belongs to this question; a few that do not may have been left behind."""
        for _ in range(STALE):
            reply, tensors = parse(self._ask(question))
            if reply.get("n") == number:
                return reply, tensors
            question = b""
        raise Unreadable("answers to what was not asked")

    def _answer(self, question: dict[str, Any], reader: "FromKernel", writer: "ToKernel") -> dict[str, Any]:
        """The kernel asks for a value, or a gradient, of a function that the test passed."""
        self._asked += 1
        if self._asked > CALLBACKS:
            raise Unreadable(f"more than {CALLBACKS} calls of what it was given")
        try:
            if question.get("op") == "callback":
                value = self._evaluate(question, reader)
            elif question.get("op") == "pullback":
                value = self._pull_back(question, reader)
            else:
                raise Unreadable("a question of no known kind")
            return {"op": "return", "value": writer.value(value)}
        except Unreadable:
            raise
        except Exception as error:
            return {"op": "raise", "type": type(error).__name__, "message": str(error)[:MAX_ERROR_CHARS]}

    def _evaluate(self, question: dict[str, Any], reader: "FromKernel") -> Any:
        target = self.sent.get(question.get("target", 0))
        if not callable(target):
            raise Unreadable("a call of what is no function")
        arguments, named = reader.value(question.get("args")), reader.value(question.get("kwargs"))
        with torch.set_grad_enabled(question.get("grad") is True):
            return target(*arguments, **named)

    def _pull_back(self, question: dict[str, Any], reader: "FromKernel") -> list:
        results, inputs = self.sent[question["result"]], [self.known(*name) for name in question["inputs"]]
        return list(torch.autograd.grad(results, inputs, reader.value(question["seed"]), retain_graph=True,
                                        allow_unused=True))

    def known(self, kind: str, number: int) -> Any:
        return self.nodes[number] if kind == "kept" else self.sent[number]

    def _mirror(self, changed: Any, reader: "FromKernel") -> None:
        """What the student's code did to its arguments happens to the test's."""
        for (kind, number), node in changed if isinstance(changed, list) else ():
            if kind == "same" and number < self._first:
                raise Unreadable("a change of what this call was not given")
            if self.mirroring:
                self.changed = True
                _overwrite(self.known(kind, number), reader.value(node))

    def _number(self, value: Any) -> int:
        self.sent[len(self.sent) + 1] = value
        return len(self.sent)


class RemoteGradient(torch.autograd.Function):
    """A tensor of the kernel, as a function of what was passed to the kernel."""

    @staticmethod
    def forward(ctx: Any, remote: RemoteKernel, number: int, leaves: list, value: torch.Tensor, *tensors: torch.Tensor
                ) -> torch.Tensor:
        ctx.remote, ctx.number, ctx.leaves = remote, number, leaves
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple:
        return (None, None, None, None, *ctx.remote.pull(ctx.number, ctx.leaves, grad))


class ToKernel(Writer):
    """Data is numbered where it can be changed or has a gradient; a function is only ever a number."""

    def __init__(self, remote: RemoteKernel) -> None:
        super().__init__()
        self.remote = remote
        self._here: dict[int, int] = {}  # numbers in this message, by id: what is passed twice is one object there

    def own(self, value: Any, depth: int) -> Any:
        if isinstance(value, RemoteObject):
            return value.__dict__["_place"]
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
        raise TypeError(f"a test passes a {type(value).__name__}, which is neither data nor a function")

    def _new(self, value: Any) -> int:
        self._here[id(value)] = self.remote._number(value)
        return self._here[id(value)]


class FromKernel(Reader):
    """Data of the kernel; nothing in it can run, and what it says of itself is checked."""

    def __init__(self, tensors: list[torch.Tensor], remote: RemoteKernel) -> None:
        super().__init__(tensors)
        self.remote = remote

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        value = self.stored(body[0])
        if len(body) == 1:
            return value
        number, leaves = int(body[1]), list(self.remote.leaves)
        if body[2] is not True:
            self.remote.nodes[number] = value
            return value
        if not (value.is_floating_point() or value.is_complex()):
            raise Unreadable("a gradient of what is not a floating-point number")
        with torch.enable_grad():
            if leaves:
                inputs = [tensor for _, tensor in leaves]
                node = RemoteGradient.apply(self.remote, number, leaves, value, *inputs)
            else:
                node = value.requires_grad_()
        self.remote.nodes[number] = node
        return node

    def read_same(self, body: list, depth: int) -> Any:
        return self.remote.sent[body[0]]

    def read_opaque(self, body: list, depth: int) -> Any:
        number, kind, calls = body
        return stand_in(self.remote, ["kept", int(number)], str(kind)[:80], calls is True)


def _overwrite(value: Any, new: Any) -> None:
    if isinstance(value, SimpleNamespace):
        value, new = vars(value), vars(new)
    if type(value) is not type(new) and not isinstance(value, torch.Tensor):
        raise Unreadable("a change into another type")
    if isinstance(value, list):
        value[:] = new
    elif isinstance(value, dict):
        value.clear()
        value.update(new)
    elif isinstance(value, np.ndarray):
        value[...] = new
    elif isinstance(value, torch.Tensor) and isinstance(new, torch.Tensor):
        with torch.no_grad():
            if value.shape == new.shape and value.dtype == new.dtype:
                value.copy_(new)
            else:
                value.data = new
