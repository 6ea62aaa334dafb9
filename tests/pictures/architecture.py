"""The pictures of the architecture page, made from the `import` lines of the code at `make book`."""

import ast
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import networkx as nx

from gdm_lib import plot

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "book" / "_static" / "architecture"
HEIGHTS = {"gdm_lib": 4.2, "gdm_grader": 7.5}  # inches


def imported(path: Path) -> set[str]:
    """The names that a file imports, wherever in the file it does so."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def importing(package: str, other: str) -> list[str]:
    """The files of a package that import anything of another."""
    return [str(path.relative_to(ROOT)) for path in sorted((ROOT / package).rglob("*.py"))
            if any(name.split(".")[0] == other for name in imported(path))]


def modules(package: str) -> nx.DiGraph:
    """An edge from each module, a file or a folder of the package, to each other one that imports it."""
    found: nx.DiGraph = nx.DiGraph()
    for path in sorted((ROOT / package).rglob("*.py")):
        own = path.relative_to(ROOT / package).with_suffix("").parts[0]
        for name in sorted(imported(path)):
            first, second, *_ = [*name.split("."), "", ""]
            folder = ROOT / package / second
            known = folder.is_dir() or folder.with_suffix(".py").is_file()
            if first == package and second and known and own not in ("__init__", second):
                found.add_edge(second, own)
    return found


def draw(package: str, target: Path) -> None:
    """Layers from the bottom up; an arrow that follows from others is left out. The same code, the same bytes.

    Modules that import each other share a box.
    """
    circles = nx.condensation(modules(package))
    names = {box: ", ".join(sorted(circles.nodes[box]["members"])) for box in circles}
    found = nx.relabel_nodes(nx.DiGraph(circles.edges), names)
    rows = [sorted(row) for row in nx.topological_generations(found)]
    place = {name: ((i + 1) / (len(row) + 1), y) for y, row in enumerate(rows) for i, name in enumerate(row)}
    plot.style()
    plt.figure(figsize=(9, HEIGHTS[package]))
    box = {"boxstyle": "round", "facecolor": plot.COLORS[0] + "30", "edgecolor": plot.COLORS[0]}
    plt.xlim(0, 1)
    plt.ylim(-0.5, len(rows) - 0.5)
    plt.axis("off")
    shown = {name: plt.text(x, y, name.lstrip("_"), ha="center", va="center", size=8, bbox=box)
             for name, (x, y) in place.items()}
    plt.gcf().canvas.draw()  # now the boxes have their places, and arrows can end at them
    for low, high in sorted(nx.transitive_reduction(found).edges):
        ends = {"patchA": shown[low].get_bbox_patch(), "patchB": shown[high].get_bbox_patch()}
        arrow = {"arrowstyle": "-|>", "color": plot.INK, "alpha": 0.6, "shrinkA": 1, "shrinkB": 1}
        plt.annotate("", place[high], place[low], arrowprops=arrow | ends)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": package}):
        plt.savefig(target, metadata={"Date": None, "Creator": None})
    plt.close()


if __name__ == "__main__":
    for package in sys.argv[1:]:
        draw(package, PICTURES / f"{package}.svg")
