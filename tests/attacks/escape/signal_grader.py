"""Sends signals to the grader and ends a process of the machine."""

import os
import signal

from attack import escaped, target, tries

tries(lambda: os.kill(target.grader, 0) or escaped("the grader takes signals"),
      lambda: signal.pidfd_send_signal(os.pidfd_open(target.grader), 0) or escaped("through a descriptor"),
      lambda: os.killpg(os.getpgid(target.victim), 0) or escaped("its group"),
      lambda: os.setpriority(os.PRIO_PROCESS, target.victim, 19) or escaped("slowed down"),
      lambda: os.sched_setaffinity(target.victim, {0}) or escaped("moved"))
