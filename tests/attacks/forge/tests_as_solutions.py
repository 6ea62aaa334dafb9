"""Says that the tests are answers, which a person grades."""


def tamper(nb):
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["metadata"]["nbgrader"].update(solution=True, locked=False)
