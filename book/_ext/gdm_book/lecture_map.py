"""`{lecture-map}`: one table for each part of the lecture, made from book/lecture.yml.

What its columns name must exist: tests/book/test_lecture_map.py goes through all of them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from gdm_book.tasks import anchor as task_anchor

HEAD = ("In the lecture", "On the page, and in gdm_lib", "Checked by; task")
WIDTHS = (30, 36, 34)
# A test's name knows no capitals, hyphens and apostrophes.
NAMES = {"gaussian": "Gaussian", "jacobian": "Jacobian", "kl": "KL", "lectures": "lecture's", "log det": "log-det",
         "log prob": "log_prob", "maf": "MAF", "markov": "Markov", "mlp": "MLP", "monte carlo": "Monte Carlo",
         "nll": "NLL", "pixelcnn": "PixelCNN"}
NAME = re.compile(rf"\b({'|'.join(NAMES)})(?=s?\b)")
LECTURE = Path("book", "lecture.yml")


def load(root: Path) -> list[dict[str, Any]]:
    """The parts of the lecture with their items, in its order."""
    return yaml.safe_load((root / LECTURE).read_text(encoding="utf-8"))


def anchor(page: str) -> str:
    """The address below book/ of `folder/page#Section`."""
    name, _, section = page.partition("#")
    return f"{name}.html#{nodes.make_id(section.replace('$', ''))}"


def address(item: dict[str, Any]) -> str:
    """Return the address at which an item is explained; of a figure, that of the figure itself."""
    return f"{item['page'].partition('#')[0]}.html#{item['figure']}" if "figure" in item else anchor(item["page"])


class LectureMap(SphinxDirective):
    def run(self) -> list[nodes.Node]:
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / LECTURE))
        return [_part(part) for part in load(root)]


def _part(part: dict[str, Any]) -> nodes.section:
    section = nodes.section(ids=[nodes.make_id(part["part"])], names=[part["part"].lower()])
    section += nodes.title("", part["part"])
    section += _table([_row(item) for item in part["items"]])
    return section


def _row(item: dict[str, Any]) -> list[list[nodes.paragraph]]:
    place = nodes.reference(refuri=address(item), internal=True)
    place += inline(item["page"].partition("#")[2])
    names = nodes.inline()
    for name in item["library"]:
        names += [nodes.Text(" ") if names.children else nodes.Text(""), nodes.literal("", name.rpartition(".")[2])]
    page = [_paragraph(place, "page"), _paragraph(names, "code")]
    return [[_paragraph(nodes.inline("", "", *inline(item["item"])))], page,
            [_paragraph(nodes.Text(sentence(item["check"])), "proof"), _paragraph(_task(item["task"]), "task")]]


def inline(text: str) -> list[nodes.Node]:
    """Words, and formulas between dollar signs."""
    parts = text.split("$")
    return [nodes.math("", part) if number % 2 else nodes.Text(part) for number, part in enumerate(parts)]


def sentence(check: str) -> str:
    """A test's name as the sentence that it is."""
    words = check.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return NAME.sub(lambda name: NAMES[name[1]], words)


def _task(task: str) -> nodes.Node:
    """A link to its line on the students' page."""
    if not task:
        return nodes.Text("")
    address = f"students.html#{task_anchor(task)}"
    return nodes.reference("", task.replace("/", ": "), refuri=address, internal=True)


def _paragraph(content: nodes.Node, *looks: str) -> nodes.paragraph:
    """One line of a cell; book.css says what its looks are."""
    return nodes.paragraph("", "", content, classes=list(looks))


def _table(rows: list[list[list[nodes.paragraph]]]) -> nodes.table:
    group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in WIDTHS), cols=len(WIDTHS))
    group += nodes.thead("", _line([[_paragraph(nodes.Text(head))] for head in HEAD]))
    group += nodes.tbody("", *(_line(row) for row in rows))
    return nodes.table("", group, classes=["lecture-map", "colwidths-given"])


def _line(cells: list[list[nodes.paragraph]]) -> nodes.row:
    row = nodes.row("")
    for cell in cells:
        row += nodes.entry("", *[line for line in cell if line.astext()])
    return row


def setup(app: Sphinx) -> None:
    app.add_directive("lecture-map", LectureMap)
