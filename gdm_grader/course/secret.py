"""The secret from which a class's hidden inputs are drawn: 256 bits in the class's folder."""

import os
import secrets
from pathlib import Path

from gdm_grader.course.course import Course
from gdm_grader.errors import ClassError

SECRET_FILE = "secret.key"
SECRET_BYTES = 32


def class_secret(course: Course) -> int:
    """Return the secret of a class, which is made the first time. Readable by its owner and the
    class's group; it never enters a kernel.

    Who keeps the class's folder keeps the secret: without it a regrade draws other inputs.
    """
    path = course.classroom / SECRET_FILE
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        text = _make(path)
    try:
        content = bytes.fromhex(text)
    except ValueError:
        content = b""
    if len(content) != SECRET_BYTES:
        raise ClassError(f"Expected {2 * SECRET_BYTES} hexadecimal digits in {path}, got something else. Restore the "
                         "file from a backup, or remove it: the tests then draw other inputs for the whole class.")
    return int.from_bytes(content)


def _make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = secrets.token_hex(SECRET_BYTES)
    part = path.with_name(f"{SECRET_FILE}.{os.getpid()}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o660)
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
        os.link(part, path)  # whole or not at all, and never in place of another's
    except FileExistsError:
        text = path.read_text(encoding="ascii")
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        part.unlink(missing_ok=True)
    return text
