"""Control groups: where they can be made, what is written into them, and that they hold where this machine has them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gdm_grader.sandbox.forkserver import cgroup
from gdm_grader.sandbox.forkserver.cgroup import Cgroup
from gdm_grader.sandbox.forkserver.watchdog import Watchdog
from gdm_grader.sandbox.host.kernels import Kernel
from gdm_grader.sandbox.isolation import Isolation
from gdm_grader.sandbox.limits import MB, Limits
from tests.attacks.world import source, text_of

LIMITS = Limits(memory=300 * MB, disk=100 * MB, processes=20)
where_there_are_some = pytest.mark.skipif(cgroup.place() is None, reason="no control group of version 2 is ours here")
CONTROLLERS = "cpuset cpu io memory pids"


@pytest.fixture
def group(tmp_path):
    """A folder like one of the system's: group("user.slice/app", enabled="memory pids", processes="12")."""
    def make(name: str, controllers: str = CONTROLLERS, enabled: str = "", processes: str = "") -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in {"controllers": controllers, "subtree_control": enabled, "procs": processes}.items():
            (folder / f"cgroup.{file}").write_text(text + "\n")
        return folder
    return make


def test_a_group_beside_our_own_is_taken_where_its_parent_hands_the_controllers_down(group, tmp_path):
    parent = group("user.slice/app.slice", enabled="memory pids")
    assert cgroup.find_group(group("user.slice/app.slice/terminal", processes="12\n13"), tmp_path) == parent


def test_a_parent_without_processes_is_made_to_hand_them_down(group, tmp_path):
    parent = group("service")
    assert cgroup.find_group(group("service/main", processes="12"), tmp_path) == parent
    assert (parent / "cgroup.subtree_control").read_text() == "+memory +pids\n"


def test_where_nothing_is_ours_there_is_no_group(group, tmp_path):
    group("", processes="1", controllers="cpu")
    group("slice", processes="7")
    assert cgroup.find_group(group("slice/job", processes="12"), tmp_path) is None


def test_what_may_not_be_written_is_passed_over(group, tmp_path, monkeypatch):
    closed, top = group("slice", enabled="memory pids"), group("", enabled="memory pids")
    monkeypatch.setattr(os, "access", lambda path, mode: closed / "cgroup.procs" != path)
    assert cgroup.find_group(group("slice/job", processes="12"), tmp_path) == top


@pytest.mark.parametrize(("mounts", "groups", "found"), [
    ("30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw", "0::/user.slice/a", "/sys/fs/cgroup/user.slice/a"),
    ("30 23 0:26 /box /sys/fs/cgroup rw - cgroup2 none rw", "3:cpu:/x\n0::/box/a", "/sys/fs/cgroup/a"),
    ("31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup none rw\n30 23 0:26 / /mnt rw shared:4 - cgroup2 none rw", "0::/",
     "/mnt"),
])
def test_our_own_group_is_found_from_what_proc_says(mounts, groups, found):
    assert cgroup.own(mounts, groups)[0] == Path(found)


@pytest.mark.parametrize("groups", ["4:memory:/a", "0::/a"])
def test_version_1_is_no_such_group(groups):
    with pytest.raises(LookupError):
        cgroup.own("31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup none rw", groups)


def test_the_limits_are_written_before_a_process_comes_in(tmp_path):
    made = Cgroup(tmp_path / "gdm-1-2", LIMITS)
    assert (made.folder / "memory.max").read_text() == f"{400 * MB}\n"
    assert (made.folder / "memory.oom.group").read_text() == "1\n"
    assert (made.folder / "pids.max").read_text() == "21\n"
    assert not (made.folder / "cgroup.procs").exists()
    made.add(4711)
    assert (made.folder / "cgroup.procs").read_text() == "4711\n"


def test_a_group_that_cannot_be_made_leaves_it_to_the_watchdog(tmp_path, monkeypatch):
    monkeypatch.setattr(cgroup, "place", lambda: tmp_path / "is not there")
    assert cgroup.confine(os.getpid(), LIMITS) is None
    monkeypatch.setattr(cgroup, "place", lambda: None)
    assert cgroup.confine(os.getpid(), LIMITS) is None
    assert "watchdog" in cgroup.says()


def test_what_the_group_ended_is_said(tmp_path):
    made = Cgroup(tmp_path / "gdm-1-2", LIMITS)
    dog = Watchdog(os.getpid(), LIMITS, 0, "", made)
    (made.folder / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\n")
    assert dog.look() is None
    (made.folder / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 1\noom_kill 9\noom_group_kill 1\n")
    assert dog.look() == "memory"


def test_groups_of_dead_warm_processes_are_removed(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    for pid in (os.getpid(), gone.pid):
        (tmp_path / f"gdm-{pid}-1").mkdir()
    cgroup.sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"gdm-{os.getpid()}-1"]


@where_there_are_some
@pytest.mark.parametrize("name", ["memory_by_forks", "memory_shared", "memory_hidden"])
def test_on_this_machine_the_kernel_ends_what_takes_too_much(fork_server, name, world):
    with Kernel(fork_server, Isolation.NAMESPACES, Limits(memory=400 * MB), world.tools()) as kernel:
        groups = list(cgroup.place().glob("gdm-*"))
        outcome = kernel.execute(source("exhaust", name), 30)
        assert (len(groups), outcome.status) == (1, "memory")
    assert list(cgroup.place().glob("gdm-*")) == []


@where_there_are_some
def test_on_this_machine_a_kernel_cannot_leave_its_group(kernels):
    """Below a user's systemd its files belong to that user; where namespaces are forbidden, kernels run as that one."""
    with kernels.start() as kernel:
        (group,) = cgroup.place().glob("gdm-*")
        files = [str(path) for path in (group / "memory.max", group / "cgroup.procs", group.parent / "cgroup.procs")]
        assert all(os.access(path, os.W_OK) for path in files)
        outcome = kernel.execute(f"import os\nfor path in {files}:\n    try:\n        os.open(path, os.O_WRONLY)\n"
                                 "    except OSError:\n        print('refused')")
    assert text_of(outcome).split() == ["refused"] * 3
