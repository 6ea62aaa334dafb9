'''Questions with an instant self-check: choose an answer and read at once whether and why it is right.

In a page:

    :::{quiz} Where does a stack of type B masks look at its own pixel?
    - [ ] Nowhere.

      Type B keeps the center of the kernel, and no layer before it has shifted anything.
    - [x] Everywhere.

      Each layer keeps the center, so there is a path from every pixel to itself.
    :::

The question stands behind the name of the directive. Each item is a choice, `[x]` a right one and `[ ]` a wrong
one, and below it, indented and after an empty line, the reason. Formulas, code and links work in all of them.
Without scripts the choices are a plain list, and the reasons are folded below it. The script is `quiz.js`.

The build shuffles the choices, so that no habit of the author gives the right one away.
'''

from __future__ import annotations

import re
from hashlib import sha256

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

MARK = re.compile(r"\[([ x])\]\s+")
FEWEST_CHOICES = 3
HOW = (
    f"a quiz is a list of at least {FEWEST_CHOICES} items, '- [x] choice' or '- [ ] choice', "
    "each with a paragraph that says why"
)


class Quiz(SphinxDirective):
    """The question is the argument, the choices with their reasons are the content."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        question, messages = self.state.inline_text(self.arguments[0], self.lineno)
        choices = nodes.enumerated_list(enumtype="loweralpha", prefix="", suffix=".", classes=["quiz-choices"])
        reasons = nodes.enumerated_list(enumtype="loweralpha", prefix="", suffix=".", classes=["quiz-reasons"])
        if len(parsed) != 1 or not isinstance(parsed[0], nodes.bullet_list) or len(parsed[0]) < FEWEST_CHOICES:
            raise self.error(HOW)
        for item in shuffled(list(parsed[0]), self.arguments[0]):
            choice, reason = self.divide(item)
            choices += choice
            reasons += reason
        if not any("quiz-right" in reason["classes"] for reason in reasons):
            raise self.error("a quiz needs at least one right choice, '- [x] choice'")
        return [
            html('<book-quiz class="quiz">'),
            nodes.paragraph("", "", *question, classes=["quiz-question"]),
            choices,
            html('<details class="quiz-answers"><summary>Answers</summary>'),
            reasons,
            html("</details></book-quiz>"),
            *messages,
        ]

    def divide(self, item: nodes.Node) -> tuple[nodes.list_item, nodes.list_item]:
        """The choice without its mark, and the reason behind the word that says whether the choice is right."""
        first = item[0][0] if len(item) > 1 and isinstance(item[0], nodes.paragraph) else None
        mark = MARK.match(first) if isinstance(first, nodes.Text) else None
        if first is None or mark is None or not isinstance(item[1], nodes.paragraph):
            raise self.error(HOW)
        first.parent.replace(first, nodes.Text(first[mark.end() :]))
        right = mark[1] == "x"
        choice, *reason = list(item.children)
        reason[0].insert(0, [nodes.strong("", "Right." if right else "No."), nodes.Text(" ")])
        kind = "quiz-right" if right else "quiz-wrong"
        return nodes.list_item("", choice), nodes.list_item("", *reason, classes=[kind])


def shuffled(items: list[nodes.Node], question: str) -> list[nodes.Node]:
    """The items in an order that question and choices decide: a random one, and the same in every build."""
    return sorted(items, key=lambda item: sha256(f"{question}\n{item[0].astext()[len('[x] '):]}".encode()).hexdigest())


def html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def setup(app: Sphinx) -> None:
    app.add_directive("quiz", Quiz)
