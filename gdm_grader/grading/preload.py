"""Imports, once for all workers, what grading needs; the process that workers are forked from imports this module.

It must not die of a package that is broken: the workers tell it, with the first item.
"""

from gdm_grader.imports import sentence_for_import

broken: str | None = None
try:
    import torch._dynamo  # noqa: F401  (torch.func needs it)

    from gdm_grader.grading import grade  # noqa: F401
except Exception as error:
    broken = sentence_for_import(error)
