"""IPython's kernel on sockets that are open already: the sandbox needs no folder shared with the machine."""

import inspect
import io
import os
import sys
from collections.abc import Mapping
from typing import Any

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")  # numbered from 1, as jupyter_client names ipc sockets
REFEREE = "referee"  # a connected socket, for a kernel that is asked by a referee; no channel of Jupyter's


def serve(key: str, sockets: Mapping[str, int]) -> None:
    """Run a kernel until it is told to stop; `sockets` are listening descriptors by channel."""
    import zmq
    from ipykernel.iostream import IOPubThread
    from ipykernel.kernelapp import ControlThread, IPKernelApp, ShellChannelThread

    from gdm_grader.referee import agent

    class Application(IPKernelApp):
        """No connection file, no TCP, no heart: the grader sees a kernel end by its process."""

        def _open(self, kind: int, channel: str, linger: int = 1000) -> Any:
            socket: Any = self.context.socket(kind)  # type: ignore[union-attr]
            socket.linger = linger
            socket.setsockopt(zmq.USE_FD, sockets[channel])
            socket.bind("ipc:///unused")  # the descriptor is bound
            return socket

        def init_sockets(self) -> None:
            self.context = zmq.Context()
            self.shell_socket = self._open(zmq.ROUTER, "shell")
            self.stdin_socket = self._open(zmq.ROUTER, "stdin")
            self.shell_socket.router_handover = self.stdin_socket.router_handover = 1
            self.control_socket = self._open(zmq.ROUTER, "control")
            self.control_socket.router_handover = 1
            self.debugpy_socket = self.context.socket(zmq.STREAM)
            self.debug_shell_socket = self.context.socket(zmq.DEALER)
            self.control_thread = ControlThread(daemon=True)
            self.shell_channel_thread = ShellChannelThread(self.context, daemon=True)
            self.configure_tornado_logger()
            self.iopub_thread = IOPubThread(self._open(zmq.XPUB, "iopub"), pipe=False, session=self.session)
            self.iopub_thread.start()
            self.iopub_socket = self.iopub_thread.background_socket

        def init_heartbeat(self) -> None: ...

        def init_connection_file(self) -> None: ...

        def write_connection_file(self, **_: Any) -> None: ...

        def log_connection_info(self) -> None: ...

    if REFEREE in sockets:
        agent.listen(sockets[REFEREE])
    os.register_at_fork(after_in_child=_print_plainly)
    application: Any = Application.instance()
    application.session.key = key.encode()
    application.initialize(["--log-level=CRITICAL", "--HistoryManager.enabled=False"])
    application.shell.enable_matplotlib("inline")  # the backend was imported before there was a shell to show in
    _know_cells(application.shell.compile)
    application.start()


def _know_cells(compiler: Any) -> None:
    """Say to which module a cell's file belongs.

    Else `inspect` looks through thousands of modules, 10 ms, for each frame of a traceback: half a minute for an
    endless recursion.
    """
    cache = compiler.cache

    def remember(*arguments: Any, **named: Any) -> str:
        name = cache(*arguments, **named)
        inspect.modulesbyfile[os.path.abspath(name)] = "__main__"  # type: ignore[attr-defined]
        return name

    compiler.cache = remember


def _print_plainly() -> None:
    """A forked child has no thread that sends messages; what it writes to its descriptors the kernel passes on."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w", closefd=False), write_through=True))
