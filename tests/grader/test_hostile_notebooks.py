"""Nothing that a student writes stops the class: any text in any field of a notebook."""

import json
import sys
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from gdm_grader.course.assignment import read
from gdm_grader.errors import SubmissionError
from gdm_grader.feedback import marks, page
from gdm_grader.grading import digest
from gdm_grader.intake.clean import UNKNOWN, clean, printable
from gdm_grader.intake.restore import restore
from gdm_grader.intake.submission import notebook_of
from gdm_grader.records import results, write
from gdm_grader.records.points import class_points
from gdm_grader.records.results import Graded
from gdm_grader.reports.table import table
from tools.hostile.notebooks import HOSTILE, NOTEBOOKS, drawn
from tools.hostile.outcome import comment_by_hand, hand_in_hostile, outcome, write_list


@settings(max_examples=200, deadline=None, derandomize=True)
@given(NOTEBOOKS)
def test_any_text_in_any_field_is_a_notebook_that_every_file_can_hold(released, content):
    nb = notebook_of(json.dumps(content).encode(), "tiny.ipynb")
    restore(nb, read(released, "tiny").released)
    assert json.dumps(nb, ensure_ascii=False).encode("utf-8")
    labels = [cell.metadata.nbgrader.grade_id for cell in nb.cells if "nbgrader" in cell.metadata]
    assert {"test_double_values", "test_double_zero", "test_total_values"} <= set(labels)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_notebook_or_refused_in_a_sentence(data):
    said = "tiny.ipynb "
    try:
        notebook_of(data, "tiny.ipynb")
    except SubmissionError as error:
        said = str(error)
    assert said.startswith("tiny.ipynb ")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(HOSTILE)
def test_a_remark_is_printed_as_text_and_moves_no_cursor(text):
    console = Console(record=True, width=300, file=open("/dev/null", "w"))  # noqa: SIM115
    from gdm_grader.records.points import ClassPoints

    console.print(table("tiny", ClassPoints({"double": 3.0}, {"ann": {"double": 1.0}}), {"ann": text}))
    assert "\x1b" not in console.export_text()
    assert clean(text).encode("utf-8") is not None
    assert printable(text) == printable(printable(text))


def test_no_character_turns_the_reading_direction_of_a_line():
    orders = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    marks_of_direction = ("LEFT-TO-RIGHT MARK", "RIGHT-TO-LEFT MARK", "ARABIC LETTER MARK")
    turning = [each for each in map(chr, range(sys.maxunicode + 1))
               if unicodedata.bidirectional(each) in orders or unicodedata.name(each, "") in marks_of_direction]
    assert len(turning) == 12
    assert printable("a" + "a".join(turning) + "a") == UNKNOWN.join("a" * 13)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("form", ["4.5", "3"])
def test_a_notebook_is_read_in_each_encoding_and_format(encoding, form):
    code = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "double"}, "outputExpanded": 1}, "id": ""}
    if form == "3":
        content = {"nbformat": 3, "worksheets": [{"cells": [{**code, "input": ["é = 1"]}]}]}
    else:
        content = {"nbformat": 4, "cells": [{**code, "source": "é = 1", "outputs": [{"transient": {}}]}]}
    nb = notebook_of(json.dumps(content, ensure_ascii=False).encode(encoding), "tiny.ipynb")
    assert [(cell.source, cell.metadata.nbgrader.grade_id) for cell in nb.cells] == [("é = 1", "double")]


def test_halves_of_a_character_that_a_line_cut_apart_are_joined():
    content = '{"nbformat": 4, "cells": [{"cell_type": "markdown", "source": ["\\ud83d", "\\ude00 \\ud83d"]}]}'
    assert notebook_of(content.encode(), "x.ipynb").cells[0].source == "\N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"


def test_an_outcome_that_cannot_be_written_is_that_students_and_the_class_goes_on(course, small_class, grade,
                                                                                  monkeypatch):
    grade()
    digests = digest.digests(course, "tiny")
    before = class_points(course, "tiny").students
    graded = results.find(course, "tiny", "bob")
    assert write.record(course, "tiny", replace(graded, remarks=("half \ud83d",)), digests["bob"]).remarks == (
        "half \N{REPLACEMENT CHARACTER}",)
    broken = Graded("bob", notebooks={"tiny": "{"}, scores=graded.scores)
    assert write.record(course, "tiny", broken, digests["bob"]).waits
    assert class_points(course, "tiny").students == before


def test_hostile_notebooks_change_nothing_for_the_others(course, small_class, grade):
    """Eight of them; `make hostile` runs a thousand in the sandbox."""
    others = list(small_class)
    grade()
    write_pages(course, others)
    write_list(course, "tiny", others, {})
    before = outcome(course, "tiny", others)
    hostile = hand_in_hostile(course, "tiny", drawn(8))
    assert len(hostile) > 4
    assert set(grade()) == set(hostile)
    write_list(course, "tiny", others, hostile)
    comment_by_hand(course, "tiny", hostile)
    write_pages(course, [*others, *hostile])
    assert outcome(course, "tiny", others) == before


def write_pages(course, students):
    for found in marks.read(course, "tiny", students):
        assert page.attempt(found, course, "tiny") == course.feedback / found.student / "tiny" / "tiny.html"
