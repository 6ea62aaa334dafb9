"""A sandboxed kernel seen from the grader: its process, by a descriptor that no other process can take over."""

import os
import select
import signal
import socket
import time
from contextlib import suppress

from gdm_grader.sandbox import ipc
from gdm_grader.sandbox.linux.procfs import exiting

_LAST_WORDS = 10.0  # seconds that the fork server may take on a busy machine


class SandboxError(RuntimeError):
    """A kernel could not be shut in, so it was not started."""


class KernelProcess:
    """Ends, with everything that it started, when it is killed or this object is closed."""

    def __init__(self, line: socket.socket, whole: bool) -> None:
        """`line`: to the fork server. `whole`: SIGKILL to the process ends all that it started."""
        self.line = line
        self._stop = signal.SIGKILL if whole else signal.SIGTERM
        self.pid, self.handle = 0, -1
        self.returncode: int | None = None
        self.why: str | None = None  # the limit that ended it
        self.killed = False  # by somebody else: no limit, no order of ours and nothing within can kill a supervisor
        self._ordered = False

    def wait_started(self, timeout: float = 30.0) -> None:
        """Until the lockdown is complete; SandboxError if a step of it failed."""
        self.line.settimeout(timeout)
        started = False
        try:
            while not (started and self.pid):
                message, descriptors = ipc.receive(self.line)
                if "pid" in message:
                    self.pid, (self.handle,) = message["pid"], descriptors
                elif "started" in message:
                    started = True
                else:
                    raise SandboxError(f"the kernel was not started: {message.get('failed', message)}")
        except (EOFError, OSError) as error:
            self.close()
            raise SandboxError(f"the kernel was not started: {str(error) or 'the fork server ended'}") from None
        except SandboxError:
            self.close()
            raise

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        if self.returncode is None and self.handle >= 0 and select.select([self.handle], [], [], 0)[0]:
            self.returncode = self._last_words()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the end, at most `timeout` seconds; return the exit status, None while it runs."""
        if self.poll() is None:
            select.select([self.handle], [], [], timeout)
        return self.poll()

    def _last_words(self) -> int:
        """Return the exit status that the fork server tells; -9 when it is gone itself, and took the kernel along."""
        self.line.settimeout(_LAST_WORDS)
        deadline = time.monotonic() + _LAST_WORDS
        while time.monotonic() < deadline:
            try:
                message, _ = ipc.receive(self.line)
            except (EOFError, OSError):
                break
            if "ended" in message:
                self.why = message["why"]
                status = message["ended"]
                self.killed = status == -signal.SIGKILL and self.why is None and not self._ordered
                return 128 - status if status > 128 else status
        return -signal.SIGKILL

    def send_signal(self, number: int) -> None:
        """An interrupt goes to the kernel alone; any other signal ends everything.

        What is ending already was not ended by this: its connections break some time before its end can be seen.
        """
        self._ordered = self._ordered or (number != signal.SIGINT and not exiting(self.pid))
        if self.handle >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, number if number == signal.SIGINT else self._stop)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Kill it if it still runs, and let go of it."""
        self.kill()
        if self.handle >= 0:
            if self.wait(5) is None:  # only without a namespace can the supervisor itself be held up
                with suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            os.close(self.handle)
            self.handle = -1
        self.line.close()
