"""A small world to attack: a course with secrets, a process, sockets; and what must hold of it afterwards."""

import ast
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ATTACKS = Path(__file__).parent
SECRET = "CANARY-9d41c7"
DAEMON = "86399.25"  # a span that no other `sleep` on this machine has

# What an attack imports. Outside a sandboxed kernel there is no module `attack`, so its file does nothing there.
ATTACK = f'''
import json
from types import SimpleNamespace

SECRET = {SECRET!r}
target = SimpleNamespace(**json.load(open("target.json")))
target.abstract = "\\0" + target.abstract


def escaped(what):
    print("ESCAPED", what, flush=True)


def tries(*ways):
    for way in ways:
        try:
            way()
        except (OSError, AttributeError, ValueError) as error:
            print(type(error).__name__, error)
'''


def attacks(kind: str) -> list[str]:
    return sorted(path.stem for path in (ATTACKS / kind).glob("*.py") if path.stem != "conftest")


def source(kind: str, name: str) -> str:
    return (ATTACKS / kind / f"{name}.py").read_text(encoding="utf-8")


def expected(name: str) -> set[str]:
    """The literal set EXPECTED of an exhausting attack."""
    for statement in ast.parse(source("exhaust", name)).body:
        if isinstance(statement, ast.Assign) and getattr(statement.targets[0], "id", "") == "EXPECTED":
            return ast.literal_eval(statement.value)
    raise ValueError(f"{name} does not say how it is expected to end")


class World:
    def __init__(self, folder: Path, disk_limit: int) -> None:
        self.files = {
            folder / "course" / "gradebook.db": f"{SECRET} gradebook",
            folder / "course" / "solutions" / "masks.py": f"{SECRET} solution",
            folder / "course" / "submitted" / "other" / "masks.ipynb": f"{SECRET} other student",
        }
        self.restore()
        self.shared = Path("/dev/shm") / SECRET
        self.shared.write_text(SECRET)
        self.victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)", SECRET],
                                       env={"TOKEN": SECRET})
        self.tcp, self.udp = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.unix, self.abstract, self.datagram = (socket.socket(socket.AF_UNIX, kind) for kind in (
            socket.SOCK_STREAM, socket.SOCK_STREAM, socket.SOCK_DGRAM))
        paths = [tempfile.mktemp(prefix="world-") for _ in range(2)]
        for end, path in zip((self.unix, self.datagram), paths, strict=True):
            end.bind(path)
            os.chmod(path, 0o777)
        self.abstract.bind(f"\0{SECRET}")
        self.unix.listen()
        self.abstract.listen()
        gradebook, solution, other = map(str, self.files)
        disk = os.stat(folder).st_dev
        self.target = {
            "course": str(folder / "course"), "gradebook": gradebook, "solution": solution, "other_student": other,
            "names": ["gradebook.db", "masks.ipynb"], "grader": os.getpid(), "victim": self.victim.pid,
            "tcp": self.tcp.getsockname()[1], "udp": self.udp.getsockname()[1], "unix": paths[0],
            "unix_datagram": paths[1], "abstract": SECRET, "shared": str(self.shared), "daemon": DAEMON,
            "temporary": tempfile.gettempdir(), "disk": [os.major(disk), os.minor(disk)], "disk_limit": disk_limit,
        }

    def restore(self) -> None:
        for path, text in self.files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def tools(self) -> dict[str, bytes]:
        """The files that a kernel under attack gets."""
        return {"attack.py": ATTACK.encode(), "target.json": json.dumps(self.target).encode()}

    def harm(self) -> list[str]:
        """Return what happened outside that must not have happened."""
        found = [f"{path.name} was changed" for path, text in self.files.items()
                 if not path.exists() or path.read_text() != text]
        course = Path(self.target["course"])
        found += [f"{path} is new" for path in course.rglob("*") if path.is_file() and path not in self.files]
        ends = [self.tcp, self.udp, self.unix, self.abstract, self.datagram]
        found += [f"{end.getsockname()} was reached" for end in select.select(ends, [], [], 0)[0]]
        if self.victim.poll() is not None:
            found.append("a process of the machine was ended")
        return found + [f"{pid} still runs" for pid in running(DAEMON)]

    def close(self) -> None:
        self.victim.kill()
        self.victim.wait()
        for end in (self.tcp, self.udp, self.unix, self.abstract, self.datagram):
            end.close()
        for path in (self.target["unix"], self.target["unix_datagram"], self.shared):
            Path(path).unlink()


def running(argument: str) -> list[int]:
    """Processes of this machine that have `argument` on their command line."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if argument.encode() in Path(f"/proc/{name}/cmdline").read_bytes().split(b"\0"):
                found.append(int(name))
        except OSError:
            continue
    return found


def text_of(outcome) -> str:
    return "".join(str(output.get("text", "")) + str(output.get("data", "")) + str(output.get("evalue", ""))
                   for output in outcome.outputs)
