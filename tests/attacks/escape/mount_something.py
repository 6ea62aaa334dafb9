"""Mounts, remounts and changes the root, to uncover what lies below."""

import ctypes
import os

from attack import escaped, tries

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("mountpoint", exist_ok=True)
MS_REMOUNT, MS_BIND = 32, 4096
for arguments in ((b"none", b"mountpoint", b"tmpfs", 0), (b"/", b"mountpoint", None, MS_BIND),
                  (None, b"/", None, MS_REMOUNT | MS_BIND)):
    if libc.mount(*arguments, None) == 0:
        escaped(f"mounted {arguments}")
        libc.umount2(b"mountpoint", 2)
tries(lambda: os.fork() == 0 and (libc.chroot(b"mountpoint") == 0 and escaped("another root"), os._exit(0)),
      lambda: libc.umount2(b"/proc", 2) == 0 and escaped("unmounted"))
