"""The library's own answers are found in a student's code by reading it, whatever the code is like."""

import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from gdm_grader.referee.notebook import forbidden
from gdm_grader.referee.notebook.forbidden import MAX_READ_CHARS, MAX_READ_TOGETHER, mentioned

MAX_SECONDS = 30  # on a loaded machine; a way whose time grows with the square takes many minutes
COSTLY = {
    "a long chain of attributes": "x = a" + ".b" * 2_000,
    "many chains of attributes": "a" + ".b" * 150 + "\n",
    "attributes of a long call": f"f({'1,' * 40_000}){'.a' * 90}\n",
    "many imports": f"import {','.join(f'a{number}.b' for number in range(50_000))}\n",
}


@pytest.mark.parametrize(("source", "names"), [
    ("import gdm_lib.masks as m\nm.causal_mask(3)", {"gdm_lib.masks", "gdm_lib.masks.causal_mask"}),
    ("import gdm_lib\nx = gdm_lib.masks.causal_mask(3).T", {"gdm_lib", "gdm_lib.masks", "gdm_lib.masks.causal_mask"}),
    ("from gdm_lib.masks import causal_mask as mine", {"gdm_lib.masks.causal_mask"}),
    ("f(gdm_lib.masks).causal_mask", {"gdm_lib.masks"}),
    ("def broken(:", set())])
def test_dotted_names_are_written_out_by_the_imports(source, names):
    assert mentioned(source) == names


@pytest.mark.parametrize("source", COSTLY.values(), ids=COSTLY)
def test_reading_costs_no_more_than_the_length_of_a_cell(source):
    whole = source * min(200_000 // len(source), 700) if source.endswith("\n") else source
    started = time.process_time()
    mentioned(whole)
    assert time.process_time() - started < MAX_SECONDS


def notebook(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


def test_a_cell_that_holds_data_is_not_read():
    """Python 3.11 reads an f-string in a time that grows with the square of its parts: this one takes a minute."""
    call = "gdm_lib.masks.causal_mask(3)\n"
    refused = ("gdm_lib.masks.causal_mask",)
    started = time.process_time()
    assert forbidden.forbidden_calls(notebook(f"{call}f'{'{a}' * 100_000}'"), refused) == []
    assert time.process_time() - started < MAX_SECONDS
    long = [" " * MAX_READ_CHARS, " " * (MAX_READ_CHARS + 1)]
    assert len(forbidden.forbidden_calls(notebook(*long, call), refused)) == 1


def test_of_a_notebook_of_long_cells_the_first_are_read(monkeypatch):
    read = []
    monkeypatch.setattr(forbidden, "mentioned", lambda source: read.append(len(source)) or frozenset())
    forbidden.forbidden_calls(notebook(*[" " * MAX_READ_CHARS] * 60), ())
    assert sum(read) == MAX_READ_TOGETHER
