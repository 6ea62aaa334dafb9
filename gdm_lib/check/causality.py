"""A check of causality: the values that each conditional of a model depends on."""

from copy import deepcopy
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.func import jacrev

from gdm_lib._shapes import check_instance
from gdm_lib.autoregressive.common.base import AutoregressiveModel


@dataclass(frozen=True)
class CausalityReport:
    """The links of a model: entry [j, k] is True if the distribution of x_j depends on x_k, in the model's order."""

    model: str
    places: list[tuple[int, ...]] = field(repr=False)
    present: Tensor = field(repr=False)
    """The links that the network has: boolean, (m, m)."""

    @property
    def allowed(self) -> Tensor:
        """The strict past: every k < j."""
        return torch.ones_like(self.present).tril(-1)

    @property
    def forbidden(self) -> Tensor:
        """Present, though to the value itself or to a later one."""
        return self.present & ~self.allowed

    @property
    def missing(self) -> Tensor:
        """Of the past, yet never seen: beyond the Markov order, or in a blind spot."""
        return self.allowed & ~self.present

    @property
    def ok(self) -> bool:
        """No forbidden link: the product of the conditionals is a density."""
        return not self.forbidden.any()

    def __str__(self) -> str:
        rows = [
            ("allowed", self.allowed, "from each value to all before it"),
            ("present", self.present, "what the network has"),
            ("forbidden", self.forbidden, self._example(self.forbidden, "none: it is causal", "sees")),
            ("missing", self.missing, self._example(self.missing, "none: it sees all of the past", "never sees")),
        ]
        head = f"Links of {self.model}, m = {len(self.present)}"
        return "\n".join([head, *(f"  {name:<10}{int(links.sum()):>8}  {why}" for name, links, why in rows)])

    def _example(self, links: Tensor, none: str, verb: str) -> str:
        if not links.any():
            return none
        j, k = links.nonzero()[0].tolist()
        return f"for example, {self.places[j]} {verb} {self.places[k]}"


def causality(model: AutoregressiveModel) -> CausalityReport:
    """Find every link of `model`: which x_k each conditional p(x_j | ...) depends on.

    The check replaces all parameters by positive numbers and differentiates in float64. Then every unit is
    active, every path adds a positive amount to the derivative and nothing cancels: an entry of the
    Jacobian is positive if a path of unmasked weights exists and exactly zero if none does. Weights as
    they are would not do: a dead ReLU hides a link, and 0 times NaN invents one.

    Parameters
    ----------
    model
        Its activations must increase (ReLU, tanh, sigmoid do). The model itself is left as it is.

    Returns
    -------
    CausalityReport
        `print` it; its attributes `allowed`, `present`, `forbidden` and `missing` are (m, m).

    Notes
    -----
    Cost: one forward and m backward passes for a single x.

    Examples
    --------
    >>> from gdm_lib.autoregressive import Categorical, MarkovMLP
    >>> from gdm_lib.check import causality
    >>> print(causality(MarkovMLP(m=4, order=2, law=Categorical(3))))
    Links of MarkovMLP, m = 4
      allowed          6  from each value to all before it
      present          5  what the network has
      forbidden        0  none: it is causal
      missing          1  for example, (3,) never sees (0,)
    """
    check_instance("model", model, AutoregressiveModel, "MADE(6, Bernoulli())")
    places = list(model.places())
    flat = torch.arange(model.m).reshape(model.shape)
    order = torch.stack([flat[place] for place in places])                  # (m,): where x_1, x_2, ... lie
    network = deepcopy(model).to("cpu", torch.float64)
    for weight in network.parameters():
        fan_in = weight.numel() // len(weight) if weight.ndim else 1
        weight.data.fill_(0.5 / fan_in)                                     # no overflow in depth

    context = torch.ones(1, model.context_size, dtype=torch.float64) if model.context_size else None

    def total(h: Tensor) -> Tensor:
        return network.network(h.reshape(1, *model.shape), context).sum(-1).flatten()[order]        # (m,)

    jacobian = jacrev(total, chunk_size=64)(torch.ones(model.m, dtype=torch.float64))
    return CausalityReport(type(model).__name__, places, jacobian[:, order] != 0)
