"""MADE in many orders: one network, whose masks let it read the values in any of K orders."""

import math
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_ints, sample_shape
from gdm_lib.autoregressive.common.base import AutoregressiveModel
from gdm_lib.autoregressive.laws.conditionals import Conditional, check_law
from gdm_lib.masks import made_degrees, made_masks


class InOrder(AutoregressiveModel):
    """p_k(x), one of the K models of `ManyOrders`: its weights are those of the others, its masks those of order k."""

    layers: Sequence[nn.Linear]

    def __init__(self, shared: nn.ModuleList, places: Tensor, degrees: Sequence[Tensor], law: Conditional) -> None:
        super().__init__((len(places),), law)
        self.layers = shared                                                # type: ignore[assignment]
        self.order = places.argsort()                                       # order[0] is the value read first
        *hidden, last = made_masks([places, *degrees, places])
        past = places[:, None] > places
        self.masks = [*hidden, *(mask.repeat_interleave(law.params, 0) for mask in (last, past))]

    def network(self, h: Tensor, context: Tensor | None = None) -> Tensor:
        *hidden, last, direct = [layer.weight * mask for layer, mask in zip(self.layers, self.masks, strict=True)]
        straight = F.linear(h, direct)                                      # (B, m P)
        for weight, layer in zip(hidden, self.layers, strict=False):
            h = F.linear(h, weight, layer.bias).relu()
        out = F.linear(h, last, self.layers[len(hidden)].bias) + straight
        return out.unflatten(-1, (self.m, -1))                              # (B, m, P)

    def places(self) -> Iterator[tuple[int, ...]]:
        return ((j,) for j in self.order.tolist())


class ManyOrders(nn.Module):
    """p(x) = (1 / K) sum_k p_k(x), where p_k is a MADE that reads the values in its own order k.

    All K share one set of weights, with direct connections; the masks alone differ. Each p_k is a distribution, and
    so is their mean, whose log is at least the mean of the log p_k. Train it with `one_order_nll`.

    Parameters
    ----------
    m
        The length of x.
    law
        The distribution of one value.
    hidden
        Widths of the hidden layers.
    orders
        K; the orders are drawn with `seed`.

    Notes
    -----
    `log_prob` is K passes; `one_order_nll` is one.

    References
    ----------
    Germain, Gregor, Murray & Larochelle (2015), MADE; Uria, Murray & Larochelle (2014), A Deep and Tractable Density
    Estimator.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.autoregressive import Bernoulli, ManyOrders
    >>> model = ManyOrders(m=6, law=Bernoulli(), hidden=(16,), orders=3)
    >>> model.log_prob(torch.ones(4, 6, dtype=torch.long)).shape, model.sample(2).shape
    (torch.Size([4]), torch.Size([2, 6]))
    """

    orders: Tensor
    """(K, m): orders[k, j] is the place, 1..m, of value j in order k."""

    def __init__(
        self, m: int, law: Conditional, hidden: Sequence[int] = (256,), orders: int = 8, seed: int = 0
    ) -> None:
        super().__init__()
        self.m, self.law, hidden = check_int("m", m), check_law(law), check_ints("hidden", hidden)
        generator = torch.Generator().manual_seed(check_int("seed", seed, least=0))
        drawn = [torch.randperm(self.m, generator=generator) + 1 for _ in range(check_int("orders", orders))]
        self.register_buffer("orders", torch.stack(drawn))
        _, *self._degrees, _ = made_degrees(self.m, hidden)
        out = self.m * law.params
        layers = [nn.Linear(below, above) for below, above in zip((self.m, *hidden), (*hidden, out), strict=True)]
        direct = nn.Linear(self.m, out, bias=False)
        for last in (layers[-1], direct):
            nn.init.zeros_(last.weight)
        self.layers = nn.ModuleList([*layers, direct])

    def one(self, k: int) -> InOrder:
        """p_k, with the weights of this model as they are: trained with it, and to sample from alone."""
        places = self.orders[k]
        return InOrder(self.layers, places, [d.to(places.device) for d in self._degrees], self.law)

    def log_prob(self, x: Tensor) -> Tensor:
        """log p(x) in nats: (*, m) -> (*,). K passes of the network."""
        each = [self.one(k).log_prob(x) for k in range(len(self.orders))]
        return torch.stack(each).logsumexp(0) - math.log(len(each))

    def forward(self, x: Tensor) -> Tensor:
        """`log_prob`."""
        return self.log_prob(x)

    @torch.no_grad()
    def sample(self, n: int | Sequence[int] = 1) -> Tensor:
        """n draws, (n, m), or (*n, m) for a shape: an order is drawn for each, then the values in it.

        Cost: m passes for every order drawn.
        """
        draws = sample_shape(n)
        which = torch.randint(len(self.orders), (math.prod(draws),))
        weight = next(self.parameters())
        x = torch.zeros(len(which), self.m, dtype=self.law.dtype or weight.dtype, device=weight.device)
        for k in which.unique().tolist():
            chosen = (which == k).nonzero().flatten()
            x[chosen.to(x.device)] = self.one(k).sample(len(chosen))
        return x.reshape(*draws, self.m)


def one_order_nll(model: ManyOrders, x: Tensor) -> Tensor:
    """-mean log p_k(x) with an order k drawn anew at each call, nats; in eval mode -mean log p(x) of all orders.

    In the mean over k an upper bound of the negative log-likelihood, at a K-th of its cost.
    """
    if not model.training:
        return -model.log_prob(x).mean()
    k = int(torch.randint(len(model.orders), ()))
    return -model.one(k).log_prob(x).mean()
