"""A right answer, spoilt at its end or its beginning: all are wrong by the text, but for those that NEVER_WRONG names.

The text asks for about five digits, of large numbers too. So what is cut off, what is rounded to half precision or to
three decimals, and what loses its sign must cost points somewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

LIMITS = (10, 20, 50, 100, 1_000, 10_000)
PRELUDE = """
import torch
answer_inside = {task}

def each(value, change):
    if isinstance(value, (tuple, list)):
        return type(value)(each(entry, change) for entry in value)
    is_changed = isinstance(value, torch.Tensor) and value.is_floating_point()
    return change(value) if is_changed else value
"""
AT_THE_END = """
def {task}(*arguments, **named):
    return each(answer_inside(*arguments, **named), {change})
"""
OF_THE_LOG_DET = """
def {task}(*arguments, **named):
    value, log_det = answer_inside(*arguments, **named)
    return value, each(log_det, {change})
"""
AT_THE_BEGINNING = """
def {task}(*arguments, **named):
    return answer_inside(*each(arguments, {change}), **named)
"""
ROUNDED = {
    "in half precision": "lambda part: part.half().to(part.dtype)",
    "in bfloat16": "lambda part: part.bfloat16().to(part.dtype)",
    "to 3 decimals": "lambda part: part.round(decimals=3)",
    "to 2 decimals": "lambda part: part.round(decimals=2)",
    "0.001 too much": "lambda part: part + 1e-3",
    "0.1 % too much": "lambda part: part * 1.001",
}
SIGNS = {"without signs": "torch.abs", "cut off at 0": "lambda part: part.clamp(min=0)"}
PAIRS = {"diagonal_map", "triangular_map", "plu_map", "compose", "autoregressive_f", "autoregressive_g", "planar_map"}
ON_NUMBERS = {"discrete_kl", "gaussian_kl", "estimate_kl", "mle_kl", "forward_kl_loss", "reverse_kl_loss",
              "duality_terms", "mirrored_terms", "pushforward_log_prob", "jacobi_inverse", "bits_per_dim"} | PAIRS

# Why a spoilt answer is right: (task, where), and the words with which the names of its kinds begin.
NEVER_WRONG = {
    ("discrete_kl", "result"): ("without signs", "cut off at 0"),  # a divergence is never negative
    ("gaussian_kl", "result"): ("without signs", "cut off at 0"),
    ("bits_per_dim", "result"): ("without signs", "cut off at 0"),  # nor is a code's length
    # A probability lies between 0 and 1.
    ("discrete_kl", "arguments"): ("clamped", "without signs", "cut off at 0"),
    ("estimate_kl", "arguments"): ("",),  # its arguments are no tensors
    ("bits_per_dim", "arguments"): ("clamped at 10000", "0.001 too much"),  # in the thousands; a shift is no change
    # The log-dets of log_dets stay below these in float32: m = 20 values of alpha, log(w^T u).
    ("autoregressive_f", "log-det"): ("clamped at 10000",),
    ("autoregressive_g", "log-det"): ("clamped at 10000",),
    ("autoregressive_g", "result"): ("clamped at 10000",),
    ("planar_map", "log-det"): ("clamped at 100", "clamped at 1000", "clamped at 10000"),
}

# The mistakes of the catalogue that may be said of a kind, since they do the same.
TRUE_TOO = {
    "without signs": {"only the absolute values are used", "the same sign both ways", "the sign of the likelihood"},
    "cut off at 0": {"cut off at 0"},
    "to 2 decimals": {"the past is detached"},  # no gradient passes through a rounded number
    "to 3 decimals": {"the past is detached"},
}


@dataclass(frozen=True)
class Spoilt:
    """A wrong answer made from a right one; `means` are the mistakes of the catalogue that may be said of it."""

    name: str
    source: str
    means: set[str]


def spoilt(task: str, source: str) -> Iterator[Spoilt]:
    """Yield the wrong answers that can be made from a right one, if it gives numbers."""
    if task not in ON_NUMBERS or source.count(f"{task}(") > 1:
        return
    places = {"result": AT_THE_END, "arguments": AT_THE_BEGINNING}
    if task in PAIRS:
        places["log-det"] = OF_THE_LOG_DET
    clamps = {f"clamped at {limit}": f"lambda part: part.clamp(-{limit}, {limit})" for limit in LIMITS}
    for place, text in places.items():
        for kind, change in (clamps | ROUNDED | SIGNS).items():
            if not kind.startswith(NEVER_WRONG.get((task, place), ("never",))):
                made = source + PRELUDE.format(task=task) + text.format(task=task, change=change)
                yield Spoilt(f"{place} {kind}", made, TRUE_TOO.get(kind, set()))
