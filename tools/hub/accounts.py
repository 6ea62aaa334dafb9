"""UNIX accounts that exist for the run, and commands in their names."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

KNOWN = ("LANG", "TZ", "OMP_NUM_THREADS", "PYTHONPATH")  # what a command may see of our own environment


@dataclass(frozen=True)
class Account:
    """An account of this machine, with the password that the hub's page of login asks for."""

    name: str
    password: str

    @property
    def home(self) -> Path:
        return Path(pwd.getpwnam(self.name).pw_dir)

    def run(self, command: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run a line of the shell in a folder."""
        places = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        environment = {key: os.environ[key] for key in KNOWN if key in os.environ}
        environment |= {"PATH": ":".join(places), "HOME": str(self.home), "USER": self.name, "TQDM_DISABLE": "1"}
        return subprocess.run(["runuser", "-u", self.name, "--", "sh", "-c", command], cwd=folder, env=environment,
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


@contextmanager
def accounts(*names: str) -> Iterator[list[Account]]:
    """Make accounts; in the end remove them with their homes and what still runs in them."""
    made: list[Account] = []
    try:
        for name in names:
            subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", name], check=True)
            account = Account(name, secrets.token_urlsafe(16))
            made.append(account)
            subprocess.run(["chpasswd"], input=f"{name}:{account.password}\n", text=True, check=True)
        yield made
    finally:
        for account in made:
            remove(account)


def remove(account: Account) -> None:
    """Remove an account, after the processes that run in its name have ended."""
    home = account.home
    subprocess.run(["pkill", "-KILL", "-u", account.name])
    for _ in range(50):
        done = subprocess.run(["userdel", account.name], capture_output=True, text=True)
        if done.returncode == 0:
            break
        time.sleep(0.2)
    else:
        print(f"Could not remove the account {account.name}: {done.stderr}", file=sys.stderr)
    shutil.rmtree(home, ignore_errors=True)
