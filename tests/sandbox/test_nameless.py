"""Files that have no name any more count against a kernel's disk, however they are held."""

import os

import pytest

from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.linux import nameless

from .conftest import LIMITS

MAKE = """
import mmap, os, socket, time
held, written = [], 0
def new():
    file = os.open("u", os.O_RDWR | os.O_CREAT)
    os.unlink("u")
    return file
def fill(file):
    return os.write(file, b"x" * {size})
while written < 8 * {size}:
"""
WAYS = {
    "open": "file = new(); written += fill(file); held.append(file)",
    "never named": "file = os.open('.', os.O_RDWR | os.O_TMPFILE); written += fill(file); held.append(file)",
    "in memory": "file = new(); written += fill(file); held.append(mmap.mmap(file, {size})); os.close(file)",
    "on their way": "file = new(); written += fill(file); held.append(socket.socketpair()); "
                    "socket.send_fds(held[-1][0], [b'x'], [file]); os.close(file)",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_files_without_a_name_fill_no_disk(way, kernels):
    source = MAKE + f"    {way}\n    time.sleep(0.2)\nprint('ESC' + 'APED', written)"
    with kernels.start() as kernel:
        outcome = kernel.execute(source.replace("{size}", str(LIMITS.disk // 2)), timeout=20)
    assert "ESCAPED" not in str(outcome.outputs)
    assert outcome.status in ("died", "error"), outcome.says  # "error": no space left, in a file system of its own


def test_what_a_process_holds_is_counted_once(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100_000)
    with path.open("rb") as one, path.open("rb") as other:
        assert nameless.held([os.getpid()], str(tmp_path), 1 << 40) < 100_000
        path.unlink()
        assert 100_000 <= nameless.held([os.getpid(), os.getpid()], str(tmp_path), 1 << 40) < 200_000
        assert one.fileno() != other.fileno()
    assert nameless.held([os.getpid()], str(tmp_path), 1 << 40) < 100_000


def test_temporary_files_of_a_notebook_are_no_harm(kernels):
    source = "import mmap, tempfile, time\nfile = tempfile.TemporaryFile()\nfile.write(b'x' * 1_000_000)\n" \
             "file.flush()\nshown = mmap.mmap(file.fileno(), 0)\ntime.sleep(0.5)\nlen(shown)"
    with kernels.start() as kernel:
        assert "1000000" in str(kernel.execute(source, timeout=10).outputs)


def test_no_program_that_hides_what_it_holds_is_run(kernels_on):
    source = """
import os, subprocess, sys
program = os.open("program", os.O_WRONLY | os.O_CREAT, 0o111)
with open(os.path.realpath(sys.executable), "rb") as python, open(program, "wb") as copy:
    copy.write(python.read())
subprocess.run(["./program", "-c", "print('ESC' 'APED')"])
"""
    with kernels_on(Isolation.LANDLOCK).start() as kernel:
        outcome = kernel.execute(source, timeout=10)
    assert outcome.says.startswith("PermissionError"), outcome.outputs


def test_no_limit_of_the_user_who_grades_is_the_students(kernels):
    """Linux hands the dump of a crash to the machine's own program, unless the limit is 1 and stays so."""
    source = """
import ctypes, os, resource
for name in ("RTPRIO", "NICE", "CORE"):
    print(name, *resource.getrlimit(getattr(resource, "RLIMIT_" + name)))
for limits in ((0, 0), (0, 1)):
    try:
        resource.setrlimit(resource.RLIMIT_CORE, limits)
        print("ESCAPED")
    except (OSError, ValueError) as error:
        print(type(error).__name__)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
print(libc.prctl(67, 1, 0, 0, 0), libc.prctl(62, 1, 0, 0, 0), libc.prctl(15, b"name", 0, 0, 0))
"""
    with kernels.start() as kernel:
        outcome = kernel.execute(source, timeout=10)
    assert outcome.ok, outcome.says
    assert outcome.outputs[0].text.split("\n")[:-1] == [
        "RTPRIO 0 0", "NICE 0 0", "CORE 1 1", "ValueError", "ValueError", "-1 -1 0"]
