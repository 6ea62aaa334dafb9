"""Checks that show what they found: each returns a report that prints as a small table."""

from gdm_lib.check.causality import CausalityReport, causality

__all__ = ["CausalityReport", "causality"]
