"""The first cell of a notebook: one sentence if something is missing, and no more."""

import importlib.util
import sys

import pytest

from tools.sheet import compiled


@pytest.fixture
def lacks(monkeypatch):
    """An environment without some packages."""
    def without(*names):
        found = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in names else found(name))
    return without


@pytest.mark.ours
def test_the_first_cell_says_that_all_is_there(sheet, capsys):
    exec(compiled(sheet.setup), {})
    assert capsys.readouterr().out == "Everything that this notebook needs is installed.\n"


@pytest.mark.ours
def test_the_first_cell_names_in_one_sentence_what_is_missing(sheet, lacks):
    lacks("gdm_lib", "sklearn")
    with pytest.raises(AssertionError, match=r"^Not installed here: sklearn, gdm_lib\. The course's README says how"):
        exec(compiled(sheet.setup), {})


def test_the_first_cell_asks_for_every_package_that_the_notebook_imports(sheet):
    _, _, behind = sheet.setup.partition("needed = (")
    asked = {name.strip(' ",') for name in behind.partition(")")[0].split(",")}
    imported = {line.split()[1].split(".")[0] for line in sheet.story.splitlines()
                if line.startswith(("import ", "from "))}
    missing = imported - set(sys.stdlib_module_names) - asked
    assert not missing, f"name {', '.join(sorted(missing))} in `needed = (...)` of the first cell, as gdm new writes it"
