"""The rooms of both packages: no circles, few names on a floor, and nothing trusted imports what a student's code can
change. Modules that are named in strings, to be started or imported by name, count as well.
"""

import ast
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("gdm_lib", "gdm_grader")
MOST_NAMES = 9  # files on a floor, and folders on a floor
# What runs in the process of the student's code.
BESIDE_THE_STUDENT = ("gdm_grader.referee.kernel", "gdm_grader.sandbox.inside.kernel")
# Who may name a module in a string, and why: it starts it as a program of its own, or imports it in a kernel.
NAMED = {
    ("gdm_grader.referee", "gdm_grader.referee.kernel.server"),  # the hook that kernels import
    ("gdm_grader.sandbox.forkserver.preload", "gdm_grader.sandbox.inside.kernel"),  # imported before the fork
    ("gdm_grader.sandbox.host.forkserver", "gdm_grader.sandbox.forkserver.server"),  # a program of its own
    ("gdm_grader.sandbox.host.probe", "gdm_grader.sandbox.forkserver.self_test"),  # a program of its own
    ("gdm_grader.grading.digest", "gdm_grader.sandbox.inside.kernel"),  # hashed, not imported
    ("gdm_grader.grading.digest", "gdm_grader.sandbox.forkserver.server"),
    ("gdm_grader.grading.digest", "gdm_grader.grading.grade"),
    ("gdm_grader.grading.digest", "gdm_grader.grading.verdict"),
    ("gdm_grader.grading.digest", "gdm_grader.grading.diagnosis"), ("gdm_grader.grading.digest", "gdm_grader.logs"),
    ("gdm_grader.grading.digest", "gdm_grader.records"),
    ("gdm_grader.reports.class_page", "gdm_grader.reports"),  # where its templates lie
    ("gdm_grader.reports.similar", "gdm_grader.reports"),
    ("gdm_grader.grading.workers", "gdm_grader.grading.cohort"),  # imported once, for all worker processes
    ("gdm_grader.grading.workers", "gdm_grader.grading.preload"),
    ("gdm_grader.feedback.page", "gdm_grader.feedback.summary"),  # a step of nbgrader's converter
    ("gdm_grader.feedback.page", "gdm_grader.nbgrader_plugins"),
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules(package: str) -> dict[str, Path]:
    return {name_of(path): path for path in sorted((ROOT / package).rglob("*.py"))}


def room_of(module: str, known: dict[str, Path]) -> str:
    return module if known[module].name == "__init__.py" else module.rpartition(".")[0]


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in known else node.module for name in names}
    return found & set(known)


def strings(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules that a string of this file names, as `module`, `module.Name` or `{PACKAGE}.module`."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "gdm_grader" for part in node.values]
            text = "".join(map(str, parts))
        if " " not in text.strip():
            for name in (text, text.rpartition(".")[0]):
                if name.count(".") and name in known:
                    found.add(name)
                    break
    return found


def graph(package: str) -> nx.DiGraph:
    known = modules(package)
    arrows = nx.DiGraph()
    arrows.add_nodes_from(known)
    for name, path in known.items():
        arrows.add_edges_from((name, other) for other in imports(path, known) if other != name)
    return arrows


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_files_import_each_other(package):
    assert list(nx.simple_cycles(graph(package))) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_two_folders_import_each_other(package):
    known = modules(package)
    rooms = nx.DiGraph()
    for one, other in graph(package).edges:
        rooms.add_edge(room_of(one, known), room_of(other, known))
    rooms.remove_edges_from(list(nx.selfloop_edges(rooms)))
    # A package's own __init__ stands above what it shows.
    rooms.remove_nodes_from([package])
    assert list(nx.simple_cycles(rooms)) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_floor_has_few_names(package):
    for folder in {path.parent for path in modules(package).values()}:
        files = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        folders = [path for path in folder.iterdir() if (path / "__init__.py").is_file()]
        assert max(len(files), len(folders)) <= MOST_NAMES, folder


def test_nothing_trusted_imports_what_runs_beside_the_students_code():
    arrows = graph("gdm_grader")
    wrong = [(one, other) for one, other in arrows.edges
             if other.startswith(BESIDE_THE_STUDENT) and not one.startswith(BESIDE_THE_STUDENT)]
    assert wrong == []


def test_what_runs_beside_the_students_code_imports_nothing_of_the_grader_but_what_both_ends_share():
    shared = ("gdm_grader.referee.protocol", "gdm_grader.referee.reader", "gdm_grader.referee.writer",
              "gdm_grader.referee.seeding", "gdm_grader.referee.refusals", "gdm_grader.sandbox.ipc")
    wrong = [(one, other) for one, other in graph("gdm_grader").edges
             if one.startswith(BESIDE_THE_STUDENT) and not other.startswith((*BESIDE_THE_STUDENT, *shared))]
    assert wrong == []


def test_the_sandbox_knows_no_other_room():
    wrong = [(one, other) for one, other in graph("gdm_grader").edges
             if one.startswith("gdm_grader.sandbox") and not other.startswith("gdm_grader.sandbox")]
    assert [(one, other) for one, other in wrong if other != "gdm_grader"] == []


def test_modules_named_in_strings_are_those_that_are_started_or_imported_elsewhere():
    known = modules("gdm_grader")
    found = set()
    for name, path in known.items():
        found |= {(name, other) for other in strings(path, known) if other != name}
    assert found == NAMED


def test_the_grader_names_no_module_of_the_library():
    library = modules("gdm_lib")
    assert {name: strings(path, library) for name, path in modules("gdm_grader").items()
            if strings(path, library)} == {}


def test_the_tests_above_see_what_they_look_for(tmp_path):
    path = tmp_path / "example.py"
    path.write_text("import importlib\nimportlib.import_module(\"gdm_grader.referee.kernel.server\")\n"
                    "from gdm_grader.referee.kernel import values\n")
    known = modules("gdm_grader")
    assert strings(path, known) == {"gdm_grader.referee.kernel.server"}
    assert imports(path, known) == {"gdm_grader.referee.kernel.values"}
