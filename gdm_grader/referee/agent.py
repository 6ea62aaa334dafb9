"""The kernel's end of the wire: it calls the student's functions with the data that comes, and sends data back.

The student's code can change all of this, since it runs in the same process. Nothing that the agent says is believed
for that: to the referee its words are the student's answer. What the tests pass as functions stays with the referee;
here it is a stand-in that asks over the wire.
"""

import importlib
import os
import random
import signal
import sys
import traceback
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from gdm_grader.referee.wire import Reader, Writer, frame, parse, size_of

TRACE = 4000  # characters of a traceback
Message = dict[str, Any]


class Agent:
    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.buffer = b""
        self.sent: dict[int, Any] = {}  # what the referee passed, by its number
        self.known: dict[int, tuple[int, Any, bool]] = {}  # the same by id, and whether it required a gradient
        self.kept: dict[int, Any] = {}  # what the referee has a stand-in of: objects, and tensors with a graph
        self.watched: list[tuple[list, Any, Any]] = []  # what both ends know and can change here, as it was
        self.cut = False
        self.number: Any = None  # of the question that is being answered
        self.process = os.getpid()

    def serve(self) -> None:
        """Answer until the referee says that it is done. Between two answers an interrupt means nothing."""
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            while self.answer(*self.receive()):
                pass
        finally:
            signal.signal(signal.SIGINT, handler)

    def receive(self) -> tuple[Message, list[torch.Tensor]]:
        while not (size := size_of(self.buffer)) or len(self.buffer) < size:
            data = os.read(self.descriptor, 1 << 20)
            if not data:
                os._exit(0)
            self.buffer += data
        whole, self.buffer = self.buffer[:size], self.buffer[size:]
        return parse(whole)

    def send(self, message: Message, writer: "ToReferee") -> None:
        if os.getpid() != self.process:
            os._exit(0)  # a fork of the student's: only one may answer
        message |= {"changed": list(self.changes(writer)), "n": self.number}
        data = memoryview(frame(message, writer.tensors))
        while data:
            data = data[os.write(self.descriptor, data):]

    def answer(self, message: Message, tensors: list[torch.Tensor]) -> bool:
        before, outer = len(self.watched), self.number
        self.number = message.get("n")
        reader, writer = FromReferee(tensors, self), ToReferee(self)
        reply: Message = {"op": "result"}
        try:
            do = getattr(self, f"do_{message['op']}", None)
            if do is None:
                return message["op"] != "end"
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                value = do(message, reader)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            self.send(reply | {"value": writer.value(value)}, writer)
        except BaseException as error:
            reply |= {"op": "error", "type": type(error).__name__, "message": _words(error), "trace": _trace(error)}
            self.send(reply, ToReferee(self))
        finally:
            del self.watched[before:]
            self.number = outer
        return True

    def do_seed(self, message: Message, reader: Reader) -> None:
        seed(message["seed"])

    def do_call(self, message: Message, reader: Reader) -> Any:
        target = reader.value(message["target"])
        arguments, named = reader.value(message["args"]), reader.value(message["kwargs"])
        with torch.set_grad_enabled(message["grad"]):
            return target(*arguments, **named)

    def do_attribute(self, message: Message, reader: Reader) -> Any:
        return getattr(reader.value(message["target"]), message["name"])

    def do_look(self, message: Message, reader: Reader) -> Any:
        """What each of these names is: data, or something that stays here; left out where there is no such name."""
        space = _notebook()
        return {name: space[name] for name in message["names"] if name in space}

    def do_pull(self, message: Message, reader: Reader) -> list[torch.Tensor | None]:
        """The gradient of a tensor with respect to what the referee passed, as if that were leaves of the graph."""
        leaves = [self.sent[number] for number in message["leaves"]]
        self.cut = True
        try:
            return list(torch.autograd.grad(self.kept[message["tensor"]], leaves, reader.value(message["grad"]),
                                            allow_unused=True, retain_graph=True))
        finally:
            self.cut = False

    def ask(self, message: Message, writer: "ToReferee") -> Any:
        """A question to the referee from within a call; its own questions may come before the reply."""
        self.send(message, writer)
        while True:
            reply, tensors = self.receive()
            if reply["op"] == "return":
                return FromReferee(tensors, self, writer.inputs).value(reply["value"])
            if reply["op"] == "raise":
                raise _error(reply["type"], reply["message"])
            self.answer(reply, tensors)

    def changes(self, writer: "ToReferee") -> Any:
        for place, (name, value, before) in enumerate(self.watched):
            now = _snapshot(value)
            if not _same(before, now):
                self.watched[place] = (name, value, now)
                yield [name, writer.data(value, 0)]

    def remember(self, number: int, value: Any) -> None:
        self.sent[number] = value
        self.known[id(value)] = (number, value, getattr(value, "requires_grad", False))
        self.watch(["same", number], value)

    def watch(self, name: list, value: Any) -> None:
        self.watched.append((name, value, _snapshot(value)))


class ToReferee(Writer):
    """What came from the referee goes back as itself, what is no data as a number.

    `asking`: for a function of the referee's, which may keep the tensors, so that later changes concern it.
    """

    def __init__(self, agent: Agent, asking: bool = False) -> None:
        super().__init__()
        self.agent, self.asking = agent, asking
        self.inputs: list[tuple[list, torch.Tensor]] = []  # tensors with a gradient, and how the referee knows them

    def own(self, value: Any, depth: int) -> Any:
        number, known, gradient = self.agent.known.get(id(value), (0, None, False))
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
            self.agent.watch(name, value)
        return node

    def other(self, value: Any) -> Any:
        return ["opaque", self.keep(value), type(value).__name__, callable(value)]

    def keep(self, value: Any) -> int:
        self.agent.kept[len(self.agent.kept) + 1] = value
        return len(self.agent.kept)


class FromReferee(Reader):
    """Numbered values are remembered; a function becomes a stand-in.

    `inputs`: what a function of the referee's was given; its results then have a gradient with respect to these.
    """

    def __init__(self, tensors: list[torch.Tensor], agent: Agent, inputs: list[tuple[list, torch.Tensor]] | None = None
                 ) -> None:
        super().__init__(tensors)
        self.agent, self.inputs = agent, inputs or []

    def read_tensor(self, body: list, depth: int) -> torch.Tensor:
        place, number, gradient = body
        tensor = self.stored(place)
        if gradient:
            tensor.requires_grad_()
            if self.inputs:
                names, inputs = zip(*self.inputs, strict=True)
                tensor = _Question.apply(self.agent, number, names, tensor, *inputs)
            elif gradient == "inside":
                tensor = tensor.clone()
        self.agent.remember(number, tensor)
        return tensor

    def read_numbered(self, body: list, depth: int) -> Any:
        number, node = body
        value = self.value(node, depth)
        self.agent.remember(number, value)
        return value

    def read_again(self, body: list, depth: int) -> Any:
        return self.agent.sent[body[0]]

    def read_function(self, body: list, depth: int) -> Any:
        number, name = body
        agent = self.agent

        def function(*arguments: Any, **named: Any) -> Any:
            writer = ToReferee(agent, asking=True)
            return agent.ask({"op": "callback", "target": number, "args": writer.value(list(arguments)),
                              "kwargs": writer.value(named), "grad": torch.is_grad_enabled()}, writer)

        function.__name__ = function.__qualname__ = name
        agent.sent[number] = function
        agent.known[id(function)] = (number, function, False)
        return function

    def read_name(self, body: list, depth: int) -> Any:
        space = _notebook()
        if body[0] not in space:
            raise NameError(f"name {body[0]!r} is not defined")
        return space[body[0]]

    def read_kept(self, body: list, depth: int) -> Any:
        return self.agent.kept[body[0]]


class _Question(torch.autograd.Function):
    """The value of a function of the referee's. A student's own backward asks the referee for its gradient."""

    @staticmethod
    def forward(ctx: Any, agent: Agent, number: int, names: tuple, value: torch.Tensor, *inputs: torch.Tensor
                ) -> torch.Tensor:
        ctx.agent, ctx.number, ctx.names = agent, number, names
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: torch.Tensor) -> tuple:
        nothing = (None,) * 4
        if ctx.agent.cut:  # the referee composes the gradient itself
            return (*nothing, *(None for _ in ctx.names))
        writer = ToReferee(ctx.agent)
        return (*nothing, *ctx.agent.ask({"op": "pullback", "result": ctx.number, "inputs": list(ctx.names),
                                          "seed": writer.value(grad)}, writer))


def _notebook() -> dict[str, Any]:
    from IPython.core.getipython import get_ipython

    return get_ipython().user_ns  # type: ignore[union-attr]


def _snapshot(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, SimpleNamespace):
        return dict(vars(value))
    return value.copy()


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, torch.Tensor):
        alike = before.shape == now.shape and before.dtype == now.dtype
        return alike and (torch.equal(before, now) or bool(((before == now) | (before != before) & (now != now)).all()))
    if isinstance(before, np.ndarray):
        return before.shape == now.shape and before.dtype == now.dtype and before.tobytes() == now.tobytes()
    if isinstance(before, dict):
        return before.keys() == now.keys() and all(before[key] is now[key] for key in before)
    return len(before) == len(now) and all(one is other for one, other in zip(before, now, strict=True))


def _words(error: BaseException) -> str:
    try:
        return str(error)[:TRACE]
    except BaseException:
        return ""


def _trace(error: BaseException) -> str:
    """The student's part of the traceback."""
    try:
        frames = [entry for entry in traceback.extract_tb(error.__traceback__) if entry.filename != __file__]
        return "".join(traceback.format_list(traceback.StackSummary.from_list(frames)))[-TRACE:]
    except BaseException:
        return ""


def _error(kind: str, words: str) -> Exception:
    """An error of the referee's function, of the same built-in type where there is one."""
    built_in = getattr(__import__("builtins"), kind, None)
    if not (isinstance(built_in, type) and issubclass(built_in, Exception)):
        built_in = RuntimeError
    try:
        return built_in(words)
    except TypeError:
        return RuntimeError(words)


def seed(number: int) -> None:
    random.seed(number)
    np.random.seed(number % 2**32)
    torch.manual_seed(number)


_agent: Agent | None = None


def listen(descriptor: int) -> None:
    """Called once, before anything of the student's runs."""
    global _agent
    _agent = Agent(descriptor)


def begin(number: int, refused: tuple[str, ...]) -> None:
    """A notebook begins: the same random numbers in each grading, and nothing that answers its tasks."""
    seed(number)
    for name in refused:
        refuse(name)


def refuse(name: str) -> None:
    """Whoever calls this function, or makes this class, from now on in this process gets a sentence."""
    module, _, own = name.rpartition(".")
    value = getattr(importlib.import_module(module), own)

    def refused(*arguments: Any, **named: Any) -> Any:
        raise RuntimeError("the library's own answer to this task cannot be called here: write it yourself")

    function = vars(value)["__init__"] if isinstance(value, type) else value
    code = refused.__code__.replace(co_name=own, co_qualname=own)
    if len(function.__code__.co_freevars) == 0:
        function.__code__ = code  # whoever imported it before has it, too
    elif isinstance(value, type):
        value.__init__ = refused  # type: ignore[misc]
    else:
        for other in [other for path, other in sys.modules.items() if path.partition(".")[0] == "gdm_lib"]:
            if vars(other).get(own) is value:
                setattr(other, own, refused)


def serve() -> None:
    assert _agent is not None
    _agent.serve()
