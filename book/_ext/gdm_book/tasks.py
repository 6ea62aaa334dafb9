"""Graded tasks: the box that leads from a page to its tasks, and the list that leads from them back to their pages.

At the end of a page, with the names that book/lecture.yml uses:

    :::{now-you} masks/raster_mask
    Your mask then goes into this very model.
    :::

And where a student looks for the notebook, all its tasks, with links that download it and open it elsewhere:

    ```{tasks} masks
    ```

Titles, points and pages are those of the students' notebook, assignments/NAME/NAME.ipynb.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

HEADING = re.compile(r"## (?P<label>Task \d+|Bonus)\. (?P<title>.+) \((?P<points>\d+) (?:bonus )?points?\)")
PAGE = re.compile(r"\*([^*]+)\*, `(book/[\w/-]+)`")
WIDTHS = (52, 12, 36)


@dataclass(frozen=True)
class Task:
    """One graded task, as its text in the students' notebook introduces it."""

    assignment: str
    name: str
    label: str  # "Task 2" or "Bonus"
    title: str
    points: int
    pages: tuple[tuple[str, str], ...]  # title and path of what explains it

    @property
    def anchor(self) -> str:
        return anchor(f"{self.assignment}/{self.name}")


def anchor(task: str) -> str:
    """The id of a task's line, on the page that lists it."""
    return "task-" + task.replace("/", "-").replace("_", "-")


def released(assignment: str) -> str:
    return f"assignments/{assignment}/{assignment}.ipynb"


def load(root: Path, assignment: str) -> list[Task]:
    """The tasks of an assignment, in its order."""
    cells = json.loads((root / released(assignment)).read_text(encoding="utf-8"))["cells"]
    texts = {cell["metadata"].get("nbgrader", {}).get("grade_id", ""): "".join(cell["source"]) for cell in cells}
    found = []
    for name, text in texts.items():
        if name.startswith("text_") and (heading := HEADING.match(text)):
            label, title, points = heading.groups()
            found.append(Task(assignment, name.removeprefix("text_"), label, title, int(points),
                              tuple(PAGE.findall(text))))
    return found


class TaskDirective(SphinxDirective):
    """Base of both directives: read an assignment, and read it again when it has changed."""

    required_arguments = 1
    final_argument_whitespace = True

    def tasks(self, assignment: str) -> dict[str, Task]:
        path = Path(self.env.srcdir, released(assignment))
        if not path.is_file():
            raise self.error(f"there is no {released(assignment)}")
        self.env.note_dependency(str(path))
        return {task.name: task for task in load(Path(self.env.srcdir), assignment)}


class NowYou(TaskDirective):
    """The arguments are tasks, ASSIGNMENT/TASK, the content says what they ask for."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        box = nodes.admonition(classes=["task"])
        box += nodes.title("", "Now you")
        self.state.nested_parse(self.content, self.content_offset, box)
        links = nodes.bullet_list()
        for one in self.arguments[0].split():
            assignment, _, name = one.partition("/")
            tasks = self.tasks(assignment)
            if name not in tasks:
                raise self.error(f"{assignment} has no task {name!r}, only {', '.join(tasks)}")
            links += nodes.list_item("", nodes.paragraph("", "", self.link(tasks[name])))
        box += links
        return [box]

    def link(self, task: Task) -> nodes.Node:
        text = f"{task.label} of {task.assignment}: {task.title}"
        return addnodes.pending_xref("", nodes.inline("", text, classes=["std", "std-ref"]), refdomain="std",
                                     reftype="ref", reftarget=task.anchor, refexplicit=True, refwarn=True,
                                     refdoc=self.env.docname)


class Tasks(TaskDirective):
    """The argument is an assignment."""

    def run(self) -> list[nodes.Node]:
        assignment = self.arguments[0]
        rows = [self.row(task) for task in self.tasks(assignment).values()]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in WIDTHS), cols=len(WIDTHS))
        group += nodes.thead("", line(nodes.Text("task"), nodes.Text("points"), nodes.Text("read first")))
        group += nodes.tbody("", *rows)
        return [self.ways_to_open(assignment), nodes.table("", group, classes=["tasks"])]

    def ways_to_open(self, assignment: str) -> nodes.paragraph:
        path = released(assignment)
        download = addnodes.download_reference("", "", nodes.literal("", Path(path).name, classes=["download"]),
                                               reftarget=f"/{path}", refdoc=self.env.docname, refdomain="",
                                               reftype="download", refexplicit=True, refwarn=False)
        words = nodes.paragraph("", "Download ", download)
        for place, address in elsewhere(self.config.html_theme_options, path).items():
            words += [nodes.Text(", or open it on " if place == "Binder" else " or "),
                      nodes.reference("", place, refuri=address, internal=False)]
        words += nodes.Text(".")
        return words

    def row(self, task: Task) -> nodes.row:
        title = nodes.inline("", f"{task.label}. {task.title}", ids=[task.anchor], names=[task.anchor])
        self.state.document.note_explicit_target(title)
        pages = nodes.inline()
        for name, path in task.pages:
            pages += nodes.Text(", ") if pages.children else nodes.Text("")
            pages += addnodes.pending_xref("", nodes.inline("", name), refdomain="std", reftype="doc",
                                           reftarget=f"/{path}", refexplicit=True, refwarn=True,
                                           refdoc=self.env.docname)
        points = f"+ {task.points}" if task.label == "Bonus" else str(task.points)
        return line(title, nodes.Text(points), pages)


def elsewhere(options: dict, path: str) -> dict[str, str]:
    """Return where the launch buttons of _config.yml would open this file of the repository."""
    launch, branch = options.get("launch_buttons", {}), options.get("repository_branch", "main")
    repository = urlsplit(options.get("repository_url", "")).path.strip("/")
    found = {}
    if launch.get("binderhub_url"):
        found["Binder"] = f"{launch['binderhub_url']}/v2/gh/{repository}/{branch}?urlpath=lab/tree/{path}"
    if launch.get("colab_url"):
        found["Colab"] = f"{launch['colab_url']}/github/{repository}/blob/{branch}/{path}"
    return found


def line(*cells: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def setup(app: Sphinx) -> None:
    app.add_directive("now-you", NowYou)
    app.add_directive("tasks", Tasks)
