"""Densities on the plane to fit and to look at, whose entropy is known.

Each has `log_prob(x)` in nats, `sample(n)` and `entropy`. With it the forward KL of a fitted model is
known too: KL(pi || p) = -H(pi) - E_pi log p(x).

Most are equal mixtures of round Gaussians set along a curve; `Bent` pushes the points of a density
around without changing areas, and so without changing its entropy.
"""

import math
from collections.abc import Callable
from functools import cached_property

import torch
from torch import Tensor


class PlanarDensity:
    """A density on R^2 with a known entropy."""

    def log_prob(self, x: Tensor) -> Tensor:
        """log pi(x) in nats: (*, 2) -> (*,)."""
        raise NotImplementedError

    def sample(self, n: int) -> Tensor:
        """n draws, (n, 2)."""
        raise NotImplementedError

    @property
    def entropy(self) -> float:
        """H(pi) = -E log pi(x), in nats."""
        raise NotImplementedError


class GaussianMixture(PlanarDensity):
    """pi(x) = (1/K) sum_k N(x | c_k, sigma^2 I).

    Its entropy is a sum over a grid of step sigma / 2. For a density as smooth as this one that sum is exact to
    about ten digits (the trapezoid rule on an analytic function that vanishes at both ends).

    Parameters
    ----------
    centers
        c_k, (K, 2).
    sigma
        The standard deviation of each part in every direction.
    """

    def __init__(self, centers: Tensor, sigma: float) -> None:
        if centers.ndim != 2 or centers.shape[1] != 2:
            raise ValueError(f"centers must have shape (K, 2), got {tuple(centers.shape)}")
        if sigma <= 0:
            raise ValueError(f"sigma must be positive, got {sigma}")
        self.centers, self.sigma = centers, sigma

    def log_prob(self, x: Tensor) -> Tensor:
        steps = (x[..., None, :] - self.centers.to(x)) / self.sigma         # (*, K, 2)
        constant = math.log(2 * math.pi * self.sigma**2 * len(self.centers))
        return torch.logsumexp(-0.5 * steps.square().sum(-1), -1) - constant

    def sample(self, n: int) -> Tensor:
        part = torch.randint(len(self.centers), (n,))
        return self.centers[part] + self.sigma * torch.randn(n, 2)

    @cached_property
    def entropy(self) -> float:
        step, margin = self.sigma / 2, 8 * self.sigma
        low, high = self.centers.double().amin(0) - margin, self.centers.double().amax(0) + margin
        rows = torch.arange(low[1].item(), high[1].item(), step, dtype=torch.float64)
        total = 0.0
        for column in torch.arange(low[0].item(), high[0].item(), step, dtype=torch.float64):
            log_p = self.log_prob(torch.stack((column.expand_as(rows), rows), -1))
            total -= torch.xlogy(log_p.exp(), log_p.exp()).sum().item()
        return total * step**2


class Bent(PlanarDensity):
    """The law of x = bend(y) where y has the density `straight` and `bend` keeps areas.

    |det dx/dy| = 1, so log pi(x) = log pi_straight(unbend(x)), and the entropy stays what it was.
    """

    def __init__(
        self, straight: PlanarDensity, bend: Callable[[Tensor], Tensor], unbend: Callable[[Tensor], Tensor]
    ) -> None:
        self.straight, self.bend, self.unbend = straight, bend, unbend

    def log_prob(self, x: Tensor) -> Tensor:
        return self.straight.log_prob(self.unbend(x))

    def sample(self, n: int) -> Tensor:
        return self.bend(self.straight.sample(n))

    @property
    def entropy(self) -> float:
        return self.straight.entropy


class Checkerboard(PlanarDensity):
    """Uniform on the 8 dark unit squares of a 4 x 4 board on [-2, 2]^2: H = log 8, and -inf is the log of 0."""

    def log_prob(self, x: Tensor) -> Tensor:
        on_board = (x.abs() < 2).all(-1)
        dark = x.floor().sum(-1) % 2 == 0
        inside = torch.zeros_like(x[..., 0]) - math.log(8)
        return inside.masked_fill(~(on_board & dark), -math.inf)

    def sample(self, n: int) -> Tensor:
        row, pair = torch.randint(-2, 2, (n,)), torch.randint(0, 2, (n,))
        column = 2 * pair - 2 + row % 2                                     # of the row's color
        return torch.stack((column, row), -1) + torch.rand(n, 2)

    @property
    def entropy(self) -> float:
        return math.log(8)


def moons(sigma: float = 0.1) -> GaussianMixture:
    """Two half circles of radius 1 that reach into each other."""
    t = torch.linspace(0, math.pi, 24)
    upper = torch.stack((t.cos() - 0.5, t.sin() - 0.25), -1)
    return GaussianMixture(torch.cat((upper, -upper)), sigma)


def rings(sigma: float = 0.1) -> GaussianMixture:
    """Two circles about the origin, of radius 1 and 2; the outer one has twice the mass."""
    circles = []
    for radius, parts in ((1, 40), (2, 80)):
        t = torch.arange(parts) * (2 * math.pi / parts)
        circles.append(radius * torch.stack((t.cos(), t.sin()), -1))
    return GaussianMixture(torch.cat(circles), sigma)


def grid(sigma: float = 0.1) -> GaussianMixture:
    """Nine Gaussians on a 3 x 3 grid of step 1.5: a test of covering every mode."""
    ticks = torch.tensor([-1.5, 0.0, 1.5])
    return GaussianMixture(torch.cartesian_prod(ticks, ticks), sigma)


def banana() -> Bent:
    """A round Gaussian sheared along a parabola: x_2 = y_2 + (y_1^2 - 1) / 2. H = log(2 pi e), exactly."""
    def sheared(by: float) -> Callable[[Tensor], Tensor]:
        return lambda y: torch.stack((y[..., 0], y[..., 1] + by * (y[..., 0].square() - 1)), -1)

    return Bent(GaussianMixture(torch.zeros(1, 2), 1.0), sheared(0.5), sheared(-0.5))


def pinwheel(arms: int = 5, sigma: float = 0.15) -> Bent:
    """Straight arms of Gaussians, turned by an angle that grows with the distance to the origin."""
    t = torch.arange(arms) * (2 * math.pi / arms)
    rays = torch.stack((t.cos(), t.sin()), -1)[:, None]                     # (arms, 1, 2)
    arm = torch.linspace(0.5, 2, 9)[:, None]                                # (9, 1)

    def turned(by: float) -> Callable[[Tensor], Tensor]:
        def turn(y: Tensor) -> Tensor:
            angle = by * y.norm(dim=-1)
            c, s = angle.cos(), angle.sin()
            return torch.stack((c * y[..., 0] - s * y[..., 1], s * y[..., 0] + c * y[..., 1]), -1)
        return turn

    return Bent(GaussianMixture((rays * arm).flatten(0, 1), sigma), turned(0.9), turned(-0.9))


DENSITIES: dict[str, Callable[[], PlanarDensity]] = {
    "moons": moons,
    "rings": rings,
    "grid": grid,
    "banana": banana,
    "pinwheel": pinwheel,
    "checkerboard": Checkerboard,
}
"""All of them by name."""
