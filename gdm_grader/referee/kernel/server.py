"""The kernel's end of the protocol: it calls the student's functions with the data that comes, and sends data back.

The student's code can change all of this, since it runs in the same process. Nothing that this server says is believed
for that: to the referee its words are the student's answer. What the tests pass as functions stays with the referee;
here it is a proxy that asks over the wire.
"""

import builtins
import os
import signal
import threading
import traceback
from typing import Any

import torch

from gdm_grader.referee.kernel import copies
from gdm_grader.referee.kernel.forbid import leave_out_compiling, refuse
from gdm_grader.referee.kernel.values import FromReferee, LookedUp, ToReferee, notebook_namespace, same, snapshot
from gdm_grader.referee.protocol import frame, parse, size_of
from gdm_grader.referee.reader import Reader
from gdm_grader.referee.refusals import CALLED_LATE
from gdm_grader.referee.seeding import States, resume, seed, states

TRACE = 4000  # characters of a traceback
_HERE = os.path.dirname(__file__)
Message = dict[str, Any]


class KernelServer:
    """Answers the referee's messages on a socket, and asks it when a function of the test is called."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.buffer = b""
        self.sent: dict[int, Any] = {}  # what the referee passed, by its number
        self.known: dict[int, tuple[int, Any, bool]] = {}  # the same by id, and whether it required a gradient
        self.kept: dict[int, Any] = {}  # what the referee has a proxy of: objects, and tensors with a graph
        self.watched: list[tuple[list, Any, Any]] = []  # what both ends know and can change here, as it was
        self.cut = False
        self.number: Any = None  # of the question that is being answered
        self.states: States | None = None  # of the random numbers, before the first seed of a test
        self.process = os.getpid()
        self.turn = threading.RLock()  # a student's threads ask one after another, each for its own reply

    def serve(self) -> None:
        """Answer until the referee says that it is done. Between two answers an interrupt means nothing."""
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            while self.answer(*self.receive()):
                pass
        finally:
            if self.states is not None:
                resume(self.states)
                self.states = None
            signal.signal(signal.SIGINT, handler)

    def receive(self) -> tuple[Message, list[torch.Tensor]]:
        """Return the next message and its tensors; the process ends when the referee has closed its end."""
        while not (size := size_of(self.buffer)) or len(self.buffer) < size:
            data = os.read(self.descriptor, 1 << 20)
            if not data:
                os._exit(0)
            self.buffer += data
        whole, self.buffer = self.buffer[:size], self.buffer[size:]
        return parse(whole)

    def send(self, message: Message, writer: "ToReferee") -> None:
        """Send a message, with what the student's code changed since the last one."""
        if os.getpid() != self.process:
            os._exit(0)  # a fork of the student's: only one may answer
        message |= {"changed": list(self.changes(writer)), "n": self.number}
        data = memoryview(frame(message, writer.tensors))
        while data:
            data = data[os.write(self.descriptor, data):]

    def answer(self, message: Message, tensors: list[torch.Tensor]) -> bool:
        """Answer one message; return False if it says that the referee is done.

        An error of the student's code is the reply. Only while that code runs does an interrupt reach it.
        """
        before, outer = len(self.watched), self.number
        self.number = message.get("n")
        reader = FromReferee(tensors, self)
        writer = LookedUp(self) if message.get("op") == "look" else ToReferee(self)
        try:
            do = {"seed": self.do_seed, "call": self.do_call, "attribute": self.do_attribute, "look": self.do_look,
                  "pull": self.do_pull, "inside": self.do_inside}.get(message["op"])
            if do is None:
                return message["op"] != "end"
            signal.signal(signal.SIGINT, signal.default_int_handler)
            try:
                value = do(message, reader)
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
            with self.turn:  # what a thread has begun to ask is answered first
                self.send({"op": "result", "value": writer.value(value)}, writer)
                self.number = outer
        except BaseException as error:
            with self.turn:
                self.send({"op": "error", "type": type(error).__name__, "base": _base(error),
                           "message": _words(error), "trace": _trace(error)}, ToReferee(self))
                self.number = outer
        finally:
            del self.watched[before:]
            self.number = outer
        return True

    def do_seed(self, message: Message, reader: Reader) -> None:
        """Seed for one test; when the referee is done the notebook draws on as if nobody had asked."""
        if self.states is None:
            self.states = states()
        seed(message["seed"])

    def do_inside(self, message: Message, reader: Reader) -> Any:
        """Have a copy of this process run a test cell."""
        return copies.ask(message["copy"], message["cell"])

    def do_call(self, message: Message, reader: Reader) -> Any:
        """Call what the message names with its arguments; gradients are on or off as in the test."""
        target = reader.value(message["target"])
        arguments, named = reader.value(message["args"]), reader.value(message["kwargs"])
        with torch.set_grad_enabled(message["grad"]):
            return target(*arguments, **named)

    def do_attribute(self, message: Message, reader: Reader) -> Any:
        """Return an attribute of what the message names."""
        return getattr(reader.value(message["target"]), message["name"])

    def do_look(self, message: Message, reader: Reader) -> Any:
        """Return what the notebook has under these names; a name that it does not have is left out."""
        space = notebook_namespace()
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
        """A question to the referee from within a call; its own questions may come before the reply.

        The caller holds `turn`. RuntimeError once the call is over: nobody waits for the answer.
        """
        if self.number is None:
            raise RuntimeError(CALLED_LATE)
        self.send(message, writer)
        while True:
            reply, tensors = self.receive()
            if reply["op"] == "return":
                return FromReferee(tensors, self, writer.inputs).value(reply["value"])
            if reply["op"] == "raise":
                raise _error(reply["type"], reply["message"])
            self.answer(reply, tensors)

    def changes(self, writer: "ToReferee") -> Any:
        """Yield [name, new value] for each watched object that changed since it was last seen."""
        for place, (name, value, before) in enumerate(self.watched):
            now = snapshot(value)
            if not same(before, now):
                self.watched[place] = (name, value, now)
                yield [name, writer.data(value, 0)]

    def remember(self, number: int, value: Any) -> None:
        """Keep what the referee passed, by its number and by its id, and watch it for changes."""
        self.sent[number] = value
        self.known[id(value)] = (number, value, getattr(value, "requires_grad", False))
        self.watch(["same", number], value)

    def watch(self, name: list, value: Any) -> None:
        """Keep how a value looks now; `changes` tells under this name when it looks otherwise."""
        self.watched.append((name, value, snapshot(value)))


def _base(error: BaseException) -> str:
    """Return the built-in type that an error is one of: a test may catch one of the student's own by it."""
    return next(kind.__name__ for kind in type(error).__mro__ if getattr(builtins, kind.__name__, None) is kind)


def _words(error: BaseException) -> str:
    try:
        return str(error)[:TRACE]
    except BaseException:
        return ""


def _trace(error: BaseException) -> str:
    """The student's part of the traceback."""
    try:
        frames = [entry for entry in traceback.extract_tb(error.__traceback__) if not entry.filename.startswith(_HERE)]
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


_server: KernelServer | None = None


def listen(descriptor: int) -> None:
    """Called once, before anything of the student's runs."""
    global _server
    _server = KernelServer(descriptor)


def begin(number: int, refused: tuple[str, ...]) -> None:
    """A notebook begins: the same random numbers in each grading, and nothing that answers its tasks."""
    seed(number)
    leave_out_compiling()
    for name in refused:
        refuse(name)


def keep_copy(number: int) -> None:
    """Keep the notebook as it is now, for test cells that are run inside."""
    copies.fork_copy(number)


def serve() -> None:
    """Answer the referee until it says that it is done; `listen` was called before."""
    assert _server is not None
    _server.serve()
