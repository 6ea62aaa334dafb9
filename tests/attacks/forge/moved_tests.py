"""Moves every test in front of everything else, and the answers behind."""


def tamper(nb):
    nb["cells"].sort(key=lambda cell: not cell["metadata"].get("nbgrader", {}).get("grade"))
