"""IPython's kernel on sockets that are open already: the sandbox needs no folder shared with the machine.

What needs no socket and no thread of a kernel is made once, in the fork server; a forked kernel begins with it.
"""

import asyncio
import importlib
import inspect
import io
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import Any

import ipykernel.compiler
import ipykernel.debugger
import zmq
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import ControlThread, IPKernelApp
from IPython.core.application import BaseIPythonApplication
from tornado.ioloop import IOLoop

from gdm_grader.sandbox.ipc import EXTRA

CELLS = "/cells"  # where a traceback says that a cell lies: not a scratch folder's name, which is another in each run


class NoSubshells:
    """In place of the thread that hands requests to subshells. ipykernel asks it, and no `None`, who runs a cell with
    an `await`."""

    parent_thread = property(lambda self: threading.main_thread())

    def __bool__(self) -> bool:
        return False


class PreparedKernel(IPythonKernel):
    """Its first `instance()` has no sockets; the second gets them."""

    _supports_kernel_subshells = False  # ipykernel's own looks for a `None`

    @classmethod
    def instance(cls, *_: Any, **traits: Any) -> Any:
        """Return the one kernel, with these traits set, and its outputs on the sockets that it has now."""
        kernel: Any = super().instance(**traits)
        for name, value in traits.items():
            if value is not None:
                setattr(kernel, name, value)
        kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
        for publisher in (kernel.shell.displayhook, kernel.shell.display_pub):
            publisher.session, publisher.pub_socket = kernel.session, kernel.iopub_socket
        return kernel


class Application(IPKernelApp):
    """No connection file, no TCP, no heartbeat: the grader sees its process end. No debugger, no subshells."""

    sockets: Mapping[str, int]  # listening descriptors by channel

    def prepare(self) -> None:
        """In the fork server. The configuration is IPython's own, never that of the user who grades."""
        ipykernel.debugger._is_debugpy_available = False  # nobody debugs what is graded
        ipykernel.compiler.get_tmp_directory = lambda: CELLS
        self.kernel_class = PreparedKernel
        with tempfile.TemporaryDirectory() as folder:
            os.environ["IPYTHONDIR"] = folder
            BaseIPythonApplication.initialize(self, ["--log-level=CRITICAL", "--HistoryManager.enabled=False"])
            self.kernel = PreparedKernel.instance(parent=self, log=self.log, profile_dir=self.profile_dir)
            for step in (self.init_pdb, self.init_shell, self.init_gui_pylab, self.init_extensions, self.init_code):
                step()
        sys.excepthook = sys.__excepthook__
        self.configure_tornado_logger()

    def connect(self, key: str, sockets: Mapping[str, int]) -> None:
        """In the forked process."""
        self.session.key = key.encode()
        self.sockets = sockets
        for step in (self.init_sockets, self.init_io, self.init_signal, self.init_kernel, self.init_path,
                     self.kernel.shell.init_environment):
            step()

    def init_sockets(self) -> None:
        """Open the kernel's channels on the listening descriptors that it inherited."""
        self.context = zmq.Context()
        self.shell_socket = self._open(zmq.ROUTER, "shell")
        self.stdin_socket = self._open(zmq.ROUTER, "stdin")
        self.control_socket = self._open(zmq.ROUTER, "control")
        for socket in (self.shell_socket, self.stdin_socket, self.control_socket):
            socket.router_handover = 1
        self.shell_channel_thread = NoSubshells()
        self.debugpy_socket = self.context.socket(zmq.STREAM)
        self.control_thread = ControlThread(daemon=True)
        self.iopub_thread = IOPubThread(self._open(zmq.XPUB, "iopub"), pipe=False, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket

    def start(self) -> None:
        """Run until the kernel is told to stop."""
        IOLoop.current().add_callback(_wake_by_signals)
        super().start()

    def _open(self, kind: int, channel: str) -> Any:
        socket: Any = self.context.socket(kind)  # type: ignore[union-attr]
        socket.linger = 1000
        socket.setsockopt(zmq.USE_FD, self.sockets[channel])
        socket.bind("ipc:///unused")  # the descriptor is bound
        return socket


def _wake_by_signals() -> None:
    """Let any signal wake the loop, as asyncio does for one that it handles: a cell that waits hears its interrupt."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGURG, lambda: None)


def prepare() -> None:
    """Leaves no thread. What is imported by now is what a notebook's own imports find."""
    application = Application.instance()
    application.prepare()
    shell = application.kernel.shell
    shell.enable_matplotlib("inline")  # the backend was imported before there was a shell to show in
    _know_cells(shell.compile)
    _show_an_error(shell)


def serve(key: str, sockets: Mapping[str, int], hook: str | None) -> None:
    """Run a kernel until it is told to stop; the module `hook` listens on the extra socket."""
    if hook is not None:
        importlib.import_module(hook).listen(sockets[EXTRA])
    os.register_at_fork(after_in_child=_print_plainly)
    application = Application.instance()
    application.connect(key, sockets)
    application.start()


def _know_cells(compiler: Any) -> None:
    """Say to which module a cell's file belongs.

    Else `inspect` looks through thousands of modules, 10 ms, for each frame of a traceback: half a minute for an
    endless recursion.
    """
    cache = compiler.cache

    def remember(*arguments: Any, **named: Any) -> str:
        """Cache a cell as before, and note that its file belongs to `__main__`; return the file's name."""
        name = cache(*arguments, **named)
        inspect.modulesbyfile[os.path.abspath(name)] = "__main__"  # type: ignore[attr-defined]
        return name

    compiler.cache = remember


def _show_an_error(shell: Any) -> None:
    """Make what the first traceback makes, 0.1 s in each kernel: styles, and where each module's file lies."""
    try:
        raise RuntimeError
    except RuntimeError:
        shell.InteractiveTB.structured_traceback(*sys.exc_info())


def _print_plainly() -> None:
    """A forked child has no thread that sends messages; what it writes to its descriptors the kernel passes on."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        setattr(sys, name, io.TextIOWrapper(io.FileIO(number, "w", closefd=False), write_through=True))
