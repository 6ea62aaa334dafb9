"""Notebooks that hypothesis writes: any text in any field, and code that says such text while it runs."""

import json
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

KNOWN = ["[/x]", "half \ud83d", "\0", "\x1b[2J", "'^[a-z]+$'", "{0}", "{{ 1 }}", "'); DROP TABLE grade; --", "\u202e",
         "%s", "</script>", "=1+1", "$\\input{x}$", "[bold]", "]]>"]
LABELS = ["double", "total", "test_double_zero", "causal_mask", "test_causal_mask_past"]
# Code that says `{0}` in each way that leads to a file, a table or a terminal.
SAYING = ["print({0})", "raise RuntimeError({0})", "import sys; sys.stderr.write({0})", "assert False, {0}", "{0}",
          "raise type('[/x]', (Exception,), {{}})({0})", "import warnings; warnings.warn({0})",
          "def causal_mask(kernel_size, kind):\n    raise ValueError({0})",
          "def double(x):\n    raise ValueError({0})", "def total(values):\n    return {0}",
          "from IPython.display import HTML, display; display(HTML({0}))"]
HOSTILE = st.one_of(st.text(st.characters()), st.sampled_from(KNOWN))
CODE = st.builds(lambda form, text: form.format(ascii(text)), st.sampled_from(SAYING), HOSTILE)
ANY = st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HOSTILE),
                   lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(HOSTILE, inner, max_size=3)),
                   max_leaves=8)
LABELLED = st.fixed_dictionaries({"nbgrader": st.one_of(ANY, st.fixed_dictionaries(
    {"grade_id": st.one_of(st.sampled_from(LABELS), ANY)}))})
CELLS = st.fixed_dictionaries({}, optional={
    "cell_type": st.one_of(st.sampled_from(["code", "markdown", "raw", "heading"]), ANY),
    "source": st.one_of(CODE, HOSTILE, st.lists(HOSTILE, max_size=3), ANY), "id": ANY, "outputs": ANY,
    "execution_count": ANY, "metadata": st.one_of(ANY, LABELLED), "attachments": ANY})
SAYS = st.fixed_dictionaries({"cell_type": st.just("code"), "source": CODE, "metadata": LABELLED})
NOTEBOOKS = st.fixed_dictionaries({"cells": st.lists(st.one_of(CELLS, SAYS, ANY), max_size=5)},
                                  optional={"nbformat": ANY, "nbformat_minor": ANY, "metadata": ANY})


def drawn(number: int, key: int = 0) -> list[bytes]:
    """Return this many notebooks as files, the same for the same key."""
    found: list[bytes] = []

    @seed(key)
    @settings(max_examples=number, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(NOTEBOOKS)
    def collect(content: dict[str, Any]) -> None:
        found.append(json.dumps(content).encode())

    collect()
    return found
