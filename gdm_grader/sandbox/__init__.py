"""Kernels that reach nothing of this machine but what a notebook needs, forked from a warm process."""

from gdm_grader.sandbox.kernels import Kernel, Kernels
from gdm_grader.sandbox.ladder import Report, probe
from gdm_grader.sandbox.limits import Limits
from gdm_grader.sandbox.outcome import Outcome
from gdm_grader.sandbox.process import SandboxError
from gdm_grader.sandbox.rungs import Rung

__all__ = ["Kernel", "Kernels", "Limits", "Outcome", "Report", "Rung", "SandboxError", "probe"]
