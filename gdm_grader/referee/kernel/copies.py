"""Copies of a kernel: each keeps the notebook as it was when the copy was made, and runs tests in forks of itself.

The student's code can change all of this, since it runs in the same process: what a copy says of a test cell is the
student's word, and the referee counts it as that. A copy ends with the kernel, a fork with its cell.
"""

import asyncio
import io
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from gdm_grader.referee.kernel.values import notebook_namespace

MAX_COPIED_BYTES = 20 << 20  # of files in the working folder; where there are more the copies share one folder
MAX_SAID_CHARS = 4_000
MAX_REPLY_BYTES = 100_000
MAX_COPYING_SECONDS = 5.0  # of the files in the working folder
READY = b"ready\n"  # what a copy says before anything is asked
Request = dict[str, Any]

_copies: dict[int, socket.socket] = {}


def fork_copy(number: int) -> None:
    """Fork this process; the copy waits for test cells. It has the files before the next cell can write to them."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        _wait(theirs)
    theirs.close()
    _line(ours.fileno(), MAX_COPYING_SECONDS)
    _copies[number] = ours


def ask(number: int, request: Request) -> Request:
    """Have a copy run a test cell, and return what it says of it."""
    line = _copies[number]
    line.sendall(json.dumps(request).encode() + b"\n")
    reply = json.loads(_line(line.fileno(), request["seconds"] + 1) or b"{}")
    return reply if isinstance(reply, dict) else {}


def _wait(line: socket.socket) -> NoReturn:
    """In the copy: run one test cell after another, each in a fork."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for other in _copies.values():
            other.close()
        _take_files()
        line.sendall(READY)
        for text in line.makefile("rb"):
            line.sendall(_tested(json.loads(text)) + b"\n")
    finally:
        os._exit(0)


def _take_files() -> None:
    """Work in a copy of the folder: what later cells write is not what a test of these answers meant."""
    here = Path.cwd()
    paths = [path for path in here.rglob("*") if not path.relative_to(here).parts[0].startswith(".")]
    if paths and sum(path.stat().st_size for path in paths if path.is_file()) <= MAX_COPIED_BYTES:
        folder = tempfile.mkdtemp()
        shutil.copytree(here, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"), symlinks=True)
        os.chdir(folder)


def _tested(request: Request) -> bytes:
    """Return what a fork says of the test cell; that it ended, or ran out of time, where it says nothing."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _run(request, writer)
    os.close(writer)
    until = time.monotonic() + request["seconds"]
    reply = _line(reader, request["seconds"])
    os.close(reader)
    for end in (os.killpg, os.kill):
        with suppress(OSError):
            end(child, signal.SIGKILL)
    os.waitpid(child, 0)
    status = "timeout" if time.monotonic() >= until else "died"
    return reply or json.dumps({"status": status, "token": request["token"]}).encode()


def _line(descriptor: int, seconds: float) -> bytes:
    """Read up to the end of a line; nothing if it does not come in time."""
    data, until = b"", time.monotonic() + seconds
    while not data.endswith(b"\n") and len(data) <= MAX_REPLY_BYTES:
        if not select.select([descriptor], [], [], max(0.0, until - time.monotonic()))[0]:
            return b""
        part = os.read(descriptor, 1 << 16)
        if not part:
            return b""
        data += part
    return data.strip()


def _run(request: Request, writer: int) -> NoReturn:
    """In the fork: run the cell as a notebook does, and say what came of it."""
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        _print_nowhere()
        outcome = _outcome(request["before"], request["source"]) | {"token": request["token"]}
        os.write(writer, json.dumps(outcome).encode() + b"\n")
    finally:
        os._exit(0)


def _print_nowhere() -> None:
    """Drop all that is printed, by the test and by the student's code in it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    sys.stdout = sys.stderr = io.StringIO()


def _outcome(before: list[str], source: str) -> Request:
    """Run the cells in IPython, so that magics work; return the error, or the number that the last line gave."""
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.getipython import get_ipython

    asyncio._set_running_loop(None)  # that of the kernel, in which it was forked: a cell may await something
    shell: Any = get_ipython()
    shown: list[Any] = []
    shell.display_pub = CapturingDisplayPublisher()
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: None
    for text in before:
        shell.run_cell(text, store_history=False)
    sys.displayhook = shown.append
    result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        return {"status": "error", "kind": type(error).__name__, "words": _words(error), "line": _place(error)}
    return {"status": "ok", "value": None if source.rstrip().endswith(";") else _number(shown)}


def _number(shown: list[Any]) -> float | None:
    value = shown[-1] if shown else None
    with suppress(TypeError, ValueError):
        return None if value is None or isinstance(value, (bool, str)) else float(value)
    return None


def _words(error: BaseException) -> str:
    with suppress(Exception):
        return str(error)[:MAX_SAID_CHARS]
    return ""


def _place(error: BaseException) -> int:
    """The line of the test cell, 0 where it did not come to run: the first frame that is a cell's own."""
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_name == "<module>" and step.tb_frame.f_globals is notebook_namespace():
            return step.tb_lineno
        step = step.tb_next
    return 0
