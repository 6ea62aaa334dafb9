"""Mutants of a function, by the operators of two mutation tools: cosmic-ray's and mutmut's.

cosmic-ray exchanges operators for all others of their kind and shifts numbers; mutmut drops and blanks
arguments, swaps branches and assigns None. Only the tools' operators are used: a mutant is a string here, and
is run in this process, which takes milliseconds where their own runners start an interpreter.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from libcst import Module, parse_module
from libcst.metadata import MetadataWrapper
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode


@dataclass(frozen=True)
class Mutant:
    """One change to a function: its source, who made it, and the lines that changed."""

    tool: str
    source: str
    was: str
    becomes: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of both tools, each source once."""
    unique: dict[str, Mutant] = {}
    for tool, made in (("cosmic-ray", _cosmic_ray(source)), ("mutmut", _mutmut(source))):
        for changed in made:
            if changed != source and changed not in unique:
                unique[changed] = Mutant(tool, changed, *_changed_lines(source, changed))
    return list(unique.values())


def _cosmic_ray(source: str) -> Iterator[str]:
    """All operators that need no settings, as cosmic-ray itself runs them by default."""
    for name in operator_names():
        operator = get_operator(name)
        if operator.arguments():
            continue
        occurrence = 0
        while (changed := mutate_code(source, operator(), occurrence)) is not None:
            yield changed
            occurrence += 1


def _mutmut(source: str) -> Iterator[str]:
    visitor = MutationVisitor(mutation_operators, IgnoredCode(set(), set(), set()))
    module = MetadataWrapper(parse_module(source)).visit(visitor)
    for mutation in visitor.mutations:
        changed = deep_replace(module, mutation.original_node, mutation.mutated_node)
        assert isinstance(changed, Module)
        yield changed.code


def _changed_lines(source: str, changed: str) -> tuple[str, str]:
    """The lines that the mutant takes away, and those that it puts in their place."""
    lines = list(difflib.ndiff(source.splitlines(), changed.splitlines()))
    taken = [line[2:].strip() for line in lines if line.startswith("-")]
    put = [line[2:].strip() for line in lines if line.startswith("+")]
    return "\n".join(taken), "\n".join(put)
