"""Stores outputs in which every test passed with a bonus, and a notebook's metadata that says so."""


def tamper(nb):
    nb["metadata"]["gdm_remarks"] = ["all tests passed"]
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1, "metadata": {},
                                "data": {"text/plain": "5"}}]
            cell["metadata"]["gdm"] = {"failed": "", "says": "right", "page": "../../../etc/passwd"}
