"""The grader's end of the fork server: starts it, asks it for kernels, starts another when it died."""

import select
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import gdm_grader
from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.environment import HOME, KERNEL_ENVIRONMENT
from gdm_grader.sandbox.host.process import KernelProcess, SandboxError
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import tree
from gdm_grader.sandbox.profile import Profile

_WARMING = 120.0  # seconds; on an idle machine it takes 5
_COURSE = str(Path(gdm_grader.__file__).parents[1])
SERVER = "gdm_grader.sandbox.forkserver.server"  # a program of its own: started, never imported


_lent: socket.socket | None = None


def lend(control: socket.socket | None) -> None:
    """In a worker, before its first kernel: ask the fork server at the other end, which the grader started."""
    global _lent
    _lent = control


class ForkServer:
    """Use as a context manager. Threads may ask for kernels at once, and so may processes that it was lent to.

    `control` leads to one that runs already; when that ends, this object starts its own.
    """

    def __init__(self, profile: Profile | None = None, control: socket.socket | None = None, module: str = SERVER
                 ) -> None:
        self.profile = profile or Profile()
        self.module = module
        self.starts = 0
        self.control = control
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None

    @classmethod
    def lent(cls, profile: Profile | None = None) -> "ForkServer":
        """Return the fork server that was lent to this process, if any; else a new one with this profile."""
        return cls(profile, control=_lent)

    def __enter__(self) -> "ForkServer":
        with self._lock:
            if not self.alive:
                self._start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Return whether the other end of the control socket is still open; nothing is sent."""
        if self.control is None:
            return False
        end = select.poll()
        end.register(self.control, 0)
        return not end.poll(0)

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def launch(self, isolation: Isolation, key: str, sockets: Sequence[socket.socket], limits: Limits,
               files: Mapping[str, bytes], withheld: Mapping[str, bytes]) -> tuple[KernelProcess, str | None]:
        """A kernel that is shut in and about to serve, and the folder of the machine that is its home, if any."""
        own = None if isolation is Isolation.NAMESPACES else tempfile.mkdtemp(prefix="gdm-")
        request = {"isolation": isolation.name, "limits": asdict(limits), "home": own or HOME, "key": key}
        line, inner = ipc.pair()
        process = KernelProcess(line, whole=isolation is Isolation.NAMESPACES)
        try:
            with inner, _archive(files) as archive, _archive(_relative(withheld)) as replaced:
                ends: list[Any] = [inner, archive, replaced, *sockets]
                self._ask(request, tuple(end.fileno() for end in ends))
            process.wait_started(_WARMING)
        except BaseException:
            remove_home(own)
            raise
        return process, own

    def _ask(self, request: dict, descriptors: tuple[int, ...]) -> None:
        with self._lock:
            if not self.alive:
                self._start()
            assert self.control is not None
            ipc.send(self.control, request, descriptors)

    def begin(self) -> None:
        """Start it without waiting: what is asked before it is warm waits in its socket."""
        with self._lock, tempfile.TemporaryFile() as complaints:
            self._begin(complaints)

    def _begin(self, complaints: IO[bytes]) -> socket.socket:
        self._end()
        self.starts += 1
        self.control, inner = ipc.pair()
        environment = {**KERNEL_ENVIRONMENT, "PYTHONPATH": _COURSE}
        command = [sys.executable, "-m", self.module, str(inner.fileno()), self.profile.to_json()]
        with inner:
            self._process = subprocess.Popen(command, env=environment, cwd="/", pass_fds=[inner.fileno()],
                                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=complaints,
                                             start_new_session=True)
        return self.control

    def _start(self) -> None:
        with tempfile.TemporaryFile() as complaints:
            control = self._begin(complaints)
            control.settimeout(_WARMING)
            try:
                ipc.receive(control)
            except (EOFError, OSError):
                complaints.seek(0)
                last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
                raise SandboxError(f"the fork server did not start: {''.join(last)}") from None
            control.settimeout(None)

    def _end(self) -> None:
        if self.control is not None:
            self.control.close()
            self.control = None
        if self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Let go of the control socket, and end the process if this object started it; its kernels end with it."""
        with self._lock:
            self._end()


def _relative(paths: Mapping[str, bytes]) -> dict[str, bytes]:
    return {path.lstrip("/"): content for path, content in paths.items()}


def _archive(files: Mapping[str, bytes]) -> IO[bytes]:
    """The files as a tar archive without a name on disk."""
    archive = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in files.items():
            if name.startswith("/") or ".." in Path(name).parts:
                raise ValueError(f"a file for the kernel's folder has a relative name, not {name!r}")
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    archive.flush()
    archive.seek(0)
    return archive


def remove_home(home: str | None) -> None:
    """Remove a kernel's folder, if it has one."""
    if home is not None:
        tree.remove(home)
