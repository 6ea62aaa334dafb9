"""The filter of system calls: every call of this Linux stands in one class, and what is refused is refused."""

import platform
import re
from pathlib import Path

import pytest

from gdm_grader.sandbox.linux import seccomp, syscall_table

HEADERS = {"x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
           "aarch64": Path("/usr/include/asm-generic/unistd.h")}
ALLOW = 0x7FFF0000
REFUSED = 0x00050000  # SECCOMP_RET_ERRNO, the error in its lower half


def numbers(machine: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind in syscall_table.kinds():
        found |= syscall_table.numbers(kind, machine)
    return found


@pytest.mark.parametrize("machine", syscall_table.MACHINES)
def test_no_call_and_no_number_stands_twice(machine):
    kinds = [syscall_table.numbers(kind, machine) for kind in syscall_table.kinds()]
    assert sum(map(len, kinds)) == len(numbers(machine)) == len(set(numbers(machine).values()))


@pytest.mark.skipif(not HEADERS["x86_64"].is_file(), reason="this machine has no headers of Linux")
def test_every_call_that_this_linux_names_is_classified():
    text = HEADERS["x86_64"].read_text(encoding="ascii")
    named = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", text)}
    assert {name: number for name, number in named.items() if numbers("x86_64").get(name) != number} == {}


def verdict(number: int, *arguments: int, shared: bool = True, signals: bool = False) -> int:
    """Return the filter's answer, worked out step by step."""
    words = {0: number, 4: seccomp._ARCHITECTURES[syscall_table.MACHINES.index(platform.machine())]}
    for index, argument in enumerate(arguments):
        words[16 + 8 * index] = argument & 0xFFFFFFFF
    value, place = 0, 0
    program = seccomp.program(shared, signals)
    while True:
        code, if_true, if_false, constant = program[place]
        place += 1
        if code == seccomp._LOAD:
            value = words.get(constant, 0)
        elif code == seccomp._AND:
            value &= constant
        elif code == seccomp._RETURN:
            return constant
        else:
            holds = {seccomp._EQUAL: value == constant, seccomp._AT_LEAST: value >= constant,
                     seccomp._ANY_BIT: bool(value & constant)}[code]
            place += if_true if holds else if_false


@pytest.mark.parametrize(("name", "arguments", "says"), [
    ("read", (0, 0, 1), ALLOW), ("futex", (), ALLOW), ("exit_group", (0,), ALLOW), ("rt_sigreturn", (), ALLOW),
    ("fcntl", (3, 1), ALLOW), ("fcntl", (3, 8, 1), REFUSED | 1), ("fcntl", (3, 10, 9), REFUSED | 1),
    ("fcntl", (3, 15), REFUSED | 1), ("ioctl", (1, 0x5401), ALLOW), ("ioctl", (1, 0x8901), REFUSED | 1),
    ("setpriority", (0, 0, 19), ALLOW), ("setpriority", (1, 0, 19), REFUSED | 1),
    ("setpriority", (2, 0, 19), REFUSED | 1), ("setpriority", (0, 7, 19), REFUSED | 1),
    ("ioprio_set", (1, 0), ALLOW), ("ioprio_set", (2, 0), REFUSED | 1), ("prlimit64", (0,), ALLOW),
    ("prlimit64", (1,), REFUSED | 1), ("setsockopt", (3, 1, 7), REFUSED), ("setsockopt", (3, 1, 2), ALLOW),
    ("io_setup", (60_000,), REFUSED | 1), ("inotify_init1", (), REFUSED | 1), ("memfd_create", (), REFUSED | 1),
    ("clone", (0x1200011,), ALLOW), ("clone", (0x10000000,), REFUSED | 1), ("clone3", (), REFUSED | 38),
    ("chmod", (), REFUSED), ("sync", (), REFUSED), ("fsync", (3,), REFUSED), ("flock", (3, 2), REFUSED),
    ("kill", (1, 9), REFUSED | 1), ("tkill", (1, 9), REFUSED | 1),
    ("socket", (1, 1), REFUSED | 97), ("fcntl", (3, 5), ALLOW), ("fcntl", (3, 6), REFUSED), ("fcntl", (3, 7), REFUSED),
    ("fcntl", (3, 37), REFUSED), ("fcntl", (3, 38), REFUSED), ("landlock_add_rule", (), REFUSED | 1),
    ("prctl", (1, 9), ALLOW), ("prctl", (0x53564D41,), ALLOW), ("prctl", (4, 0), REFUSED | 22),
    ("prctl", (62, 1), REFUSED | 22), ("prctl", (67, 1), REFUSED | 22), ("fallocate", (3, 0, 0, 1), REFUSED | 95),
    ("ioctl", (3, 0x40305828), REFUSED | 1), ("setrlimit", (4,), REFUSED | 1), ("setrlimit", (7,), ALLOW),
    ("prlimit64", (0, 4, 0, 1), ALLOW), ("prlimit64", (0, 4, 1), REFUSED | 1), ("prlimit64", (0, 7, 1), ALLOW),
    ("mmap", (0, 1, 3, 0x22), ALLOW), ("mmap", (0, 1, 3, 0x40022), REFUSED | 12), ("cachestat", (), REFUSED | 1),
])
def test_a_call_is_allowed_for_what_a_notebook_needs(name, arguments, says):
    known = numbers(platform.machine())
    if name in known:
        assert verdict(known[name], *arguments) == says


def test_on_a_file_system_of_its_own_a_kernel_may_change_modes_and_signal_itself():
    known = numbers(platform.machine())
    assert verdict(known["fchmod"], shared=False, signals=True) == ALLOW
    assert verdict(known["kill"], 5, 9, shared=False, signals=True) == ALLOW
    assert verdict(known["fallocate"], shared=False) == verdict(known["prctl"], 4, 0, shared=False) == ALLOW
    assert verdict(known["socket"], 1, 1, shared=False, signals=True) == ALLOW
    assert verdict(known["socket"], 2, 1, shared=False, signals=True) == REFUSED | 97


def test_a_call_that_nobody_knows_yet_does_not_exist():
    assert verdict(max(numbers(platform.machine()).values()) + 1) == REFUSED | 38
