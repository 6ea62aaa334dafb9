"""The cells of the table: each is a model, how it is trained on a data set, and the number of the paper if any."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from gdm_lib.autoregressive import MADE, Bernoulli, GatedPixelCNN, ManyOrders, MarkovMLP, one_order_nll


@dataclass(frozen=True)
class Recipe:
    """The training of a model: `l1` weighs the sum of the absolute weights, nats a unit of weight."""

    steps: int
    lr: float
    l1: float = 0.0
    batch_size: int = 100
    evaluate_every: int = 50

    def loss(self, model: nn.Module, x: Tensor) -> Tensor:
        """-mean log p(x), nats; while training with the penalty on all weights but the biases."""
        value = one_order_nll(model, x) if isinstance(model, ManyOrders) else -model.log_prob(x).mean()
        if not model.training or self.l1 == 0:
            return value
        weights = [p.abs().sum() for name, p in model.named_parameters() if name.endswith("weight")]
        return value + self.l1 * sum(weights)


@dataclass(frozen=True)
class Cell:
    """One entry of the table. `paper` is a test log-likelihood in nats, `source` the key of references.bib.

    A number of a paper stands here once it was found again in a public index of results. Those of MADE's own table
    could not be, so they are absent.
    """

    data: str
    model: str
    build: Callable[[int], nn.Module]
    recipe: Recipe
    paper: float | None = None
    source: str | None = None


def no_hidden_layer(m: int) -> MADE:
    """Each conditional a logistic regression on the values before it; it starts at no dependence."""
    model = MADE(m, Bernoulli(), hidden=())
    nn.init.zeros_(model.net.layers[0].weight)
    return model


def made(m: int) -> MADE:
    return MADE(m, Bernoulli(), hidden=(500,), direct=True)


def not_direct(m: int) -> MADE:
    """As `made`, without the weights from inputs to outputs: what those are worth."""
    return MADE(m, Bernoulli(), hidden=(500,))


def many_orders(m: int) -> ManyOrders:
    return ManyOrders(m, Bernoulli(), hidden=(500,), orders=8)


def markov(order: int) -> Callable[[int], MarkovMLP]:
    return lambda m: MarkovMLP(m, order, Bernoulli(), hidden=(32,))


def gated(height: int, width: int) -> Callable[[int], GatedPixelCNN]:
    """The vector as a picture, row by row: a letter of DNA is a row of 3; the other two shapes mean nothing."""
    return lambda m: GatedPixelCNN((1, height, width), Bernoulli(), channels=16, layers=3, kernel_size=5,
                                   first_kernel_size=7)


def ladder(data: str, steps: int) -> list[Cell]:
    """Models that the papers do not have: nothing in them depends on the data but the number of steps."""
    return [Cell(data, f"Markov, d = {d}", markov(d), Recipe(steps, 1e-2)) for d in (1, 4, 16)]


FULL, MADE_NAME, ORDERS, GATED = "no hidden layer", "MADE", "MADE, 8 orders", "gated PixelCNN"

CELLS = [
    Cell("dna", FULL, no_hidden_layer, Recipe(800, 1e-2, 7e-3)),
    Cell("dna", MADE_NAME, made, Recipe(800, 5e-3, 5e-3)),
    Cell("dna", ORDERS, many_orders, Recipe(2400, 1e-2, 4e-3, evaluate_every=400), -82.31, "uria2014"),
    Cell("dna", "MADE, no penalty", made, Recipe(800, 5e-3)),
    Cell("dna", "MADE, not direct", not_direct, Recipe(800, 5e-3, 5e-3)),
    Cell("dna", GATED, gated(60, 3), Recipe(120, 1e-2, evaluate_every=20)),
    Cell("mushrooms", FULL, no_hidden_layer, Recipe(3000, 2e-2)),
    Cell("mushrooms", MADE_NAME, made, Recipe(2500, 5e-3, 6e-4, evaluate_every=100)),
    Cell("mushrooms", ORDERS, many_orders, Recipe(5000, 1e-2, 3e-5, evaluate_every=500), -9.68, "uria2014"),
    Cell("mushrooms", GATED, gated(8, 14), Recipe(250, 1e-2, evaluate_every=50)),
    Cell("nips", FULL, no_hidden_layer, Recipe(250, 1e-3, 3e-3, evaluate_every=25)),
    Cell("nips", MADE_NAME, made, Recipe(250, 1e-3, 3e-3, evaluate_every=25)),
    Cell("nips", ORDERS, many_orders, Recipe(400, 1e-3, 3e-3, evaluate_every=100)),
    Cell("nips", GATED, gated(20, 25), Recipe(60, 1e-2, evaluate_every=10)),
    *ladder("dna", 150),
    *ladder("mushrooms", 200),
    *ladder("nips", 60),
]

MNIST = [
    Cell("binarized_mnist", MADE_NAME, made, Recipe(50_000, 2e-3, evaluate_every=1000)),
    Cell("binarized_mnist", GATED, lambda m: GatedPixelCNN((1, 28, 28), Bernoulli(), channels=32),
         Recipe(20_000, 3e-3, batch_size=32, evaluate_every=1000)),
]
