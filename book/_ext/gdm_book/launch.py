"""Notebooks to download and to launch: the pages once more, plain, without MyST and without the answers of quizzes.

They take the place of the copies that Sphinx puts into `_sources`. The workflow that publishes the book also pushes
that folder as the branch `notebooks`, and the buttons of a page open its notebook there.
"""

from __future__ import annotations

import json
import posixpath
import re
from ast import literal_eval
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from pybtex.database import Person, parse_file
from sphinx.application import Sphinx

from gdm_book.plain import Names, Plain

STATEMENT = re.compile(r"^:+\{prf:(\w+)\} ?(.*)\n:label: (\S+)$", re.MULTILINE)
READ = re.compile(r'\b(?:Path|np\.load)\("([^"]+\.\w+)"\)')
FETCH = "# This page reads a file; in Colab, then: !curl -sSL --create-dirs -o {name} {address}"
BRANCH = "notebooks"
AFTER_THE_THEME = 900


def names(app: Sphinx) -> Names:
    """Return what the roles of the book refer to."""
    found = Names()
    for label, (_, number) in app.env.get_domain("math").equations.items():
        found.equations[label] = str(number)
    for page in sorted(app.env.found_docs):
        for kind, title, label in STATEMENT.findall(markdown(Path(app.env.doc2path(page)))):
            words = f"{kind.capitalize()} ({title})" if title else kind.capitalize()
            found.theorems[label] = (words, f"{app.builder.get_target_uri(page)}#{label}")
    for file in app.config.bibtex_bibfiles:
        for key, entry in parse_file(str(Path(app.srcdir, file))).entries.items():
            people = entry.persons.get("author") or entry.persons["editor"]
            found.sources[key] = (authors(people), entry.fields["year"])
    return found


def markdown(source: Path) -> str:
    """The text of a page, without its code."""
    if source.suffix != ".ipynb":
        return source.read_text(encoding="utf-8")
    cells = nbformat.read(source, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def authors(people: list[Person]) -> str:
    """Last names as a citation has them: one, two, or the first of more."""
    last = [" ".join(person.prelast_names + person.last_names).replace("{", "").replace("}", "") for person in people]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


def glued_by(cell: nbformat.NotebookNode) -> dict[str, str]:
    """The numbers that MyST-NB's glue took from a cell for the text, by name."""
    found = {}
    for output in cell.outputs:
        kept = output.get("metadata", {}).get("scrapbook")
        if kept is not None:
            found[kept["name"]] = str(literal_eval(output.data[f"{kept['mime_prefix']}text/plain"]))
    return found


def glued(nb: nbformat.NotebookNode) -> dict[str, str]:
    """The numbers of all cells."""
    found = {}
    for cell in nb.cells:
        if cell.cell_type == "code":
            found |= glued_by(cell)
    return found


def plain_notebook(source: Path, plain: Plain) -> nbformat.NotebookNode:
    """The notebook of a page: its glued numbers written out, without the cells that glue them; solutions folded."""
    nb = nbformat.read(source, as_version=4)
    plain.glued = glued(nb)
    cells = []
    inside_a_solution = False
    for cell in nb.cells:
        if cell.cell_type == "code" and glued_by(cell):
            continue
        if cell.cell_type == "markdown":
            inside_a_solution = ends_inside_a_solution(cell.source, inside_a_solution)
            cell.source = plain.cell(cell.source)
        elif inside_a_solution:
            cell.metadata |= {"jupyter": {"source_hidden": True}, "cellView": "form"}
        if cell.source.strip():
            cells.append(cell)
    nb.cells = cells
    return nb


def add_fetching(nb: nbformat.NotebookNode, source: Path, page: str, repository: str) -> None:
    """Say in the first cell of code how a notebook on its own gets the files that lie beside its page."""
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    code = "\n".join(cell.source for cell in cells)
    for name in dict.fromkeys(READ.findall(code)):
        if (source.parent / name).is_file():
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), name))
            cells[0].source += "\n" + FETCH.format(name=name, address=f"{repository}/raw/{BRANCH}/{path}")


def ends_inside_a_solution(source: str, before: bool) -> bool:
    """Return True if what follows this cell belongs to a solution; `before` says it of the cell itself."""
    begin, end = source.rfind("{solution-start}"), source.rfind("{solution-end}")
    return before if begin == end else begin > end


def write_notebooks(app: Sphinx, exception: Exception | None) -> None:
    """Write a plain notebook for each page that has code, over the copy of Sphinx's."""
    if exception is not None or app.builder.format != "html":
        return
    found = names(app)
    root = app.config.html_baseurl
    repository = app.config.html_theme_options["repository_url"]
    for page in sorted(app.env.found_docs):
        source = Path(app.env.doc2path(page))
        if source.suffix == ".ipynb":
            plain = Plain(root + app.builder.get_target_uri(page), root, found)
            target = Path(app.outdir, "_sources", f"{page}.ipynb")
            target.parent.mkdir(parents=True, exist_ok=True)
            nb = plain_notebook(source, plain)
            add_fetching(nb, source, page, repository)
            target.write_text(json.dumps(nb, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def point_buttons(app: Sphinx, page: str, template: str, context: dict[str, Any],
                  doctree: nodes.document | None) -> None:
    """Let the launch buttons open the plain notebook, on its branch."""
    branch = app.config.html_theme_options.get("repository_branch", "main")
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                jupyter = button["url"].replace(f"/{branch}?", f"/{BRANCH}?")
                button["url"] = jupyter.replace(f"/blob/{branch}/", f"/blob/{BRANCH}/")  # as Colab has it


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write_notebooks)
    app.connect("html-page-context", point_buttons, priority=AFTER_THE_THEME)
