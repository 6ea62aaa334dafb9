"""Opens the disk, the memory and the log of the machine, or makes such a device itself."""

import os
import stat

from attack import escaped, target, tries

for path in ("/dev/mem", "/dev/kmsg", "/dev/vda", "/dev/sda", "/dev/tty", "/dev/fuse", "/dev/net/tun"):
    tries(lambda path=path: escaped(open(path, "rb")))
tries(lambda: os.mknod("disk", stat.S_IFBLK | 0o600, os.makedev(*target.disk)) or escaped(open("disk", "rb")))
