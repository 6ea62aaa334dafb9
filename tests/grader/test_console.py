"""Whatever is printed is text: by a table, an error, a bar or a line, and whatever stands in it."""

import io

import pytest
import typer
from rich.progress import Progress
from rich.table import Table

from gdm_grader import logs
from gdm_grader.errors import InputError, reported
from gdm_grader.logs import PlainConsole

ESCAPES = {"a title": "\x1b]0;owned\x07", "a link": "\x1b]8;;https://evil.example\x1b\\feedback\x1b]8;;\x1b\\",
           "colors": "\x1b[8mhidden", "C1": "\x9b2J", "a return": "all right\r", "a turn": "\u202e",
           "markup": "[/b][link=x]"}
OBEYED = "\x1b\x07\x9b\r\u202e"


def table(text):
    view = Table(title=text)
    view.add_column(text)
    view.add_row(text)
    return view


@pytest.fixture
def printed():
    file = io.StringIO()
    console = PlainConsole(file=file, width=200)
    return console, file


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
@pytest.mark.parametrize("of", [str, table], ids=["a line", "a table"])
def test_a_terminal_obeys_nothing_that_is_printed(printed, text, of):
    console, file = printed
    console.print(of(text))
    assert not set(OBEYED) & set(file.getvalue())
    assert "[/b]" in file.getvalue() or "[/b]" not in text


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
def test_an_error_says_what_a_student_wrote_as_text(capsys, text):
    with pytest.raises(typer.Exit), reported():
        raise InputError(f"Expected a name, got {text}.")
    assert not set(OBEYED) & set(capsys.readouterr().err)


@pytest.mark.parametrize("text", ESCAPES.values(), ids=ESCAPES)
def test_a_log_is_read_in_a_terminal_too(tmp_path, text):
    logs.set_up(verbose=False)
    logs.log_into(tmp_path / "gdm.log")
    try:
        raise ValueError(text)
    except ValueError:
        logs.LOGGER.exception("%s: a fault", text)
    finally:
        logs.set_up(verbose=False)
    said = (tmp_path / "gdm.log").read_text(encoding="utf-8")
    assert "Traceback" in said
    assert not set(OBEYED) & set(said)


def test_a_bar_still_moves_the_cursor():
    file = io.StringIO()
    with Progress(console=PlainConsole(file=file, force_terminal=True, width=80)) as progress:
        progress.add_task("\x1b]0;owned\x07", total=1)
    assert "\x1b[" in file.getvalue()
    assert "\x1b]" not in file.getvalue()
