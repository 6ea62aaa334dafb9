"""A check of normalization: the probability of a model sums, or integrates, to one."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import cast

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_method
from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.divergences import HasLogProb, Law, draw

MAX_MASS_ERROR = 1e-3
"""How far from 1 a report still calls ok; a grid is no better."""
MOST_STATES = 2**20
CELLS = {1: 20_000, 2: 400}
"""Cells along each axis of the grid, by dimension."""


@dataclass(frozen=True)
class NormalizationReport:
    """The total probability of a model."""

    model: str
    total: float
    coarse: float
    """The total on a grid of half the cells along each axis: how much the grid matters. Equal to `total` for a sum."""
    domain: str

    @property
    def ok(self) -> bool:
        """The total is 1 to three digits."""
        return abs(self.total - 1) <= MAX_MASS_ERROR

    def __str__(self) -> str:
        rows = [f"  total          {self.total:.6f}  {self.domain}"]
        if self.coarse != self.total:
            rows.append(f"  half the grid  {self.coarse:.6f}")
        return "\n".join([f"Total probability of {self.model}", *rows])


def normalization(
    model: HasLogProb, bounds: Sequence[tuple[float, float]] | None = None, context: Tensor | None = None
) -> NormalizationReport:
    """Sum p(x) over all states of a small discrete model, or integrate it over a box in one or two dimensions.

    In float64, on a copy of the model.

    Parameters
    ----------
    model
        An `AutoregressiveModel` over at most 2^20 states, or a density on R or R^2: a flow, or anything
        with `log_prob`.
    bounds
        The box of a density, a pair (low, high) for each axis. If not given, twice the range of 4096 samples.
    context
        (c,), where the model takes one: p(x | context) is summed.

    Returns
    -------
    NormalizationReport
        `print` it; `total` is the figure.

    Raises
    ------
    ValueError
        If there are too many states, or more than two dimensions.

    Examples
    --------
    >>> from torch.distributions import Normal
    >>> from gdm_lib.check import normalization
    >>> print(normalization(Normal(0.0, 1.0), bounds=[(-1, 1)]))
    Total probability of Normal
      total          0.682689  over [-1, 1], 20000 cells
      half the grid  0.682689
    """
    check_method("model", model, "log_prob", "MADE(6, Bernoulli()) or a flow")
    exact = deepcopy(model).double() if isinstance(model, nn.Module) else model
    if isinstance(exact, AutoregressiveModel) and exact.law.dtype is not None:
        return _sum(exact, context)
    box = _box(cast(Law, model), context) if bounds is None else _checked(bounds)
    return _integral(exact, box, context)


def _checked(bounds: object) -> list[tuple[float, float]]:
    """Pairs of numbers, the lower one first."""
    pairs = list(bounds) if isinstance(bounds, Sequence) else []
    shaped = [tuple(pair) for pair in pairs if isinstance(pair, Sequence) and len(pair) == 2 and pair[0] < pair[1]]
    if not pairs or len(shaped) != len(pairs):
        raise ValueError(f"bounds must be a pair (low, high) for each axis, such as [(-1, 1), (-1, 1)], got {bounds!r}")
    return shaped


@torch.no_grad()
def _sum(model: AutoregressiveModel, context: Tensor | None) -> NormalizationReport:
    levels: int = model.law.levels          # type: ignore[attr-defined]    # of every discrete distribution
    if levels**model.m > MOST_STATES:
        raise ValueError(f"{levels}^{model.m} states are too many to sum over; at most {MOST_STATES}")
    values = torch.arange(levels, device=next(model.parameters()).device)
    states = torch.cartesian_prod(*[values] * model.m).reshape(-1, *model.shape)
    total = sum(_log_prob(model, part, context).exp().sum().item() for part in states.split(2**14))
    return NormalizationReport(type(model).__name__, total, total, f"over {len(states)} states")


def _box(model: Law, context: Tensor | None) -> list[tuple[float, float]]:
    check_method("model, where no bounds are given,", model, "sample", "a flow")
    x = model.sample(4096, context) if context is not None else draw(model, 4096)   # type: ignore[call-arg]
    x = x.reshape(4096, -1)                                 # (4096, m)
    low, high = x.amin(0), x.amax(0)
    return list(zip((1.5 * low - 0.5 * high).tolist(), (1.5 * high - 0.5 * low).tolist(), strict=True))


@torch.no_grad()
def _integral(
    model: HasLogProb, bounds: Sequence[tuple[float, float]], context: Tensor | None
) -> NormalizationReport:
    if len(bounds) not in CELLS:
        raise ValueError(f"a density is integrated in 1 or 2 dimensions, got {len(bounds)}")
    cells = CELLS[len(bounds)]
    domain = " x ".join(f"[{low:.4g}, {high:.4g}]" for low, high in bounds)
    domain = f"over {domain}, {' x '.join([str(cells)] * len(bounds))} cells"
    fine, coarse = (_midpoints(model, bounds, count, context) for count in (cells, cells // 2))
    return NormalizationReport(type(model).__name__, fine, coarse, domain)


def _log_prob(model: HasLogProb, x: Tensor, context: Tensor | None) -> Tensor:
    return model.log_prob(x) if context is None else model.log_prob(x, context)     # type: ignore[call-arg]


def _midpoints(
    model: HasLogProb, bounds: Sequence[tuple[float, float]], cells: int, context: Tensor | None
) -> float:
    """The midpoint rule: the density at the center of every cell, times its volume."""
    tensors = chain(model.parameters(), model.buffers()) if isinstance(model, nn.Module) else iter(())
    like = next(tensors, torch.empty(0)).double()
    centers = (torch.arange(cells).to(like) + 0.5) / cells
    axes = torch.meshgrid(*(low + (high - low) * centers for low, high in bounds), indexing="ij")
    x = torch.stack(axes, -1).flatten(0, -2)                                # (cells^m, m)
    volume = 1.0
    for low, high in bounds:
        volume *= (high - low) / cells
    return volume * sum(_log_prob(model, part, context).exp().sum().item() for part in x.split(2**14))
