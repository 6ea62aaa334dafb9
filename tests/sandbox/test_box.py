"""Attacks are tried on plain nbgrader in a box: nothing of them reaches this machine."""

import mmap
import os
import signal
import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_grader.sandbox.limits import MB
from tests.attacks import box

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="root alone can make the box, for `make attacks-plain`")


class Quiet:
    """A scene in which nothing happens."""

    def prepare(self):
        pass

    def act(self):
        pass

    def look(self, in_time):
        return in_time


class Harm(Quiet):
    """Reads, writes, calls and kills what it can; the machine's address of `port` is not that of the box."""

    def __init__(self, port):
        self.port = port

    def act(self):
        seen = [str(path) for path in (Path(__file__), Path("/etc/shadow"), Path("/root/.ssh")) if path.exists()]
        try:
            socket.create_connection(("127.0.0.1", self.port), 2)
            seen.append("the network")
        except OSError:
            pass
        Path("seen").write_text(" ".join(seen))
        Path("/tmp/left-by-the-box").touch()
        os.kill(-1, signal.SIGKILL)

    def look(self, in_time):
        return [in_time, Path("seen").read_text(), os.getuid(), Path("/tmp/left-by-the-box").exists()]


class Greedy(Quiet):
    def act(self):
        held = mmap.mmap(-1, 800 * MB)
        for _ in range(800):
            held.write(b"x" * MB)
        time.sleep(60)


class Endless(Quiet):
    def act(self):
        time.sleep(10_000)


def test_nothing_in_the_box_reaches_the_machine_or_ends_who_looks():
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert box.run(Harm(server.getsockname()[1]), 30) == ([True, "", 1000, True], None)
    assert not Path("/tmp/left-by-the-box").exists()


def test_what_takes_too_much_memory_ends_the_box(monkeypatch):
    monkeypatch.setattr(box, "ALL", replace(box.ALL, memory=300 * MB))
    assert box.run(Greedy(), 60) == (None, "memory")


def test_what_does_not_end_is_looked_at_all_the_same():
    assert box.run(Endless(), 0.5) == (False, None)
