"""The pictures of the architecture page, made from the `import` lines of the code at `make book`."""

import ast
import sys
from collections import defaultdict
from itertools import count
from pathlib import Path
from statistics import fmean

import matplotlib as mpl
import matplotlib.pyplot as plt
import networkx as nx
from matplotlib.patches import FancyBboxPatch

from gdm_lib import plot

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "book" / "_static" / "architecture"
PACKAGES = ("gdm_lib", "gdm_grader")
LINE = 0.25  # inches a line; what follows is in lines
GAP = 0.4  # between two layers
BOX = 5.6  # width of a box
INK = "#23272e"  # of the names; the page's own ink in its place
PORT = 0.16  # what a box imports arrives this far below its middle, what is imported of it leaves above


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
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        packages = {name.split(".")[0] for name in imported(path)}
        if other in packages:
            found.append(str(path.relative_to(ROOT)))
    return found


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


def layers(package: str) -> tuple[nx.DiGraph, list[list[str]]]:
    """The arrows, without those that follow from others, and the boxes from the lowest layer up.

    Each box stands just below the lowest that imports it. Modules that import each other share a box.
    """
    circles = nx.condensation(modules(package))
    names = {box: _title(circles.nodes[box]["members"]) for box in circles}
    arrows = nx.transitive_reduction(nx.relabel_nodes(nx.DiGraph(circles.edges), names))
    layer: dict[str, int] = {}
    for number, row in enumerate(nx.topological_generations(arrows)):
        layer |= dict.fromkeys(row, number)
    for name in reversed(list(nx.topological_sort(arrows))):
        layer[name] = min((layer[user] - 1 for user in arrows.successors(name)), default=layer[name])
    rows: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in sorted(layer):
        rows[layer[name]].append(name)
    return arrows, rows


def _title(members: set[str]) -> str:
    return ", ".join(sorted(name.strip("_") for name in members))


def heights(rows: list[list[str]]) -> dict[str, float]:
    """Give each box a line, in the order of the rows, with a gap between two layers."""
    found: dict[str, float] = {}
    for number, row in enumerate(rows):
        for name in row:
            found[name] = len(found) + GAP * number
    return found


def near_neighbors(arrows: nx.DiGraph, rows: list[list[str]]) -> dict[str, float]:
    """The height of each box, when each layer is sorted by the mean height of what its boxes are linked to."""
    y = heights(rows)
    for _ in range(20):
        for row in rows:
            row.sort(key=lambda name: (fmean(y[other] for other in nx.all_neighbors(arrows, name)), name))
            y = heights(rows)
    return y


def lanes(arrows: nx.DiGraph, y: dict[str, float]) -> dict[str, int]:
    """Beside the boxes, a lane for each one that is imported: it runs up to the highest that imports it.

    Short lanes lie near the boxes; two lie at the same place only where their heights have nothing in common.
    """
    spans = {name: (y[name], max(map(y.__getitem__, arrows[name]))) for name in arrows if arrows[name]}
    taken: dict[int, list[tuple[float, float]]] = defaultdict(list)
    found = {}
    for name, (low, high) in sorted(spans.items(), key=lambda item: (item[1][1] - item[1][0], item)):
        found[name] = next(number for number in count() if _is_free(taken[number], low, high))
        taken[found[name]].append((low, high))
    return found


def _is_free(spans: list[tuple[float, float]], low: float, high: float) -> bool:
    return all(high < a or b < low for a, b in spans)


def draw(package: str, target: Path) -> None:
    """Boxes below each other, and each import a way along the lanes beside them. The same code, the same bytes."""
    arrows, rows = layers(package)
    y = near_neighbors(arrows, rows)
    lane = lanes(arrows, y)
    x = {name: BOX + 1.1 + 0.62 * k for name, k in lane.items()}
    plot.style()
    plt.rcParams["figure.constrained_layout.use"] = False  # the axis fills the figure
    width, height = max(x.values()) + 0.4, max(y.values()) + 1
    axis = plt.figure(figsize=(width * LINE, height * LINE)).add_axes((0, 0, 1, 1))
    axis.set(xlim=(0, width), ylim=(-0.5, height - 0.5))
    axis.axis("off")
    blue = plot.COLORS[0]
    for name, level in y.items():
        axis.add_patch(FancyBboxPatch((0.1, level - 0.35), BOX - 0.1, 0.7, boxstyle="round,pad=0,rounding_size=0.15",
                                      facecolor=blue + "18", edgecolor=blue))
        axis.text(0.4, level, name, va="center_baseline", size=10, color=INK)
    for user in sorted(arrows):
        if used := list(arrows.predecessors(user)):  # one arrow, from the farthest of their lanes
            ends = ((BOX, y[user] - PORT), (max(x[name] for name in used), y[user] - PORT))
            axis.annotate("", *ends, arrowprops={"arrowstyle": "-|>", "color": plot.INK, "shrinkA": 0, "shrinkB": 0})
    for name, k in lane.items():
        stops = [y[user] - PORT for user in sorted(arrows[name])]
        way = ([BOX, x[name], x[name]], [y[name] + PORT, y[name] + PORT, max(stops)])
        axis.plot(*way, color=plot.COLORS[k % len(plot.COLORS)], linewidth=1.4)
        axis.plot([x[name]] * len(stops), stops, "o", color=plot.COLORS[k % len(plot.COLORS)], markersize=4)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": package}):
        plt.savefig(target, metadata={"Date": None, "Creator": None})
    plt.close()


if __name__ == "__main__":
    for package in sys.argv[1:]:
        draw(package, PICTURES / f"{package}.svg")
