"""Claims another version of the metadata."""


def tamper(nb):
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"]["schema_version"] = 99
