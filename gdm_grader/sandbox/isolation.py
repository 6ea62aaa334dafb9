"""The isolation of a kernel: how far it can be shut in on this machine."""

from enum import Enum


class Isolation(Enum):
    """Each value is the sentence that a report prints."""

    NAMESPACES = "namespaces, a file system of its own, Landlock, seccomp and limits"
    LANDLOCK = "Landlock, seccomp and limits; no namespaces, so processes and paths of this machine can be named"
    OPEN = "limits alone: not a sandbox"

    def __str__(self) -> str:
        return self.value
