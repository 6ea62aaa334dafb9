"""The notebooks that a reader downloads or launches: plain Markdown, whole links and formulas, no answer of a quiz."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
import yaml
from gdm_book.launch import FETCH, READ, add_fetching, glued_by, plain_notebook
from gdm_book.plain import Names, Plain

from tools import launch

ROOT = Path(__file__).parents[2]
ADDRESS = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["html"]["baseurl"]
NAMES = Names({"eq-one": "7"}, {"thm-rule": ("Theorem (Rule)", "book/a.html#thm-rule")},
              {"oord2016": ("Oord et al.", "2016"), "kim2020": ("Kim", "2020")})
PLAIN = Plain("https://book.example/book/flows/here.html", "https://book.example/", NAMES, {"kl": "0.724"})
MYST = re.compile(r":::|`{3}\{|\{[\w:-]+\}`|^\([\w-]+\)=$|^\$\$ \(|^- \[[ x]\]", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize(("source", "plain"), [
    ("see {cite:t}`oord2016`, {cite:p}`oord2016,kim2020`",
     "see [Oord et al. (2016)](https://book.example/book/references.html), "
     "[(Oord et al., 2016; Kim, 2020)](https://book.example/book/references.html)"),
    ("{prf:ref}`thm-rule` and {eq}`eq-one`",
     "[Theorem (Rule)](https://book.example/book/a.html#thm-rule) and (7)"),
    ("Only {glue:text}`kl` nats.", "Only 0.724 nats."),
    ("$$\nx = 1\n$$ (eq-one)", "$$\nx = 1\n\\tag{7}\n$$"),
    ("[a](../kl/duality.ipynb#why), [b](zoo), [c](https://x.example/y)",
     "[a](https://book.example/book/kl/duality.html#why), [b](https://book.example/book/flows/zoo.html), "
     "[c](https://x.example/y)"),
    (":::{dropdown} Why $x$?\nBecause.\n:::",
     "<details><summary>Why $x$?</summary>\n\nBecause.\n\n</details>"),
    ("::::{prf:theorem} Rule\n:label: thm-rule\n\nAll is well.\n:::{prf:proof}\nSee {eq}`eq-one`.\n:::\n::::",
     "> **Theorem (Rule).** All is well.\n> *Proof.* See (7). ∎"),
    (":::{figure} ../_static/figures/a.svg\n:name: fig\n:alt: A square.\n\nA caption.\n:::",
     "![A square.](https://book.example/_static/figures/a.svg)\n\n*A caption.*"),
])
def test_each_addition_of_myst_becomes_plain_markdown(source: str, plain: str) -> None:
    assert PLAIN.cell(source) == plain


def test_a_quiz_keeps_its_choices_and_loses_its_answer() -> None:
    choices = ["the left", "the right", "neither", "both"]
    orders = set()
    for right in choices:
        items = "\n".join(f"- [{'x' if choice == right else ' '}] {choice}\n\n  A reason." for choice in choices)
        plain = PLAIN.cell(f":::{{quiz}} Which?\n{items}\n:::")
        assert "reason" not in plain
        assert PLAIN.page in plain
        orders.add(tuple(re.findall(r"^- (.*)$", plain, re.MULTILINE)))
    assert len(orders) == 1, "the order depends on which choice is right"
    assert sorted(orders.pop()) == sorted(choices)


def test_a_number_of_the_run_stands_in_the_plain_text_and_the_cell_that_put_it_there_is_left_out() -> None:
    path = ROOT / "book" / "recap" / "maximum-likelihood.ipynb"
    cells = plain_notebook(path, Plain(PLAIN.page, PLAIN.root, AnyName())).cells
    assert any("A loss of 2.061 nats looks large. But 1.337 nats of it" in cell.source for cell in cells)
    assert not [cell for cell in cells if "myst_nb" in cell.source]


def test_a_directive_without_a_plain_form_is_told_by_its_name() -> None:
    with pytest.raises(ValueError, match=r"no form for \{hint\}: write an \{admonition\}, or add a method"):
        PLAIN.cell(":::{hint}\nLook above.\n:::")


def test_every_directive_of_the_pages_has_a_plain_form() -> None:
    for path in (ROOT / "book").rglob("*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            plain_notebook(path, Plain(PLAIN.page, PLAIN.root, AnyName()))


class AnyName:
    """Names of which each is known."""

    def __getattr__(self, kind: str) -> defaultdict:
        return defaultdict(lambda: ("words", "address"))


def plain_notebooks(site: Path) -> list[Path]:
    return sorted((site / "_sources").rglob("*.ipynb"))


def test_every_page_with_code_has_one_and_it_is_valid(site: Path) -> None:
    found = plain_notebooks(site)
    pages = sorted(path for path in (ROOT / "book").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
    assert [path.relative_to(site / "_sources") for path in found] == [path.relative_to(ROOT) for path in pages]
    for path, source in zip(found, pages, strict=True):
        nb = nbformat.read(path, as_version=4)
        nbformat.validate(nb)
        code = [cell.source for cell in nbformat.read(source, as_version=4).cells
                if cell.cell_type == "code" and not glued_by(cell)]
        plain = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        assert plain[1:] == code[1:]
        assert plain[0].splitlines()[:1] == code[:1]


def test_none_holds_myst_and_every_link_leads_to_the_published_book(site: Path) -> None:
    for path in plain_notebooks(site):
        text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells
                         if cell.cell_type == "markdown")
        assert MYST.search(text) is None, f"{path.name}: {MYST.search(text)}"
        for link in LINK.findall(text):
            parts = urlsplit(link)
            assert parts.scheme == "https", f"{path.name}: {link}"
            if link.startswith(ADDRESS):
                assert (site / parts.path.lstrip("/")).is_file(), f"{path.name}: {link}"


def test_a_solution_is_there_and_folded(site: Path) -> None:
    nb = nbformat.read(site / "_sources/book/autoregressive/blind-spot.ipynb", as_version=4)
    folded = [cell for cell in nb.cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert folded
    assert all(cell.cell_type == "code" and cell.metadata.cellView == "form" for cell in folded)


def test_a_page_with_goals_says_what_it_teaches_as_data(site: Path) -> None:
    html = (site / "book/flows/composition.html").read_text(encoding="utf-8")
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    found = json.loads(data)
    assert found["@type"] == "LearningResource"
    assert found["url"] == ADDRESS + "book/flows/composition.html"
    assert found["name"] == "Composition"
    assert len(found["teaches"]) >= 2
    assert "\\mathbf" not in data
    minutes = re.search(r'class="times">(\d+) minutes to read', html)[1]
    assert found["timeRequired"] == f"PT{minutes}M"


def reading_pages() -> dict[Path, list[str]]:
    """The pages that read files which lie beside them, and these files."""
    found = {}
    for path in (ROOT / "book").rglob("*.ipynb"):
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        names = READ.findall("\n".join(cells))
        if names and ".ipynb_checkpoints" not in path.parts:
            found[path] = names
    return found


def test_the_files_that_a_page_reads_go_with_its_notebook() -> None:
    read = set()
    for path, names in reading_pages().items():
        for name in names:
            assert (path.parent / name).is_file(), f"{path.stem} reads {name}"
            kind = name.rpartition(".")[2]
            assert f"book/*/*.{kind}" in launch.READ, f"make launch leaves {name} behind"
            read.add(name)
    assert len(read) >= 4


def test_a_notebook_on_its_own_says_where_the_files_that_it_reads_are() -> None:
    """As on Colab, which opens a notebook alone: `curl` puts each file where the page looks for it."""
    assert len(reading_pages()) >= 4
    for path, names in reading_pages().items():
        nb = nbformat.read(path, as_version=4)
        page = path.relative_to(ROOT).with_suffix("").as_posix()
        add_fetching(nb, path, page, "https://github.com/someone/course")
        lines = next(cell for cell in nb.cells if cell.cell_type == "code").source.splitlines()
        assert len(lines) == 1 + len(set(names))
        for line, name in zip(lines[1:], dict.fromkeys(names), strict=True):
            file = (path.parent / name).resolve().relative_to(ROOT).as_posix()
            address = f"https://github.com/someone/course/raw/notebooks/{file}"
            assert line == FETCH.format(name=name, address=address)
