"""nbgrader's exchange, Blackboard, Brightspace, GitHub Classroom, and what people put together by hand."""

from pathlib import Path

from tools.platforms import DOWNLOADED, HandIn, write_zip


def login(one: HandIn) -> str:
    return f"{one.person.first[0]}{one.person.last}".lower()


def exchange(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    """inbound/ of nbgrader: a folder an attempt."""
    for one in hand_ins:
        place = folder / f"{login(one)}+{name}+{one.when:%Y-%m-%d %H:%M:%S}.123456 UTC+5af3c0"
        place.mkdir(parents=True)
        (place / "timestamp.txt").write_text(f"{one.when:%Y-%m-%d %H:%M:%S}.123456 UTC")
        for filename, data in one.files.items():
            (place / filename).write_bytes(data)
    return folder


def blackboard(path: Path, hand_ins: list[HandIn], name: str) -> Path:
    entries = {}
    for one in hand_ins:
        start = f"{name.title()}_{login(one)}_attempt_{one.when:%Y-%m-%d-%H-%M-%S}"
        entries[f"{start}.txt"] = f"Name: {one.person.full_name} ({login(one)})\n".encode()
        for filename, data in one.files.items():
            entries[f"{start}_{filename}"] = data
    return write_zip(path, entries, DOWNLOADED)


def brightspace(path: Path, hand_ins: list[HandIn], name: str) -> Path:
    entries = {"index.html": b"<html></html>"}
    for one in hand_ins:
        when = f"{one.when:%b} {one.when.day}, {one.when.year} {one.when:%I%M %p}".replace(" 0", " ")
        for filename, data in one.files.items():
            entries[f"{one.person.number}-777 - {one.person.full_name} - {when}/{filename}"] = data
    return write_zip(path, entries, DOWNLOADED)


def github(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    for one in hand_ins:
        place = folder / f"{name}-submissions" / f"{name}-{login(one)}"
        (place / ".git").mkdir(parents=True)
        (place / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
        (place / "README.md").write_text("# Tiny\n")
        for filename, data in one.files.items():
            (place / filename).write_bytes(data)
    return folder


def flat(folder: Path, hand_ins: list[HandIn], name: str) -> Path:
    folder.mkdir(parents=True)
    for one in hand_ins:
        (folder / f"{login(one)}.ipynb").write_bytes(next(iter(one.files.values())))
    return folder
