"""The same flows as other libraries write them: five layers, two hidden layers of 64 units, reversed between.

bijx (JAX) is not among them: it installs 24 packages, and XLA works in threads of its own, whose time is not measured.
"""

from collections.abc import Iterable

import nflows.transforms as nt
import normflows as nf
import torch
import zuko
from nflows.distributions import StandardNormal as NflowsNormal
from nflows.flows import Flow as NflowsFlow
from torch import Tensor, nn
from torchflows.bijections.finite.autoregressive.layers import AffineForwardMaskedAutoregressive

from gdm_lib.flows import StandardNormal

LAYERS, WIDTH = 5, 64


class Zuko(nn.Module):
    """zuko.flows.MAF."""

    def __init__(self, m: int) -> None:
        super().__init__()
        self.flow = zuko.flows.MAF(m, transforms=LAYERS, hidden_features=(WIDTH, WIDTH))

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow().log_prob(x)

    def sample(self, n: int) -> Tensor:
        with torch.no_grad():
            return self.flow().sample((n,))


class Nflows(nn.Module):
    """Of nflows' parts, with the network that all others have here: no residual blocks, 64 and 64 hidden units."""

    def __init__(self, m: int) -> None:
        super().__init__()
        layers = []
        for _ in range(LAYERS):
            layers += [nt.ReversePermutation(m), nt.MaskedAffineAutoregressiveTransform(
                m, WIDTH, num_blocks=1, use_residual_blocks=False)]
        self.flow = NflowsFlow(nt.CompositeTransform(layers), NflowsNormal([m]))

    def log_prob(self, x: Tensor) -> Tensor:
        return self.flow.log_prob(x)

    def sample(self, n: int) -> Tensor:
        with torch.no_grad():
            return self.flow.sample(n)


class Layers(nn.Module):
    """Layers of other libraries that map x to z with the log-det, reversed between."""

    def __init__(self, m: int, layers: Iterable[nn.Module]) -> None:
        super().__init__()
        self.base = StandardNormal(m)
        self.layers = nn.ModuleList(layers)

    def log_prob(self, x: Tensor) -> Tensor:
        log_det = 0
        for layer in self.layers:
            x, step = layer(x)
            log_det, x = log_det + step, x.flip(-1)
        return self.base.log_prob(x) + log_det


class Normflows(Layers):
    """Of normflows' parts; its autoregressive layer is fast from left to right, which here is data to noise."""

    def __init__(self, m: int) -> None:
        super().__init__(m, [nf.flows.MaskedAffineAutoregressive(m, WIDTH, num_blocks=1, use_residual_blocks=False)
                             for _ in range(LAYERS)])

    def sample(self, n: int) -> Tensor:
        with torch.no_grad():
            x = self.base.sample(torch.Size([n]))
            for layer in reversed(self.layers):
                x, _ = layer.inverse(x.flip(-1))
            return x


class Torchflows(Layers):
    """Of torchflows' parts, whose networks have tanh for ReLU."""

    def __init__(self, m: int) -> None:
        network = {"n_hidden": WIDTH, "n_layers": 3}
        super().__init__(m, [AffineForwardMaskedAutoregressive((m,), conditioner_kwargs=network)
                             for _ in range(LAYERS)])


PEERS: dict[str, type[nn.Module]] = {"zuko": Zuko, "nflows": Nflows, "normflows": Normflows,
                                     "torchflows": Torchflows}
