"""A seccomp filter: the system calls that a notebook has no use for fail with EPERM.

It leaves what torch, DataLoader workers and plots need. Source: the kernel's
Documentation/userspace-api/seccomp_filter.rst; the program is classic BPF.
"""

import ctypes
import os
import platform
import struct

from gdm_grader.sandbox.linux.syscalls import MACHINES, syscall

EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97
AF_UNIX, SOCK_STREAM, SOCK_TYPE_MASK = 1, 1, 0xF
NEW_NAMESPACES = 0x7E020000  # every CLONE_NEW... flag that clone takes
_ARCHITECTURES = (0xC000003E, 0xC00000B7)
_X32 = 0x40000000

# name: number on x86_64, number on aarch64 (None: it has none). Why each is refused stands beside its group.
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438), "kcmp": (312, 272), "process_madvise": (440, 440),
    # another view of the machine
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264),
    "mknod": (133, None), "mknodat": (259, 33), "swapon": (167, 224), "swapoff": (168, 225), "quotactl": (179, 60),
    # what empties a file by its path: Landlock stops that from Linux 6.2 on
    "truncate": (76, 45),
    # large parts of the kernel that had many holes
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "add_key": (248, 217),
    "request_key": (249, 218), "keyctl": (250, 219), "fanotify_init": (300, 262), "personality": (135, 92),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "reboot": (169, 142), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "adjtimex": (159, 171), "clock_adjtime": (305, 266), "sethostname": (170, 161), "setdomainname": (171, 162),
    "acct": (163, 89), "syslog": (103, 116), "iopl": (172, None), "ioperm": (173, None),
    # memory that neither the limits nor the watchdog count
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186),
    "semget": (64, 190), "mq_open": (240, 180), "mlock": (149, 228), "mlockall": (151, 230), "mlock2": (325, 284),
}
_CLONE, _CLONE3 = (56, 220), (435, 435)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)
_SIGNALS = {"kill": (62, 129), "tgkill": (234, 131)}  # the first argument is the process
_OTHER_SIGNALS = {"tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
                  "pidfd_send_signal": (424, 424)}
# what would slow down or strangle another process of the same user: the argument that names it must be 0, "myself";
# libzmq sets the ordinary policy, 0, of its threads
_OF_MYSELF = {"prlimit64": (302, 261, 0), "sched_setaffinity": (203, 122, 0), "sched_setscheduler": (144, 119, 1),
              "sched_setparam": (142, 118, 0), "sched_setattr": (314, 274, 0), "setpriority": (141, 140, 1),
              "ioprio_set": (251, 30, 1)}

# modes, owners, times and attributes of files: Landlock knows no right to these, so on a file system shared with the
# user who grades they do nothing, and say that they did: copying a file goes on
_ABOUT_FILES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
}

Instruction = tuple[int, int, int, int]  # code, steps if true, steps if false, constant
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
ALLOW, KILL = 0x7FFF0000, 0x80000000


def refuse(number: int) -> Instruction:
    return (_RETURN, 0, 0, 0x00050000 | number)


def _argument(index: int) -> Instruction:
    return (_LOAD, 0, 0, 16 + 8 * index)  # its lower half


def program(shared: bool, signals: bool) -> list[Instruction]:
    """The filter. `shared`: the file system and the network are the machine's; `signals`: to any process in sight."""
    machine = MACHINES.index(platform.machine())
    steps: list[Instruction] = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), (_RETURN, 0, 0, KILL)]
    steps += [(_LOAD, 0, 0, 0)]
    if platform.machine() == "x86_64":
        steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, KILL)]
    # clone3 hides its flags from a filter; without it libc falls back to clone
    steps += _call(_CLONE3[machine], [refuse(ENOSYS)])
    steps += _call(_CLONE[machine], [_argument(0), (_ANY_BIT, 0, 1, NEW_NAMESPACES), refuse(EPERM),
                                     (_RETURN, 0, 0, ALLOW)])
    stream = [_argument(0), (_EQUAL, 1, 0, AF_UNIX), refuse(EAFNOSUPPORT), _argument(1),
              (_AND, 0, 0, SOCK_TYPE_MASK), (_EQUAL, 1, 0, SOCK_STREAM), refuse(EAFNOSUPPORT), (_RETURN, 0, 0, ALLOW)]
    steps += _call(_SOCKETPAIR[machine], stream)
    steps += _call(_SOCKET[machine], [refuse(EAFNOSUPPORT)] if shared else stream)
    if not signals:
        own = [_argument(0), (_EQUAL, 0, 1, os.getpid()), (_RETURN, 0, 0, ALLOW), refuse(EPERM)]
        for numbers in _SIGNALS.values():
            steps += _call(numbers[machine], own)
        for numbers in _OTHER_SIGNALS.values():
            steps += _call(numbers[machine], [refuse(EPERM)])
    for *calls, position in _OF_MYSELF.values():
        steps += _call(calls[machine], [_argument(position), (_EQUAL, 0, 1, 0), (_RETURN, 0, 0, ALLOW), refuse(EPERM)])
    for table, error in ((_REFUSED, EPERM), (_ABOUT_FILES if shared else {}, 0)):
        for names in table.values():
            number = names[machine]
            if number is not None:
                steps += _call(number, [refuse(error)])
    return [*steps, (_RETURN, 0, 0, ALLOW)]


def _call(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def install(shared: bool = False, signals: bool = True) -> None:
    """Filter this process and its children for good; PR_SET_NO_NEW_PRIVS must be set."""
    steps = program(shared, signals)
    raw = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    filter_mode = 1
    syscall("seccomp", filter_mode, 0, struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(raw)))
