"""Kernels from the grader's side: start, run, interrupt, restart, and a fork server that can die."""

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.environment import KERNEL_ENVIRONMENT
from gdm_grader.sandbox.forkserver import server
from gdm_grader.sandbox.forkserver.server import ForkedKernel, Server
from gdm_grader.sandbox.host import probe
from gdm_grader.sandbox.host.kernels import Kernel, Kernels
from gdm_grader.sandbox.host.probe import Report, choose_isolation
from gdm_grader.sandbox.host.process import KernelProcess, SandboxError
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.linux import syscalls
from tests.attacks.world import text_of

from .conftest import LEVELS, LIMITS


def test_a_kernel_has_its_files_and_what_notebooks_import(kernels):
    source = "import gdm_lib, torch, sklearn, matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n" \
             "print(open('data/table.csv').read(), torch.optim.SGD([torch.ones(2)], 0.001).defaults['lr'])"
    with kernels.start({"data/table.csv": b"a,b"}) as kernel:
        outcome = kernel.execute(source, timeout=60)
    assert outcome.ok
    assert "a,b 0.001" in text_of(outcome)
    assert "image/png" in text_of(outcome)


def test_the_outputs_are_those_of_a_notebook(kernels):
    with kernels.start() as kernel:
        shown = kernel.execute("import sys; print('a'); print('b'); print('c', file=sys.stderr); 6 * 7")
        failed = kernel.execute("1 / 0")
        cleared = kernel.execute("from IPython.display import clear_output\nprint('old'); clear_output(); print('new')")
    assert [output.output_type for output in shown.outputs] == ["stream", "stream", "execute_result"]
    assert shown.outputs[0].text == "a\nb\n"
    assert failed.status == "error"
    assert failed.says == "ZeroDivisionError: division by zero"
    assert text_of(cleared) == "new\n"


def test_a_forked_child_prints_into_the_notebook(kernels):
    with kernels.start() as kernel:
        outcome = kernel.execute("import os\nif os.fork() == 0:\n    print('from the child'); os._exit(0)\nos.wait()")
    assert "from the child" in text_of(outcome)


def test_a_data_loader_may_have_workers(kernels_on):
    source = "import torch\nfrom torch.utils.data import DataLoader\n" \
             "print(sum(batch.sum().item() for batch in DataLoader(torch.ones(8), 2, num_workers=2)))"
    with kernels_on(Isolation.NAMESPACES).start() as kernel:
        assert "8.0" in text_of(kernel.execute(source, timeout=20))


def test_an_interrupted_cell_keeps_its_kernel(kernels):
    with kernels.start() as kernel:
        kernel.execute("x = 5")
        outcome = kernel.execute("while True: pass", timeout=0.5)
        assert outcome.status == "timeout"
        assert not outcome.lost
        assert text_of(kernel.execute("print(x)")) == "5\n"


def test_a_cell_may_wait(kernels):
    source = "import asyncio, sys\nprint(await asyncio.sleep(0.1, 'slept'))\n" \
             "program = await asyncio.create_subprocess_exec(sys.executable, '-c', 'print(1 + 1)', stdout=-1)\n" \
             "print(await program.communicate())"
    with kernels.start() as kernel:
        outcome = kernel.execute(source, timeout=60)
        assert (outcome.status, text_of(outcome)) == ("ok", "slept\n(b'2\\n', None)\n"), outcome.says
        assert "ZeroDivisionError" in kernel.execute("await asyncio.sleep(0)\n1 / 0").says


@pytest.mark.parametrize("isolation", LEVELS)
def test_a_cell_that_waits_hears_its_interrupt(isolation, fork_server):
    patient = Kernels(replace(LIMITS, grace=60.0), isolation)
    patient.fork_server = fork_server
    with patient.start() as kernel:
        kernel.execute("import asyncio")
        interrupted = kernel.execute("await asyncio.sleep(1000)", timeout=0.5)
        assert (interrupted.status, interrupted.lost) == ("timeout", False)
        assert text_of(kernel.execute("print(await asyncio.sleep(0, 'again'))")) == "again\n"


def test_the_kind_of_a_file_is_told_by_its_name(kernels):
    with kernels.start() as kernel:
        outcome = kernel.execute("import mimetypes; print(mimetypes.guess_type('sample.png')[0])")
    assert text_of(outcome) == "image/png\n", outcome.says


def test_a_restart_forgets(kernels):
    with kernels.start() as kernel:
        kernel.execute("x = 5; open('left', 'w').close()")
        assert kernel.execute("import os; os._exit(7)").says.endswith("(exit status 7).")
        assert kernel.execute("1").says.startswith("not run")
        kernel.restart()
        assert "NameError" in kernel.execute("x").says
        assert text_of(kernel.execute("import os; print(os.path.exists('left'))")) == "False\n"


def test_a_kernel_that_is_killed_from_outside_is_no_fault_of_its_code(kernels):
    with kernels.start() as kernel:
        assert not kernel.orphaned
        os.kill(kernel.pid, signal.SIGKILL)
        assert kernel.execute("1").lost
        assert kernel.orphaned


def test_a_look_at_a_kernel_that_is_ending_finds_no_fault_with_it():
    """A namespace that is being ended shows no processes any more, some time before its first one has ended."""
    said = []
    kernel = SimpleNamespace(watchdog=SimpleNamespace(look=lambda: os.listdir("/nowhere")), end=said.append)
    watched = SimpleNamespace(kernels={0: kernel})
    with subprocess.Popen(["sleep", "1000"]) as process:
        kernel.pid = process.pid
        Server.watch(watched)
        assert said == ["could not be watched"]
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        Server.watch(watched)
        assert said == ["could not be watched"]
    Server.watch(watched)
    assert said == ["could not be watched"]


@pytest.mark.parametrize("outside", [True, False])
def test_an_order_to_end_what_is_ending_already_does_not_hide_who_ended_it(outside):
    """The end of a kernel's connections comes before its own: the grader answers it with a kill."""
    line, forked = ipc.pair()
    process = KernelProcess(line, whole=True)
    with line, forked, subprocess.Popen(["sleep", "1000"]) as supervisor:
        process.pid, process.handle = supervisor.pid, os.pidfd_open(supervisor.pid)
        if outside:
            supervisor.kill()
            os.waitid(os.P_PID, supervisor.pid, os.WEXITED | os.WNOWAIT)
        process.kill()
        supervisor.wait()
        ipc.send(forked, {"ended": -signal.SIGKILL, "why": None})
        assert process.wait(10) == -signal.SIGKILL
        assert process.killed == outside
        process.close()


def test_a_kernel_that_the_machine_had_no_memory_for_is_no_fault_of_its_code(monkeypatch):
    killed = 128 + signal.SIGKILL
    kernel = ForkedKernel(1, -1, None, Isolation.NAMESPACES, Limits(), oom_kills=4)
    monkeypatch.setattr(server, "oom_kills", lambda: 4)
    assert kernel.outcome(killed) == killed
    monkeypatch.setattr(server, "oom_kills", lambda: 5)
    assert kernel.outcome(killed) == -signal.SIGKILL
    assert kernel.outcome(1) == 1
    kernel.why = "memory"  # its own limit
    assert kernel.outcome(killed) == killed


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "os._exit(0)", "os.abort()",
                                 "signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"])
def test_a_kernel_that_ends_itself_or_has_to_be_ended_is(kernels, end):
    with kernels.start() as kernel:
        assert kernel.execute(f"import os, signal\n{end}", timeout=1).lost
        assert not kernel.orphaned


def test_no_code_can_have_its_end_taken_for_one_from_outside(kernels):
    with kernels.start() as kernel:
        kernel.execute("import os\nfor number in {1, os.getppid()}:\n    try:\n        os.kill(number, 9)\n"
                       "    except OSError:\n        pass")
        assert not kernel.orphaned


def test_a_traceback_is_the_same_in_each_kernel(kernels):
    source = "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print(traceback.format_exc())"
    said = []
    for _ in range(2):
        with kernels.start() as kernel:
            said.append(kernel.execute(source).outputs[0].text)
    assert "ZeroDivisionError" in said[0]
    assert said[0] == said[1]


def test_no_two_kernels_draw_the_same_numbers(kernels):
    source = "import random, tempfile, uuid, numpy, torch\n" \
             "print(random.random(), numpy.random.rand(), torch.rand(1), uuid.uuid4(), tempfile.mktemp())"
    drawn = set()
    for _ in range(2):
        with kernels.start() as kernel:
            drawn |= set(enumerate(text_of(kernel.execute(source)).split()))
    assert len(drawn) == 10


def test_how_ipython_is_set_up_for_who_grades_is_nothing_to_a_student(tmp_path):
    own = tmp_path / "profile_default" / "ipython_kernel_config.py"
    own.parent.mkdir()
    own.write_text("get_config().InteractiveShell.automagic = False")
    source = "from gdm_grader.sandbox.inside import kernel\nkernel.prepare()\n" \
             "print(kernel.Application.instance().shell.automagic)"
    command = [sys.executable, "-c", source]
    environment = KERNEL_ENVIRONMENT | {"IPYTHONDIR": str(tmp_path)}
    assert subprocess.check_output(command, env=environment, text=True) == "True\n"


def test_large_pages_hold_what_the_small_ones_held():
    source = "import os\nfrom gdm_grader.sandbox.linux.procfs import use_large_pages\n" \
             "parts = [os.urandom(1 << 16) for _ in range(640)]\nwas = hash(tuple(parts))\nuse_large_pages()\n" \
             "print(was == hash(tuple(map(bytes, map(bytearray, parts)))))\n" \
             "print(open('/proc/self/smaps_rollup').read())"
    same, *pages = subprocess.check_output([sys.executable, "-c", source], text=True).splitlines()
    assert same == "True"
    large = next(int(line.split()[1]) for line in pages if line.startswith("AnonHugePages"))
    if tuple(map(int, os.uname().release.split(".")[:2])) >= (6, 1):
        assert large > 0  # of 40 MB as many as Linux finds in one piece: on a machine full of files only some


def test_a_notebook_has_a_time_of_its_own(fork_server):
    with Kernel(fork_server, Isolation.NAMESPACES, Limits(notebook=1.0, grace=0.2), {}) as kernel:
        assert kernel.execute("while True: pass").status == "timeout"
        assert kernel.execute("1").says == "not run: the notebook had used its 1 s."


def test_the_warm_process_has_one_thread_and_is_started_again(kernels_on):
    kernels = kernels_on(Isolation.NAMESPACES)
    first = kernels.fork_server.pid
    assert len(os.listdir(f"/proc/{first}/task")) == 1
    with kernels.start() as kernel:
        os.kill(first, signal.SIGKILL)
        assert kernel.execute("import time; time.sleep(5)").status == "died"
    with kernels.start() as kernel:
        assert text_of(kernel.execute("print(1)")) == "1\n"
    assert kernels.fork_server.pid != first


def test_a_step_that_fails_starts_no_kernel(fork_server):
    with pytest.raises(SandboxError, match="No space left"):
        Kernel(fork_server, Isolation.NAMESPACES, Limits(files=1), {})


def test_a_file_outside_the_folder_is_refused(kernels):
    with pytest.raises(ValueError, match="relative name"):
        kernels.start({"../outside": b""})


def test_a_limit_is_positive():
    with pytest.raises(ValueError, match="memory is 0"):
        Limits(memory=0)


def test_this_machine_has_a_sandbox(report):
    assert report.isolation is not Isolation.OPEN
    assert str(report.isolation) in str(report)


def test_where_nothing_can_be_shut_in_nothing_is_graded(monkeypatch):
    monkeypatch.setattr(probe, "probe", lambda: Report(Isolation.OPEN, "6.1", 0, {Isolation.LANDLOCK: "not there"}))
    with pytest.raises(SandboxError, match="--no-sandbox"):
        choose_isolation()
    assert choose_isolation(no_sandbox=True) is Isolation.OPEN


def test_a_linux_that_is_too_old_is_told_in_a_sentence(monkeypatch):
    def unknown(name, *_):
        raise OSError(errno.ENOSYS, f"{name}: Function not implemented")

    monkeypatch.setattr(syscalls, "syscall", unknown)
    with pytest.raises(OSError, match=r"needs Linux 5\.12 or newer"):
        syscalls.restrict_mount("/", syscalls.MOUNT_ATTR_RDONLY)
