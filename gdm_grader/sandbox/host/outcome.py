"""The outcome of one cell, and its outputs as a notebook keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from nbformat import NotebookNode
from nbformat.v4 import new_output

Status = Literal["ok", "error", "timeout", "output", "message", "memory", "died"]


@dataclass
class Outcome:
    """`says` is a sentence about what went wrong, None if nothing did. `lost`: the kernel is gone, restart it."""

    status: Status = "ok"
    outputs: list[NotebookNode] = field(default_factory=list)
    says: str | None = None
    lost: bool = False
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status == "ok"

    def fail(self, status: Status, says: str) -> None:
        """The first limit that a cell met is the one reported; an ordinary error gives way to it."""
        if self.status in ("ok", "error"):
            self.status, self.says = status, says


class Outputs:
    """Collects the messages of one cell: streams are joined, clear_output is honored."""

    def __init__(self) -> None:
        self.nodes: list[NotebookNode] = []
        self._clear = False

    def take(self, kind: str, content: Any) -> None:
        """Content comes from the kernel, so nothing about its form is believed."""
        content = content if isinstance(content, Mapping) else {}
        if kind == "clear_output":
            self._clear = bool(content.get("wait"))
            if not self._clear:
                self.nodes.clear()
            return
        node = _node(kind, content)
        if node is None:
            return
        if self._clear:
            self.nodes.clear()
            self._clear = False
        last = self.nodes[-1] if self.nodes else None
        if last is not None and kind == "stream" and last.get("name") == node["name"]:
            last["text"] += node["text"]
        else:
            self.nodes.append(node)


def _node(kind: str, content: Mapping[str, Any]) -> NotebookNode | None:
    if kind == "stream":
        name = "stderr" if content.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=str(content.get("text", "")))
    if kind in ("display_data", "execute_result"):
        count = {"execution_count": None} if kind == "execute_result" else {}
        return new_output(kind, data=_bundle(content.get("data")), metadata={}, **count)
    if kind == "error":
        trace = content.get("traceback")
        lines = [str(line) for line in trace] if isinstance(trace, list) else []
        return new_output("error", ename=str(content.get("ename")), evalue=str(content.get("evalue")), traceback=lines)
    return None


def _bundle(data: Any) -> dict[str, Any]:
    """By MIME type: JSON types hold any value, all others text."""
    if not isinstance(data, Mapping):
        return {}
    return {str(mime): value if str(mime).endswith("json") else str(value) for mime, value in data.items()}


def error_output(name: str, says: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=says, traceback=[f"{name}: {says}"])
