"""A PostgreSQL server of a test's own, on a socket in a folder of its own; it refuses to be run by root."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PLACES = ("/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb")
UNPRIVILEGED = "nobody"


@contextmanager
def server() -> Iterator[str]:
    """Start a server without a network; the address of its one database."""
    tools = _tools()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket's path must be short
    user = UNPRIVILEGED if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"

    def run(tool: str, *arguments: str) -> None:
        done = subprocess.run([tools / tool, "-D", folder / "data", *arguments], user=user, cwd=folder, text=True,
                              env={"PATH": os.defpath, "LC_ALL": "C"}, capture_output=True)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        run("initdb", "--username=teacher", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql://teacher@/postgres?host={folder}"
        finally:
            run("pg_ctl", "stop", "--wait", "--mode=immediate")
    finally:
        shutil.rmtree(folder)


def _tools() -> Path:
    found = [shutil.which("initdb")]
    for place in PLACES:
        found += sorted(glob.glob(place))
    for path in filter(None, found):
        return Path(path).resolve().parent
    pytest.fail("This test needs PostgreSQL. Install it: tools/install_system.sh", pytrace=False)
