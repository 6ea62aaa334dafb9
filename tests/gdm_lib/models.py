"""The table of autoregressive models: every property in test_models runs over all of it."""

from torch import nn

from gdm_lib.autoregressive import (
    MADE,
    Bernoulli,
    Categorical,
    CausalConvNet,
    DiscretizedLogisticMixture,
    GatedPixelCNN,
    GaussianMixture,
    MarkovMLP,
    PixelCNN,
)


def direct_made(*arguments):
    """MADE with direct connections that do not start at 0, so that what they bring is there to be tested."""
    model = MADE(*arguments, direct=True)
    nn.init.normal_(model.direct.weight)
    return model


# Small enough to sum over all states: levels ** m stays below 5,000.
DISCRETE = {
    "Markov of order 1": lambda c=0: MarkovMLP(5, 1, Categorical(4), (8,), c),
    "Markov of order 3": lambda c=0: MarkovMLP(6, 3, Bernoulli(), (8, 8), c),
    "Markov, longer than x": lambda c=0: MarkovMLP(3, 5, Categorical(3), (8,), c),
    "Markov, one value": lambda c=0: MarkovMLP(1, 2, Categorical(3), (8,), c),
    "Markov, linear": lambda c=0: MarkovMLP(4, 2, DiscretizedLogisticMixture(5, 2), (), c),
    "MADE": lambda c=0: MADE(6, Categorical(3), (12, 9), c),
    "MADE, no hidden layer": lambda c=0: MADE(4, Bernoulli(), (), c),
    "MADE, too narrow": lambda c=0: MADE(5, Bernoulli(), (2,), c),
    "MADE, direct": lambda c=0: direct_made(6, Categorical(3), (12, 9), c),
    "MADE, direct only": lambda c=0: direct_made(5, Bernoulli(), (1,), c),
    "MADE, one value": lambda c=0: MADE(1, Categorical(4), (6,), c),
    "causal convolutions": lambda c=0: CausalConvNet(8, Bernoulli(), 4, (1, 2), 3, c),
    "causal convolutions, wide": lambda c=0: CausalConvNet(5, Categorical(4), 4, (1,), 5, c),
    "PixelCNN, gray": lambda c=0: PixelCNN((1, 3, 3), Bernoulli(), 4, 2, 3, 5, context_size=c),
    "PixelCNN, RGB": lambda c=0: PixelCNN((3, 2, 2), Bernoulli(), 6, 1, 3, 3, context_size=c),
    "PixelCNN, one pixel": lambda c=0: PixelCNN((3, 1, 1), Categorical(5), 3, 1, 1, 1, context_size=c),
    "PixelCNN, no hidden layer": lambda c=0: PixelCNN((2, 2, 2), Categorical(2), 4, 0, 3, 3, context_size=c),
    "gated PixelCNN, gray": lambda c=0: GatedPixelCNN((1, 2, 3), Categorical(4), 4, 2, 3, 3, c),
    "gated PixelCNN, RGB": lambda c=0: GatedPixelCNN((3, 2, 2), Bernoulli(), 6, 2, 3, 3, c),
    "gated PixelCNN, logistic": lambda c=0: GatedPixelCNN((1, 2, 2), DiscretizedLogisticMixture(6, 2), 4, 1, 3, 3, c),
}
CONTINUOUS = {
    "Markov, Gaussian": lambda c=0: MarkovMLP(5, 2, GaussianMixture(), (8,), c),
    "MADE, mixture": lambda c=0: MADE(5, GaussianMixture(2), (16,), c),
    "MADE, mixture, direct": lambda c=0: direct_made(4, GaussianMixture(2), (8,), c),
    "causal convolutions, mixture": lambda c=0: CausalConvNet(6, GaussianMixture(3), 4, (1, 2), 3, c),
    "PixelCNN, mixture": lambda c=0: PixelCNN((3, 3, 2), GaussianMixture(2), 6, 1, 3, 3, context_size=c),
    "gated PixelCNN, mixture": lambda c=0: GatedPixelCNN((1, 3, 3), GaussianMixture(2), 4, 1, 3, 3, c),
}
MODELS = DISCRETE | CONTINUOUS

# One model of each kind: the slow axes run over these.
KINDS = ["Markov of order 3", "MADE", "causal convolutions", "PixelCNN, RGB", "gated PixelCNN, RGB", "MADE, mixture"]
