"""The grader's side of a kernel's sockets: one cell at a time, whatever the kernel sends.

The kernel holds the key of its messages, so a signature proves nothing about what a student's code did. What is
bounded here is the cost to the grader: bytes, messages in flight, and time.
"""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import zmq
from jupyter_client.session import Session

from gdm_grader.sandbox.host.connection import Connection
from gdm_grader.sandbox.host.outcome import Outcome, Outputs
from gdm_grader.sandbox.host.process import KernelProcess, SandboxError
from gdm_grader.sandbox.limits import MB, Limits

_IN_FLIGHT = 16  # messages that libzmq keeps for a slow reader
_DYING_SECONDS = 2.0  # seconds at most between the end of a process's connections and its own
_DEATH = 2.0  # seconds that many processes may need to end
_LAST_OUTPUTS = 1.0  # seconds that the end of the outputs may come after the reply


class Client:
    """Sockets, session and process of one kernel."""

    def __init__(self, connection: Connection, process: KernelProcess, limits: Limits) -> None:
        self.process, self.limits = process, limits
        self.session = Session(key=connection.key.encode(), check_pid=False)
        self._context: zmq.Context = zmq.Context.instance()
        self._outputs_from = connection.address("iopub")
        self.iopub = self._open(zmq.SUB, self._outputs_from)
        self.iopub.subscribe(b"")
        self.shell = self._open(zmq.DEALER, connection.address("shell"))
        self.line: Any = None  # the referee's, while there is an exchange
        self._breaks = {name: socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)
                        for name, socket in (("iopub", self.iopub), ("shell", self.shell))}

    def _open(self, kind: int, address: str) -> zmq.Socket:
        socket = self._context.socket(kind)
        socket.linger = 0
        socket.maxmsgsize = self.limits.message
        socket.rcvhwm = _IN_FLIGHT
        socket.sndtimeo = 1000  # ms; a connection that was cut takes nothing
        socket.reconnect_ivl = 10
        socket.connect(address)
        return socket

    def wait_ready(self, timeout: float = 30.0) -> None:
        """A current kernel greets each subscriber: then outputs arrive, and requests wait in its socket."""
        for socket in self._ready(time.monotonic() + timeout, self.iopub):
            if socket is self.iopub:
                self.iopub.recv_multipart()
                return
        raise SandboxError(f"the kernel did not come up within {timeout:g} s (exit status {self.process.poll()})")

    def _ready(self, until: float, *sockets: zmq.Socket) -> Iterator[Any]:
        """Yield the sockets that have something to read, until the time is over or the process has ended."""
        poller = zmq.Poller()
        for socket in sockets:
            poller.register(socket, zmq.POLLIN)
        poller.register(self.process.handle, zmq.POLLIN)
        while (left := until - time.monotonic()) > 0:
            events = [socket for socket, _ in poller.poll(int(max(1, 1000 * left)))]
            yield from (socket for socket in events if socket != self.process.handle)
            if events == [self.process.handle]:
                return

    def listen_anew(self) -> None:
        """libzmq does not come back by itself to a kernel that broke the protocol."""
        self.iopub.disconnect(self._outputs_from)
        self.iopub.connect(self._outputs_from)

    def execute(self, source: str, timeout: float, output: int, history: bool = True) -> Outcome:
        return Cell(self, source, output, history).run(timeout)

    def close(self) -> None:
        """Close all sockets at once, those that watch the others too; what is still to be sent is dropped."""
        for socket in (self.iopub, self.shell):
            socket.disable_monitor()
            socket.close(0)
        for monitor in self._breaks.values():
            monitor.close(0)


class Cell:
    """One request, from sending it to its last output."""

    def __init__(self, client: Client, source: str, output: int, history: bool) -> None:
        self.client, self.allowed = client, output
        self.outcome, self.outputs = Outcome(), Outputs()
        self.received = 0
        self.replied = self.idle = self.interrupted = False
        self.until = 0.0
        content = {"code": source, "silent": False, "store_history": history, "user_expressions": {},
                   "allow_stdin": False, "stop_on_error": False}
        self.request = ""
        try:
            request: Any = client.session.send(client.shell, "execute_request", content)
            self.request = request["header"]["msg_id"]
        except zmq.Again:
            self.outcome.fail("died", "not run: the kernel does not take cells any more.")
            self._end_kernel()

    def run(self, timeout: float) -> Outcome:
        """Receive until the cell is done, out of time (`timeout` seconds) or lost; return what came of it."""
        started = time.monotonic()
        self.until = started + timeout
        while not self.outcome.lost and not (self.replied and self.idle):
            self._listen()
            if self.client.process.poll() is not None:
                self._take_its_end()
            elif time.monotonic() >= self.until and not self.replied:
                self._out_of_time(timeout)
            elif time.monotonic() >= self.until:
                break
        self.outcome.outputs = self.outputs.nodes
        self.outcome.seconds = time.monotonic() - started
        return self.outcome

    def _listen(self) -> None:
        """Until something changes the time that is left, or the cell is done."""
        client, until = self.client, self.until
        line = [client.line] if client.line is not None else []
        for socket in client._ready(until, client.shell, client.iopub, *client._breaks.values(), *line):
            if socket is client.shell:
                self._take(client.shell, self._reply)
            elif line and socket == client.line.fileno():
                self.receive()
                return
            elif socket is client.iopub:
                self._take(client.iopub, self._publish)
            else:
                self._disconnected(socket)
            if (self.replied and self.idle) or self.outcome.lost or self.until != until:
                return

    def receive(self) -> None:
        """For an exchange: take what came on its line."""

    def _take(self, socket: zmq.Socket, handle: Any) -> None:
        try:
            frames = socket.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:  # what was announced went away with its connection
            return
        self.received += sum(map(len, frames))
        if self.received > self.allowed + MB // 8:  # the protocol's own messages are small
            self._too_much_output()
            if self.received > self.allowed + 2 * self.client.limits.message:
                return  # not even read: only its end, or its kernel's, ends this cell
        try:
            message = self.client.session.deserialize(self.client.session.feed_identities(frames)[1])
            if message["parent_header"].get("msg_id") == self.request:
                handle(message["msg_type"], message["content"])
        except Exception:  # a forged message may break anywhere; it is as if it had not come
            return

    def _reply(self, kind: str, content: Any) -> None:
        if kind == "execute_reply":
            self.replied = True
            if content.get("status") != "ok" and self.outcome.status == "ok":
                self.outcome.status = "error"
                self.outcome.says = f"{content.get('ename')}: {content.get('evalue')}"
            self.until = time.monotonic() + _LAST_OUTPUTS

    def _publish(self, kind: str, content: Any) -> None:
        if kind == "status":
            self.idle = self.idle or content.get("execution_state") == "idle"
        elif self.received <= self.allowed:
            self.outputs.take(kind, content)

    def _too_much_output(self) -> None:
        self.outcome.fail("output", f"this cell wrote more than {_size(self.allowed)} and was stopped.")
        self._interrupt()

    def _disconnected(self, monitor: zmq.Socket) -> None:
        """The connection was cut: by the end of the process, or by libzmq because of what came through it."""
        with suppress(zmq.Again):
            monitor.recv_multipart(zmq.NOBLOCK)
        if self.client.process.wait(_DYING_SECONDS / 20) is not None:
            return
        self.client.process.send_signal(2)
        if self.client.process.wait(_DYING_SECONDS) is not None:
            return
        self.outcome.fail("message", f"this cell sent more than {_size(self.client.limits.message)} at once, or wrote"
                                     " to its kernel's own sockets, and was stopped.")
        if monitor is self.client._breaks["shell"]:
            self._end_kernel()
        else:
            self.client.listen_anew()
            self._interrupt()

    def _out_of_time(self, timeout: float) -> None:
        self.outcome.fail("timeout", f"this cell ran out of time ({timeout:.3g} s) and was interrupted.")
        if self.interrupted:
            said = self.outcome.says or ""
            self.outcome.says = said.rstrip(".") + "; it did not react, so its Python was ended."
            self._end_kernel()
        self._interrupt()

    def _interrupt(self) -> None:
        if not self.interrupted and not self.outcome.lost:
            self.interrupted = True
            self.client.process.send_signal(2)
            self.until = time.monotonic() + self.client.limits.grace

    def _end_kernel(self) -> None:
        self.client.process.kill()
        self.client.process.wait(_DEATH)
        self.outcome.lost = True

    def _take_its_end(self) -> None:
        """The process ended: take what it had sent, and say why."""
        self.outcome.lost = True
        while self.client.iopub.poll(20) and self.received <= self.allowed:
            self._take(self.client.iopub, self._publish)
        process, limits = self.client.process, self.client.limits
        if process.why == "memory":
            self.outcome.fail("memory", f"this cell and what it started used more than {_size(limits.memory)} of memory"
                                        " and were ended.")
        elif process.why == "disk":
            self.outcome.fail("died", f"this cell wrote more files than {limits.files}, or more than"
                                      f" {_size(limits.disk)}, and was ended.")
        else:
            self.outcome.fail("died", f"the Python process of this cell ended ({_end(process)}).")


def _end(process: KernelProcess) -> str:
    code = process.returncode or 0
    return process.why or (f"signal {-code}" if code < 0 else f"exit status {code}")


def _size(count: int) -> str:
    return f"{count / MB:.3g} MB"
