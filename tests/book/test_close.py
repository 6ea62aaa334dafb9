"""A cell tagged nbval-close may show slightly other numbers; every other difference fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tests.book.close import TAG, close

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("found", ["2.71 bits", "2.80 bits", "2.6 bits"])
def test_a_number_within_five_percent_is_close(found: str) -> None:
    assert close("2.71 bits", found)


@pytest.mark.parametrize(("stored", "found"), [("0.05", "0.06"), ("0 %", "1 %"), ("-0.00", "0.01"), ("2e-07", "3e-07")])
def test_one_more_in_the_last_digit_is_close(stored: str, found: str) -> None:
    assert close(stored, found)


@pytest.mark.parametrize("found", ["2.9 bits", "-2.71 bits", "2.71 nats", "2.71 bits 2.71", "nan bits", ""])
def test_a_wrong_number_and_a_wrong_word_are_not(found: str) -> None:
    assert not close("2.71 bits", found)


def test_what_a_script_draws_is_a_picture() -> None:
    element = "<flow-steps><script type='application/json'>[{}]</script> 4 steps</flow-steps>"
    assert close(element.format("1, 2"), element.format("8, 9, 10"))
    assert not close(element.format("1, 2"), element.format("1, 2").replace("4", "6"))
    assert not close(element.format("1, 2"), "<flow-steps> 4 steps</flow-steps>")


def test_nbval_compares_a_tagged_cell_closely_and_any_other_exactly(tmp_path: Path) -> None:
    cells = [
        new_code_cell(
            f"print('{found}')", metadata={"tags": tags}, execution_count=1,
            outputs=[new_output("stream", name="stdout", text="2.71 bits\n")],
        )
        for found, tags in (("2.70 bits", [TAG]), ("9.70 bits", [TAG]), ("2.70 nats", [TAG]), ("2.70 bits", []))
    ]
    kernel = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "page.ipynb")
    options = ["-o", "addopts=", "-p", "tests.book.close", "--nbval", "-rA"]
    command = [sys.executable, "-m", "pytest", *options, str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert re.findall(r"^(PASSED|FAILED) .*::Cell (\d)", run.stdout, re.M) == [
        ("PASSED", "0"), ("FAILED", "1"), ("FAILED", "2"), ("FAILED", "3"),
    ]
