"""Runs JupyterHub, and ends it with the servers that it started."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.hub.accounts import Account

CONFIG = Path(__file__).parent / "jupyterhub_config.py"
START_SECONDS = 180


def free_ports(number: int) -> list[int]:
    """Return ports that nobody listens on."""
    with ExitStack() as probes:
        ports = []
        for _ in range(number):
            probe = probes.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    return ports


@contextmanager
def hub(environment: Path, proxy: Path, people: list[Account], folder: Path) -> Iterator[str]:
    """A JupyterHub from the students' environment, for these people; gives its address. Its log is folder/hub.log."""
    front, back, api = free_ports(3)
    address = f"http://127.0.0.1:{front}/"
    node = Path(shutil.which("node") or "/usr/bin/node").parent
    variables = os.environ | {
        "HUB_ADDRESS": address, "HUB_PORT": str(back), "HUB_PROXY_API": f"http://127.0.0.1:{api}",
        "HUB_PROXY": str(proxy), "HUB_USERS": " ".join(person.name for person in people),
        "PATH": f"{environment / 'bin'}:{node}:/usr/local/bin:/usr/bin:/bin"}
    for name in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_CONFIG_DIR"):
        variables.pop(name, None)
    with (folder / "hub.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen([environment / "bin" / "jupyterhub", "--config", CONFIG], cwd=folder, env=variables,
                                   stdout=log, stderr=subprocess.STDOUT)
        try:
            wait(process, f"{address}hub/api/", folder / "hub.log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until the hub answers; its log is in the error if it does not."""
    for _ in range(2 * START_SECONDS):
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.5)
    raise SystemExit(f"JupyterHub did not start. Its log:\n{log.read_text(encoding='utf-8')[-4000:]}")
