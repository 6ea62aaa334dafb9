"""Questions to a running cell, one after the other, each with a time of its own."""

import select
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import zmq

from gdm_grader.sandbox.host.client import Cell, Client

_SENDING = 2.0  # seconds that a kernel may let a question wait in its socket
_SOON = 0.02
_LEAVING = 1.0
_LAST_ANSWER_SECONDS = 0.2
_FLOOD = 16 << 20  # bytes that one answer may be accompanied by


class NoAnswer(RuntimeError):
    """No answer came in time. `lost`: the kernel did not take the interrupt either, and is gone."""

    def __init__(self, says: str, lost: bool) -> None:
        super().__init__(says)
        self.lost = lost


class Exchange(Cell):
    """A cell that answers on the kernel's extra socket until it is told to end.

    What it prints meanwhile is read and dropped: it could show what it was asked.
    """

    def __init__(self, client: Client, line: socket.socket, source: str, size_of: Callable[[bytes], int]) -> None:
        self.line, self.size_of = line, size_of
        self.buffer = b""
        self.hung = False
        super().__init__(client, source, 1, history=False)
        client.line = line
        line.settimeout(_SENDING)

    def ask(self, question: bytes, seconds: float) -> bytes:
        """The next whole message after this one; `NoAnswer` if there is none."""
        self.hung = self.interrupted = False
        self.received = 0
        limit, self.until = seconds, time.monotonic() + seconds
        try:
            self.line.sendall(question)
        except OSError:
            self._end_kernel()
        while not (message := self._message()):
            if self.outcome.lost or (self.replied and not self.hung):
                self._end_kernel()
                raise NoAnswer(self.outcome.says or "the Python process of your notebook does not answer.", True)
            if not self._received_soon():
                self._listen()
            if self.client.process.poll() is not None:
                self._take_its_end()
            elif time.monotonic() >= self.until:
                self._out_of_time(limit)
        if self.hung:
            raise NoAnswer(f"your function ran out of time ({limit:.3g} s) and was interrupted.", False)
        return message

    def _message(self) -> bytes:
        try:
            size = self.size_of(self.buffer)
        except ValueError as error:
            self._end_kernel()
            raise NoAnswer(f"your function's answer could not be read: {error}.", True) from None
        if not size or len(self.buffer) < size:
            return b""
        message, self.buffer = self.buffer[:size], self.buffer[size:]
        return message

    def _received_soon(self) -> bool:
        """Most answers come at once: then there is no need to look at all the sockets."""
        soon = bool(select.select([self.line], [], [], _SOON)[0])
        if soon:
            self.receive()
        return soon

    def receive(self) -> None:
        """Something came on the line."""
        data = b""
        with suppress(OSError):
            data = self.line.recv(1 << 20)
        self.buffer += data
        if not data:
            self._end_kernel()

    def _reply(self, kind: str, content: Any) -> None:
        """The cell ended. What it says of that is the student's word, who can make it say what it was asked."""
        super()._reply(kind, {"status": "ok"})

    def _publish(self, kind: str, content: Any) -> None:
        if kind == "status":
            super()._publish(kind, content)

    def _too_much_output(self) -> None:
        """It costs the student time, and nobody memory; a kernel that is busy with it for ever is ended."""
        if self.received > _FLOOD:
            self.outcome.fail("output", f"your function printed more than {_FLOOD >> 20} MB and was ended.")
            self._end_kernel()

    def _out_of_time(self, timeout: float) -> None:
        if self.hung:
            self.outcome.fail("timeout", f"your function ran out of time ({timeout:.3g} s) and could not be "
                                         "interrupted, so its Python process was ended.")
            self._end_kernel()
        self.hung = True
        self._interrupt()

    def _disconnected(self, monitor: zmq.Socket) -> None:
        """Its own end cuts a kernel's connections, or too large a message; then later answers could not be trusted."""
        with suppress(zmq.Again):
            monitor.recv_multipart(zmq.NOBLOCK)
        if self.client.process.wait(_LAST_ANSWER_SECONDS) is None:
            self.outcome.fail("message", "your function printed too much at once, or wrote to its kernel's own sockets,"
                                         " and was ended.")
            self._end_kernel()

    def break_off(self) -> None:
        """End the kernel: nothing that it says can be understood any more."""
        self._end_kernel()

    def end(self, farewell: bytes) -> bool:
        """Tell it to end; whether the kernel can go on."""
        self.until, self.received = time.monotonic() + _LEAVING, 0
        with suppress(OSError):
            self.line.sendall(farewell)
        while not (self.outcome.lost or (self.replied and self.idle)) and time.monotonic() < self.until:
            self._listen()
        if not self.replied:
            self._end_kernel()
        self.client.line = None
        return not self.outcome.lost
