"""Opens the switches of the machine in /proc and /sys for writing: one of them runs a program as root."""

import os

from attack import escaped, tries

for path in ("/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/sys/vm/drop_caches",
             "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/memory/cgroup.procs", "/sys/kernel/uevent_helper"):
    tries(lambda path=path: os.close(os.open(path, os.O_WRONLY)) or escaped(path))
