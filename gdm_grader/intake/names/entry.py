"""One file of what a platform or a person packed, which is read when it is asked for."""

import os
import pwd
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Entry:
    """A file: where it lies, with its name in NFC, why it is not to be read, if so, and who owns its folder.

    `owner` is the number of an account; None in a zip.
    """

    path: PurePosixPath
    read: Callable[[], bytes]
    problem: str | None = None
    owner: int | None = None

    def forged(self, who: str) -> str | None:
        """Return why it cannot be the account `who` that put it there; None where nothing says so.

        Nothing does where there is no such account here, or where root or whoever runs this has copied the folder.
        """
        if self.owner is None or self.owner in (0, os.getuid()):
            return None
        try:
            account = pwd.getpwnam(who)
        except KeyError:
            return None
        if account.pw_uid == self.owner:
            return None
        return f"it is in the name of {who}, but the account {_account(self.owner)} put it there"


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)
