"""A student's code tries to read, change or reach anything outside its kernel."""

import os
import sys
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from gdm_grader.sandbox.host.kernels import Kernel
from gdm_grader.sandbox.isolation import Isolation
from tests.attacks.world import SECRET, attacks, source, text_of

from .conftest import LIMITS

# These are harmless to a machine without a sandbox, and succeed there: so the sandbox is what stops them.
SUCCEED_IN_THE_OPEN = {
    "change_course", "change_environment", "connect_abstract", "connect_tcp", "connect_unix", "keyring",
    "namespaces_again", "new_kernel_calls", "other_sockets", "other_kernels", "proc_command_lines", "proc_environ",
    "proc_root", "read_by_path", "read_by_program", "read_by_symlink", "read_memory", "run_from_memory", "send_pair",
    "send_udp", "shared_memory", "signal_grader", "trace_process", "walk_everything",
}
SUCCEED_FOR_ROOT = {"become_root", "devices", "read_by_handle", "write_proc"}


@pytest.mark.parametrize("name", attacks("escape"))
def test_an_attack_reaches_nothing(name, kernels, world):
    with kernels.start(world.tools()) as kernel:
        outcome = kernel.execute(source("escape", name), timeout=15)
    shown = text_of(outcome)
    assert "ESCAPED" not in shown
    assert SECRET not in shown.replace(f"{SECRET}'", "")  # a refusal names the path that it refused
    assert world.harm() == []
    assert environment_is_clean()
    assert next_kernel(kernels, world) == "42 False False"


def test_a_file_is_emptied_only_by_who_could_open_it_for_writing(kernels):
    """Before Linux 6.2, Landlock lets truncate() through to every file of the user who grades."""
    with kernels.start({"a.txt": b"text"}) as kernel:
        assert "PermissionError" in kernel.execute("import os; os.truncate('a.txt', 0)").says
        assert "0" in text_of(kernel.execute("with open('a.txt', 'r+') as file: print(file.truncate(0))"))


def test_on_a_shared_file_system_nobody_closes_a_file_to_its_owner(kernels_on):
    """Landlock lets chmod() through to every file of the user who grades."""
    with kernels_on(Isolation.LANDLOCK).start({"a.txt": b"text"}) as kernel:
        changed = kernel.execute("import os, shutil\nos.chmod('a.txt', 0); os.utime('a.txt', (0, 0))\n"
                                 "shutil.copy('a.txt', 'b.txt')\nfound = os.stat('a.txt')\n"
                                 "print(found.st_mode & 0o400 > 0, found.st_mtime > 0, open('b.txt').read())")
    assert text_of(changed) == "True True text\n"


def environment_is_clean() -> bool:
    folders = [Path(find_spec("numpy").origin).parents[1], Path(find_spec("gdm_lib").origin).parent,
               Path(sys.base_prefix), Path("/")]
    return not any((folder / SECRET).exists() for folder in folders)


def next_kernel(kernels, world) -> str:
    """A right notebook is graded rightly, and finds nothing that the one before left."""
    with kernels.start() as kernel:
        outcome = kernel.execute(
            "import os, subprocess, torch\n"
            "left = subprocess.run('ls -A . /tmp', shell=True, capture_output=True, text=True).stdout\n"
            f"print(int(torch.tensor(42)), hasattr(torch, 'patched_by_a_student'), {SECRET!r} in left)", timeout=10)
    return text_of(outcome).strip()


@pytest.mark.parametrize("name", sorted(SUCCEED_IN_THE_OPEN | SUCCEED_FOR_ROOT))
def test_without_the_sandbox_the_attack_succeeds(name, in_the_open, world):
    if name in SUCCEED_FOR_ROOT and os.geteuid() != 0:
        pytest.skip("only root could")
    if not in_the_open.alive:  # the attack before took too long, and its kernel was ended
        in_the_open.restart()
    outcome = in_the_open.execute(source("escape", name), timeout=15)
    world.restore()
    (Path(world.target["other_student"]).parent / "new").unlink(missing_ok=True)
    assert "ESCAPED" in text_of(outcome)


@pytest.fixture(scope="module")
def in_the_open(fork_server, world):
    """A kernel without a sandbox for all of them; afterwards what reached the sockets is taken from them."""
    with Kernel(fork_server, Isolation.OPEN, replace(LIMITS, notebook=600), world.tools()) as kernel:
        yield kernel
    for end in (world.tcp, world.unix, world.abstract):
        end.settimeout(0.1)
        with suppress(TimeoutError):
            while True:
                end.accept()[0].close()
    for end in (world.udp, world.datagram):
        end.settimeout(0.1)
        with suppress(TimeoutError):
            while True:
                end.recv(100)
