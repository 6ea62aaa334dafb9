"""Hand-ins that hypothesis draws: any text in any field of a notebook, and in every name that a student chooses, and
code that says such text while it runs."""

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

KNOWN = ["[/x]", "half \ud83d", "\0", "\x1b[2J", "'^[a-z]+$'", "{0}", "{{ 1 }}", "'); DROP TABLE grade; --", "\u202e",
         "%s", "</script>", "=1+1", "$\\input{x}$", "[bold]", "]]>", "../../x", "a\r\nb", "a,b;c\td\"e", "-", "nan",
         "student0001", "ann", "-->", "{% raw %}", "data:text/html,<b>", "x" * 3000]
LABELS = ["double", "total", "test_double_zero", "causal_mask", "test_causal_mask_past"]
# Code that says `{0}` in each way that leads to a file, a table or a terminal.
SAYING = ["print({0})", "raise RuntimeError({0})", "import sys; sys.stderr.write({0})", "assert False, {0}", "{0}",
          "raise type('[/x]', (Exception,), {{}})({0})", "import warnings; warnings.warn({0})",
          "def causal_mask(kernel_size, kind):\n    raise ValueError({0})",
          "def double(x):\n    raise ValueError({0})", "def total(values):\n    return {0}",
          "from IPython.display import HTML, display; display(HTML({0}))",
          "from IPython.display import display; display({{{0}: {0}, 'text/plain': {0}}}, raw=True)",
          "globals()[{0}] = {0}", "def double(x):\n    return {{{0}: [{0}]}}",
          "open({0} or 'x', 'w').write('x')", "raise SystemExit({0})"]
HOSTILE = st.one_of(st.text(st.characters()), st.sampled_from(KNOWN))
CODE = st.builds(lambda form, text: form.format(ascii(text)), st.sampled_from(SAYING), HOSTILE)
ANY = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HOSTILE),
                   lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(HOSTILE, inner, max_size=3)),
                   max_leaves=8)


def record(**fields: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    """Any of these fields, each as it should be or with anything at all in it."""
    return st.fixed_dictionaries({}, optional={name: st.one_of(field, ANY) for name, field in fields.items()})


LINES = st.one_of(HOSTILE, st.lists(HOSTILE, max_size=3))
MIME = st.dictionaries(st.one_of(st.sampled_from(["text/html", "text/plain", "image/png", "image/svg+xml",
                                                  "application/javascript"]), HOSTILE), LINES, max_size=3)
OUTPUT = record(output_type=st.sampled_from(["stream", "error", "display_data", "execute_result", "pyout"]),
                name=HOSTILE, text=LINES, data=MIME, metadata=st.dictionaries(HOSTILE, HOSTILE, max_size=2),
                ename=HOSTILE, evalue=HOSTILE, traceback=st.lists(HOSTILE, max_size=2), execution_count=st.integers())
MARKS = record(grade_id=st.one_of(st.sampled_from(LABELS), HOSTILE), points=st.integers(), grade=st.booleans(),
               solution=st.booleans(), locked=st.booleans(), task=st.booleans(), schema_version=st.integers(),
               cell_type=HOSTILE, checksum=HOSTILE, comment=HOSTILE, score=st.integers())
LABELLED = st.fixed_dictionaries({"nbgrader": st.one_of(ANY, MARKS, st.fixed_dictionaries(
    {"grade_id": st.one_of(st.sampled_from(LABELS), ANY)}))}, optional={"tags": st.lists(HOSTILE, max_size=2),
                                                                       "name": HOSTILE, "jupyter": ANY, "gdm": ANY})
CELLS = st.fixed_dictionaries({}, optional={
    "cell_type": st.one_of(st.sampled_from(["code", "markdown", "raw", "heading"]), ANY),
    "source": st.one_of(CODE, HOSTILE, st.lists(HOSTILE, max_size=3), ANY), "id": ANY,
    "outputs": st.one_of(ANY, st.lists(OUTPUT, max_size=3)), "execution_count": ANY,
    "metadata": st.one_of(ANY, LABELLED), "input": LINES,
    "attachments": st.one_of(ANY, st.dictionaries(HOSTILE, MIME, max_size=2))})
SAYS = st.fixed_dictionaries({"cell_type": st.just("code"), "source": CODE, "metadata": LABELLED})
METADATA = record(kernelspec=record(name=HOSTILE, display_name=HOSTILE, language=HOSTILE),
                  language_info=record(name=HOSTILE, version=HOSTILE, file_extension=HOSTILE, codemirror_mode=ANY),
                  authors=st.lists(record(name=HOSTILE), max_size=2), title=HOSTILE, celltoolbar=HOSTILE, widgets=ANY)
NOTEBOOKS = st.fixed_dictionaries(
    {"cells": st.lists(st.one_of(CELLS, SAYS, ANY), max_size=5)},
    optional={"nbformat": ANY, "nbformat_minor": ANY, "metadata": st.one_of(ANY, METADATA), "worksheets": ANY,
              "signature": ANY})


@dataclass(frozen=True)
class Hostile:
    """One hand-in: the notebook's file, what its student is called on the platform and in the list of the class, files
    beside the notebook, and the comment of whoever graded it by hand."""

    notebook: bytes
    folder: str
    name: str
    beside: dict[str, bytes]
    comment: str


HAND_INS = st.builds(Hostile, NOTEBOOKS.map(lambda content: json.dumps(content).encode()), HOSTILE, HOSTILE,
                     st.dictionaries(HOSTILE, st.binary(max_size=20), max_size=2), HOSTILE)


def drawn(number: int, key: int = 0) -> list[Hostile]:
    """Return this many hand-ins, the same for the same key."""
    found: list[Hostile] = []

    @seed(key)
    @settings(max_examples=number, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(HAND_INS)
    def collect(hand_in: Hostile) -> None:
        found.append(hand_in)

    collect()
    return found
