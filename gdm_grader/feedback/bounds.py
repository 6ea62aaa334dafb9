"""Bounds on what a page shows of a student's text, so that no text costs more than its length does.

Markdown, HTML and colored code are drawn by libraries whose time grows with the square of the length for some texts:
10 kB of dots take a minute to color. Such a text is shown as it was written.
"""

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType

from nbformat import NotebookNode
from nbformat.v4 import new_output

MAX_DRAWN_CHARS = 50_000  # of a text that is drawn
MAX_DRAWN_SECONDS = 0.5  # of CPU time to draw one text; an assignment's longest takes 0.03
MAX_PAGE_SECONDS = 60.0  # of CPU time for a page
MAX_PART_CHARS = 200_000  # of a cell's source, or of one output
MAX_PAGE_CHARS = 5_000_000  # of all sources and outputs
AGAIN_SECONDS = 0.05  # after which one that swallowed the interruption is interrupted again


class TooSlow(BaseException):
    """The CPU time is over; no library takes it for an error of its own."""


@contextmanager
def cpu_limit(seconds: float, timer: int = signal.ITIMER_VIRTUAL) -> Iterator[None]:
    """Raise TooSlow inside once this process has computed for `seconds`; a process has one limit a timer."""
    number = signal.SIGVTALRM if timer == signal.ITIMER_VIRTUAL else signal.SIGPROF
    running = True

    def interrupt(number: int, frame: FrameType | None) -> None:
        if running:
            raise TooSlow(f"it took more than {seconds:g} s")

    before = signal.signal(number, interrupt)
    signal.setitimer(timer, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        running = False
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def page_limit() -> AbstractContextManager[None]:
    """Return the limit of a whole page, around the limits of its texts."""
    return cpu_limit(MAX_PAGE_SECONDS, signal.ITIMER_PROF)


def drawn(draw: Callable[[str], str], plain: Callable[[str], str], text: str) -> str:
    """Return draw(text), or plain(text) where the text is too long, takes too long, or defeats the library.

    Only a main thread can be interrupted: any other shows all text as it was written.
    """
    if len(text) > MAX_DRAWN_CHARS or threading.current_thread() is not threading.main_thread():
        return plain(text)
    collects = gc.isenabled()
    gc.disable()  # what a collection costs depends on all that this process holds, not on the text
    try:
        with cpu_limit(MAX_DRAWN_SECONDS):
            return draw(text)
    except TooSlow:
        return plain(text)
    except Exception:  # a library's, at something that a student wrote; nested too deeply, for example
        return plain(text)
    finally:
        if collects:
            gc.enable()


def shorten(nb: NotebookNode) -> None:
    """Cut sources and outputs that are too long, and everything after the page's share is used up."""
    left = MAX_PAGE_CHARS
    for cell in nb.cells:
        allowed = max(0, min(MAX_PART_CHARS, left))
        cell.source = cut(cell.source, allowed)
        left -= len(cell.source)
        if "outputs" in cell:
            cell.outputs, left = _shortened(cell.outputs, left)


def cut(text: str, allowed: int) -> str:
    """Return the text; of a longer one its beginning, and how much is missing."""
    if len(text) <= allowed:
        return text
    return f"{text[:allowed]}\n# ... {len(text) - allowed} more characters are not shown."


def _shortened(outputs: list[NotebookNode], left: int) -> tuple[list[NotebookNode], int]:
    """The outputs that fit, each cut, and how many characters are left for others."""
    kept: list[NotebookNode] = []
    for number, output in enumerate(outputs):
        if left <= 0:
            kept.append(new_output("stream", name="stdout", text=f"{len(outputs) - number} outputs are not shown.\n"))
            break
        allowed = min(MAX_PART_CHARS, left)
        if output.output_type == "stream":
            output.text = cut(output.text, allowed)
        elif output.output_type == "error":
            output.evalue = cut(output.evalue, allowed)
            output.traceback = cut("\n".join(output.traceback), allowed).split("\n")
        else:
            output.data = _fitting(output.data, allowed, left)
        left -= len(str(output))
        kept.append(output)
    return kept, left


def _fitting(data: dict[str, object], allowed: int, left: int) -> NotebookNode:
    """The forms of one output: a picture that does not fit is left out, a text is cut."""
    found = NotebookNode()
    for mime, value in data.items():
        if mime == "text/plain":
            found[mime] = cut(str(value), allowed)
        elif len(str(value)) <= (left if mime.startswith("image/") else allowed):
            found[mime] = value
    return found
