"""Each example of a docstring runs as it stands, for a reader who copies it into an empty session."""

import doctest
import importlib
import pkgutil

import pytest

import gdm_lib


def examples():
    found = []
    for module in pkgutil.walk_packages(gdm_lib.__path__, "gdm_lib."):
        found += doctest.DocTestFinder().find(importlib.import_module(module.name), globs={})
    return {test.name: test for test in found if test.examples}


EXAMPLES = examples()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_imports_what_it_uses_and_prints_what_it_says(name):
    report = []
    assert doctest.DocTestRunner(verbose=False).run(EXAMPLES[name], out=report.append).failed == 0, "".join(report)


def test_examples_are_found():
    assert len(EXAMPLES) >= 25
