"""Nests signs, brackets, conditions and functions as deep as a reader of the code can go, and deeper."""

DEEP = ("-" * 9_000 + "1", "not " * 9_000 + "1", "(" * 190 + "1" + ")" * 190, "lambda: " * 4_000 + "1",
        "1 if 1 else " * 4_000 + "1", "a" + ".b" * 9_000, "a" + "()" * 9_000, "x = " * 4_000 + "1",
        "a" + " < a" * 9_000, "a" + "[0]" * 9_000, "2 ** " * 9_000 + "1", "if a: pass\n" + "elif a: pass\n" * 3_000)


def tamper(nb):
    nb["cells"] += [{"cell_type": "code", "id": f"deep{number}", "metadata": {}, "outputs": [], "execution_count": None,
                     "source": text} for number, text in enumerate(DEEP)]
