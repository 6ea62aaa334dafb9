"""The table of attacks on plain nbgrader holds every attack, and what was found by trying it."""

import copy
import json
import re
import sys
from pathlib import Path

import pytest
from sphinx.application import Sphinx

from tests.attacks import corpus

ROOT = Path(__file__).parents[2]
EXTENSIONS = ROOT / "book" / "_ext"
sys.path.insert(0, str(EXTENSIONS))

from gdm_book.attacks import KINDS, SOURCE, effect, load, summary  # noqa: E402  (the extension lives beside the book)

ENTRIES = load(ROOT)
PAGE = "# Attacks\n\n```{plain-nbgrader}\n```\n\n```{plain-nbgrader}\n:each:\n```\n"


@pytest.fixture
def built(tmp_path):
    """The cells of the tables on a page that is built from these entries."""
    def build(entries):
        source = tmp_path / "source"
        source.mkdir()
        (source / SOURCE).parent.mkdir(parents=True)
        (source / SOURCE).write_text(json.dumps(entries))
        (source / "index.md").write_text(PAGE)
        app = Sphinx(source, None, tmp_path / "html", tmp_path / "trees", "html", status=None, warning=None,
                     confoverrides={"extensions": ["myst_parser", "gdm_book.attacks"]})
        app.build()
        text = (tmp_path / "html" / "index.html").read_text()
        rows = re.findall(r"<tr class=\"row-(?:odd|even)\"><td>(.*?)</tr>", text, re.S)
        return [re.sub(r"<[^>]+>|\n", "", row.replace("</p></td>", "\t")).strip().split("\t") for row in rows]
    return build


def test_every_attack_was_tried_on_plain_nbgrader_or_the_table_says_why_not():
    known = {}
    for kind in KINDS:
        known |= {(kind, name): corpus.tries(kind, name) for name in corpus.names(kind)}
    written = {(entry["kind"], entry["name"]): entry["tries"] for entry in ENTRIES}
    assert written == known, "run: make attacks-plain"


def without(pattern: str, row: list[str]) -> list[str]:
    return [re.sub(pattern, "", cell) for cell in row]


def test_the_tables_of_the_page_are_what_was_found(built):
    expected = summary(ENTRIES) + [[KINDS[entry["kind"]], entry["tries"], effect(entry)] for entry in ENTRIES]
    plain = [without(r"['\"`]", row) for row in expected]
    shown = [without(r"&\w+;|[’‘“”'\"]", row) for row in built(ENTRIES)]
    assert shown == plain


def test_another_finding_is_another_table(built):
    changed = copy.deepcopy(ENTRIES)
    entry = next(entry for entry in changed if effect(entry) == "nothing" and entry["kind"] == "forge")
    entry["points"] = 22.0
    rows = built(changed)
    assert ["forge points", entry["tries"], "gets 22 points"] in rows
    assert rows[0][2] == str(int(summary(ENTRIES)[0][2]) + 1)


def test_every_promise_that_was_broken_is_counted_once():
    for row, kind in zip(summary(ENTRIES), KINDS, strict=True):
        entries = [entry for entry in ENTRIES if entry["kind"] == kind]
        told = [effect(entry) for entry in entries]
        assert int(row[1]) == len(entries) - sum(says.startswith("not tried") for says in told)
        assert int(row[2]) == sum(" point" in says for says in told)
        assert int(row[4]) == sum("without a grade" in says for says in told)


def test_the_page_has_the_tables():
    page = (ROOT / "book" / "instructors.md").read_text(encoding="utf-8")
    assert page.count("{plain-nbgrader}") == 2
