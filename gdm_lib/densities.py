"""Densities on the plane to fit and to look at, whose entropy is known.

Each has `log_prob(x)` in nats, `sample(n)` and `entropy`. With it the forward KL of a fitted model is
known too: KL(pi || p) = -H(pi) - E_pi log p(x).

Most are equal mixtures of round Gaussians set along a curve; `Bent` pushes the points of a density
around without changing areas, and so without changing its entropy.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import torch
from torch import Tensor

from gdm_lib._shapes import check_event, check_floating, check_int, check_positive, sample_shape


class PlanarDensity:
    """A density on R^2 with a known entropy. It can be the base of a flow, too."""

    def log_prob(self, x: Tensor) -> Tensor:
        """log pi(x) in nats: (*, 2) -> (*,)."""
        raise NotImplementedError

    def sample(self, n: int | Sequence[int] = 1, generator: torch.Generator | None = None) -> Tensor:
        """n draws, (n, 2), or (*n, 2) for a shape as torch.distributions takes it."""
        raise NotImplementedError

    @property
    def entropy(self) -> float:
        """H(pi) = -E log pi(x), in nats."""
        raise NotImplementedError


def check_plane(x: Tensor) -> Tensor:
    """Return `x` if it is a tensor of points on the plane, (*, 2), in a floating dtype."""
    return check_event("x", check_floating("x", x), (2,))


class RoundGaussians(PlanarDensity):
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
        check_floating("centers", centers)
        if centers.ndim != 2 or centers.shape[1] != 2 or len(centers) == 0:
            raise ValueError(f"centers must have shape (K, 2), got {tuple(centers.shape)}")
        self.centers, self.sigma = centers.clone(), check_positive("sigma", sigma)

    def log_prob(self, x: Tensor) -> Tensor:
        check_plane(x)
        steps = (x[..., None, :] - self.centers.to(x)) / self.sigma         # (*, K, 2)
        constant = math.log(2 * math.pi * self.sigma**2 * len(self.centers))
        return torch.logsumexp(-0.5 * steps.square().sum(-1), -1) - constant

    def sample(self, n: int | Sequence[int] = 1, generator: torch.Generator | None = None) -> Tensor:
        shape = sample_shape(n)
        part = torch.randint(len(self.centers), shape, generator=generator)
        noise = torch.randn(*shape, 2, generator=generator, dtype=self.centers.dtype)
        return self.centers[part] + self.sigma * noise

    def __repr__(self) -> str:
        return f"{type(self).__name__}(K={len(self.centers)}, sigma={self.sigma:g})"

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
    """The distribution of x = bend(y) where y has the density `straight` and `bend` keeps areas.

    |det dx/dy| = 1, so log pi(x) = log pi_straight(unbend(x)), and the entropy stays what it was.
    """

    def __init__(
        self, straight: PlanarDensity, bend: Callable[[Tensor], Tensor], unbend: Callable[[Tensor], Tensor]
    ) -> None:
        self.straight, self.bend, self.unbend = straight, bend, unbend

    def log_prob(self, x: Tensor) -> Tensor:
        return self.straight.log_prob(self.unbend(check_plane(x)))

    def sample(self, n: int | Sequence[int] = 1, generator: torch.Generator | None = None) -> Tensor:
        return self.bend(self.straight.sample(n, generator))

    @property
    def entropy(self) -> float:
        return self.straight.entropy


class Checkerboard(PlanarDensity):
    """Uniform on the 8 dark unit squares of a 4 x 4 board on [-2, 2)^2: H = log 8, and -inf is the log of 0."""

    def log_prob(self, x: Tensor) -> Tensor:
        check_plane(x)
        on_board = ((x >= -2) & (x < 2)).all(-1)                            # each field with its lower and left edge
        dark = x.floor().sum(-1) % 2 == 0
        inside = torch.zeros_like(x[..., 0]) - math.log(8)
        return inside.masked_fill(~(on_board & dark), -math.inf)

    def sample(self, n: int | Sequence[int] = 1, generator: torch.Generator | None = None) -> Tensor:
        shape = sample_shape(n)
        row = torch.randint(-2, 2, shape, generator=generator)
        pair = torch.randint(0, 2, shape, generator=generator)
        column = 2 * pair - 2 + row % 2                                     # of the row's color
        u = torch.rand(*shape, 2, generator=generator).clamp(max=1 - 2**-23)    # beyond, column + u is the next field's
        return torch.stack((column, row), -1) + u

    @property
    def entropy(self) -> float:
        return math.log(8)


def moons(sigma: float = 0.1) -> RoundGaussians:
    """Two half circles of radius 1 that reach into each other."""
    t = torch.linspace(0, math.pi, 24)
    upper = torch.stack((t.cos() - 0.5, t.sin() - 0.25), -1)
    return RoundGaussians(torch.cat((upper, -upper)), sigma)


def rings(sigma: float = 0.1) -> RoundGaussians:
    """Two circles about the origin, of radius 1 and 2; the outer one has twice the mass."""
    circles = []
    for radius, parts in ((1, 40), (2, 80)):
        t = torch.arange(parts) * (2 * math.pi / parts)
        circles.append(radius * torch.stack((t.cos(), t.sin()), -1))
    return RoundGaussians(torch.cat(circles), sigma)


def grid(sigma: float = 0.1) -> RoundGaussians:
    """Nine Gaussians on a 3 x 3 grid of step 1.5: a test of covering every mode."""
    ticks = torch.tensor([-1.5, 0.0, 1.5])
    return RoundGaussians(torch.cartesian_prod(ticks, ticks), sigma)


def banana() -> Bent:
    """A round Gaussian sheared along a parabola: x_2 = y_2 + (y_1^2 - 1) / 2. H = log(2 pi e), exactly."""
    def sheared(by: float) -> Callable[[Tensor], Tensor]:
        return lambda y: torch.stack((y[..., 0], y[..., 1] + by * (y[..., 0].square() - 1)), -1)

    return Bent(RoundGaussians(torch.zeros(1, 2), 1.0), sheared(0.5), sheared(-0.5))


def pinwheel(arms: int = 5, sigma: float = 0.15) -> Bent:
    """Straight arms of Gaussians, turned by an angle that grows with the distance to the origin."""
    t = torch.arange(check_int("arms", arms)) * (2 * math.pi / arms)
    rays = torch.stack((t.cos(), t.sin()), -1)[:, None]                     # (arms, 1, 2)
    arm = torch.linspace(0.5, 2, 9)[:, None]                                # (9, 1)

    def turned(by: float) -> Callable[[Tensor], Tensor]:
        def turn(y: Tensor) -> Tensor:
            angle = by * y.norm(dim=-1)
            c, s = angle.cos(), angle.sin()
            return torch.stack((c * y[..., 0] - s * y[..., 1], s * y[..., 0] + c * y[..., 1]), -1)
        return turn

    return Bent(RoundGaussians((rays * arm).flatten(0, 1), sigma), turned(0.9), turned(-0.9))


DENSITIES: dict[str, Callable[[], PlanarDensity]] = {
    "moons": moons,
    "rings": rings,
    "grid": grid,
    "banana": banana,
    "pinwheel": pinwheel,
    "checkerboard": Checkerboard,
}
"""All of them by name."""
