"""The Markdown of a page as every notebook program shows it: no directive, no role, no answer of a quiz.

    plain = Plain("https://example.org/book/flows/zoo.html", names)
    plain.cell(":::{dropdown} Why?\\nBecause.\\n:::")    # '<details><summary>Why?</summary> ...'

JupyterLab, Colab and VS Code know CommonMark, HTML and formulas. What MyST adds becomes these; what only the page
can do, a question that answers, a thing to move, becomes a link to the place on the page.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urljoin

FENCE = re.compile(r"^(?P<bar>:{3,}|`{3,})\{(?P<name>[\w:-]+)\} ?(?P<title>.*)$")
OPTION = re.compile(r"^:(\w[\w-]*): ?(.*)$")
ROLE = re.compile(r"\{(cite:[tp]|prf:ref|eq|glue:text)\}`([^`]+)`")
EQUATION_END = re.compile(r"^\$\$ \(([\w:-]+)\)$", re.MULTILINE)
RELATIVE_LINK = re.compile(r"(?<=\]\()(?!https?://|#)([^)\s]+)(?=\))")
CHOICE = re.compile(r"^- \[[ x]\] ", re.MULTILINE)


@dataclass
class Names:
    """The numbers and titles of the book: of equations, of theorems, of sources."""

    equations: dict[str, str] = field(default_factory=dict)
    theorems: dict[str, tuple[str, str]] = field(default_factory=dict)
    """A title, and the address of its page relative to the site's root."""
    sources: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Authors and year."""


@dataclass
class Plain:
    """Rewrites the Markdown cells of one page; `page` is its published address, `root` that of the site."""

    page: str
    root: str
    names: Names
    glued: dict[str, str] = field(default_factory=dict)
    """The numbers that the page's run put into its text, by name."""

    def cell(self, source: str) -> str:
        """Return the text of a Markdown cell as any notebook program shows it."""
        return self.blocks(source.split("\n")).strip("\n")

    def blocks(self, lines: list[str]) -> str:
        """Return the lines with every directive, and those inside it, rewritten."""
        done: list[str] = []
        rest = list(lines)
        while rest:
            line = rest.pop(0)
            fence = FENCE.match(line)
            if fence is None:
                done.append(line)
                continue
            end = next(number for number, other in enumerate(rest) if other.rstrip() == fence["bar"])
            done.append(self.directive(fence["name"], fence["title"].strip(), rest[:end]))
            del rest[:end + 1]
        return self.text("\n".join(done))

    def directive(self, name: str, title: str, lines: list[str]) -> str:
        """Return what stands in place of one directive; ValueError for one that has no method below."""
        options = {}
        count = 0
        for line in lines:
            option = OPTION.match(line)
            if option is None:
                break
            options[option[1]] = option[2]
            count += 1
        body = self.blocks(lines[count:]).strip("\n")
        kind = name.removeprefix("prf:")
        if name != kind:
            return self.statement(kind, title, body)
        write: Callable[[str, str, dict[str, str]], str] | None = getattr(self, kind.replace("-", "_"), None)
        if write is None:
            raise ValueError(f"plain notebooks have no form for {{{name}}}: write an {{admonition}}, or add a method "
                             "with its name to gdm_book.plain.Plain")
        return write(title, body, options)

    # --- one method a directive ---

    def statement(self, kind: str, title: str, body: str) -> str:
        if kind == "proof":
            return f"*Proof.* {body} ∎"
        head = f"{kind.capitalize()} ({title})" if title else kind.capitalize()
        return quoted(f"**{head}.** {body}")

    def admonition(self, title: str, body: str, options: dict[str, str]) -> str:
        return quoted(f"**{title}**\n\n{body}")

    def dropdown(self, title: str, body: str, options: dict[str, str]) -> str:
        return folded(title, body)

    def exercise(self, title: str, body: str, options: dict[str, str]) -> str:
        return f"**Exercise ({title.lower()}).** {body}" if title else f"**Exercise.** {body}"

    def solution(self, title: str, body: str, options: dict[str, str]) -> str:
        return folded("Solution", body)

    def solution_start(self, title: str, body: str, options: dict[str, str]) -> str:
        return "**Solution**"

    def solution_end(self, title: str, body: str, options: dict[str, str]) -> str:
        return ""

    def quiz(self, title: str, body: str, options: dict[str, str]) -> str:
        """The question and its choices, in an order that says nothing; the page answers."""
        items = re.split(r"^(?=- \[[ x]\] )", body, flags=re.MULTILINE)[1:]
        choices = [CHOICE.sub("", item).split("\n\n", 1)[0].strip() for item in items]
        choices.sort(key=lambda choice: sha256(f"{title}{choice}".encode()).hexdigest())
        listed = "\n".join(f"- {choice}" for choice in choices)
        return f"**{title}**\n\n{listed}\n\n[The page tells whether you are right, and why.]({self.page})"

    def now_you(self, title: str, body: str, options: dict[str, str]) -> str:
        tasks = ", ".join(f"`{task}`" for task in title.split())
        link = f"[For students]({self.root}book/students.html)"
        return quoted(f"**Now you** ({tasks}, see {link})\n\n{body}")

    def explorable(self, title: str, body: str, options: dict[str, str]) -> str:
        return quoted(f"**On the page there is [something to move]({self.page}) here.** {body}")

    def figure(self, title: str, body: str, options: dict[str, str]) -> str:
        address = self.root + title[title.index("_static/"):]
        return f"![{options.get('alt', '')}]({address})\n\n*{body}*"

    # --- what stands inside a line ---

    def text(self, source: str) -> str:
        """Rewrite the labels of equations, the roles, and the links within the book."""
        source = EQUATION_END.sub(lambda match: rf"\tag{{{self.names.equations[match[1]]}}}" + "\n$$", source)
        source = ROLE.sub(self.role, source)
        return RELATIVE_LINK.sub(self.link, source)

    def role(self, match: re.Match[str]) -> str:
        name, target = match.groups()
        if name == "eq":
            return f"({self.names.equations[target]})"
        if name == "glue:text":
            return self.glued[target]
        if name == "prf:ref":
            title, address = self.names.theorems[target]
            return f"[{title}]({self.root}{address})"
        sources = [self.names.sources[key.strip()] for key in target.split(",")]
        if name == "cite:p":
            words = "(" + "; ".join(f"{authors}, {year}" for authors, year in sources) + ")"
        else:
            words = ", ".join(f"{authors} ({year})" for authors, year in sources)
        return f"[{words}]({self.root}book/references.html)"

    def link(self, match: re.Match[str]) -> str:
        path, hash_, anchor = match[1].partition("#")
        path = re.sub(r"\.(md|ipynb)$", "", path)
        return urljoin(self.page, f"{path}.html") + hash_ + anchor


def quoted(text: str) -> str:
    """A block quote: what a box of the page becomes."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def folded(title: str, body: str) -> str:
    """A text that a click on its title shows."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
