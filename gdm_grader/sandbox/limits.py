"""The limits on what one submission may use."""

from dataclasses import asdict, dataclass

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Bounds on one kernel and everything that it starts; bytes and seconds.

    `memory` bounds each process (RLIMIT_DATA) and, by a control group or the watchdog, all of them together. `disk`
    bounds the scratch folder with /tmp and /dev/shm. `output` is what one cell may show, `message` the largest single
    message.
    """

    memory: int = 2048 * MB
    processes: int = 64
    disk: int = 256 * MB
    files: int = 20_000
    open_files: int = 256  # as on a Mac; one half may watch the other, and each pair is memory that no process counts
    output: int = 1 * MB
    message: int = 4 * MB
    cell: float = 60.0
    notebook: float = 180.0
    grace: float = 1.0  # how long an interrupted cell may take to end before its kernel is killed

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value <= 0:
                raise ValueError(f"a limit is a positive number, but {name} is {value}: leave it out for the default")
