"""Gives its process group, its user and other processes the lowest priority, for processor and disk."""

import os

import attack

IOPRIO_SET = {"x86_64": 251, "aarch64": 30}[os.uname().machine]
IDLE = 3 << 13


def ioprio(which, who):
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(IOPRIO_SET, which, who, IDLE) < 0:
        raise OSError(ctypes.get_errno(), "ioprio_set")
    attack.escaped(f"ioprio_set {which} {who}")


def lower(which, who):
    os.setpriority(which, who, 19)
    attack.escaped(f"setpriority {which} {who}")


for which in (os.PRIO_PGRP, os.PRIO_USER):
    attack.tries(lambda which=which: lower(which, 0), lambda which=which: ioprio(which + 1, 0))
attack.tries(lambda: lower(os.PRIO_PROCESS, attack.target.victim), lambda: ioprio(1, attack.target.victim))
