"""Takes what a machine or a user has only so much of: async I/O, inotify, timers, message queues, locks, terminals."""

import ctypes
import fcntl
import os

import attack

libc = ctypes.CDLL(None, use_errno=True)
NUMBERS = {"io_setup": (206, 0), "inotify_init1": (294, 26), "timer_create": (222, 107), "mq_open": (240, 180),
           "msgget": (68, 186), "semget": (64, 190), "shmget": (29, 194), "memfd_create": (319, 279),
           "landlock_create_ruleset": (444, 444)}
place = 0 if os.uname().machine == "x86_64" else 1
context = ctypes.c_ulong(0)
arguments = {"io_setup": (60_000, ctypes.byref(context)), "inotify_init1": (0,),
             "timer_create": (0, None, ctypes.byref(context)),
             "mq_open": (b"/queue", os.O_CREAT | os.O_RDWR, 0o600, None),
             "msgget": (0, 0o1600), "semget": (0, 1, 0o1600), "shmget": (0, 4096, 0o1600), "memfd_create": (b"x", 0),
             "landlock_create_ruleset": (ctypes.byref(ctypes.c_ulong(1)), 8, 0)}
for name, numbers in NUMBERS.items():
    if libc.syscall(numbers[place], *arguments[name]) >= 0:
        attack.escaped(name)

with open("locked", "w") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    if os.fork() == 0:
        try:  # what the parent locked is locked, and takes memory
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.wait()[1]:
        attack.escaped("locks of files")

terminals = []
try:
    while len(terminals) < 40:
        terminals.append(os.openpty())
    attack.escaped("terminals")
except OSError as error:
    print(error)
