"""Answers to pushforward_log_prob: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("the formula with |f'(x)|")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - torch.log(torch.abs(df(x)))


@right("half the logarithm of the square")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - 0.5 * df(x).square().log()


@right("the derivative of g by autograd")
def pushforward_log_prob(z, log_p_x, g, df):
    z = z.detach().clone().requires_grad_(True)
    (dg,) = torch.autograd.grad(g(z).sum(), z)
    return log_p_x(g(z).detach()) + dg.abs().log()


@right("point by point, with Python's math")
def pushforward_log_prob(z, log_p_x, g, df):
    import math
    answers = []
    for point in z:
        x = g(point[None])
        answers.append(log_p_x(x)[0] - math.log(math.fabs(df(x).item())))
    return torch.stack(answers).to(z.dtype)


@wrong(
    "the logarithm is added",
    says="You add log|f'|, so a map that stretches makes the density larger. The mass is spread over more room: "
    "the density falls, subtract it.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) + df(x).abs().log()


@wrong(
    "the derivative is taken at z",
    says="You take f' at z. The derivative is a function of x, and the mass at z was stretched at the point x = "
    "g(z) that it comes from.",
    page="flows/change-of-variables",
    loses={"test_pushforward_log_prob_place": 1},
)
def pushforward_log_prob(z, log_p_x, g, df):
    return log_p_x(g(z)) - df(z).abs().log()


@wrong(
    "no absolute value",
    says="Your logarithm is of f' itself, which is negative for a decreasing map. A density counts lengths, and "
    "lengths have no sign: log|f'|.",
    page="flows/change-of-variables",
    loses={"test_pushforward_log_prob_decreasing": 1},
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).log()


@wrong(
    "the absolute value outside the logarithm",
    says="You take |log f'| in place of log|f'|. A map that shrinks has a negative log|f'|, and there the density "
    "must grow.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).log().abs()


@wrong(
    "the law of x at z",
    says="You ask the distribution of x for its density at z. It knows about x only: go back first, x = g(z).",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    return log_p_x(z) - df(g(z)).abs().log()


@wrong(
    "no derivative at all",
    says="You only look up the density at x = g(z). Without the stretch the new density does not integrate to 1: "
    "subtract log|f'(x)|.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    return log_p_x(g(z))


@wrong(
    "the derivative without its logarithm",
    says="You subtract |f'| from a logarithm. Densities are divided by |f'|, so log-densities lose log|f'|.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).abs()


@wrong(
    "the log-density is divided",
    says="You divide the log-density by |f'|. It is the density that is divided; its logarithm has log|f'| "
    "subtracted.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) / df(x).abs()


@wrong(
    "by way of the density itself",
    says="You go through exp(log p). Far out the density rounds to 0 and its logarithm to minus infinity: stay in "
    "logarithms throughout.",
    page="flows/change-of-variables",
    loses={"test_pushforward_log_prob_stretch": 1},
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return torch.log(log_p_x(x).exp() / df(x).abs())


@wrong(
    "a density, not its logarithm",
    says="You return the density. The answer is its logarithm, in nats: subtract log|f'| from log p_x and leave "
    "out the exp.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return torch.exp(log_p_x(x)) / df(x).abs()


@wrong(
    "the sum over the batch",
    says="You add up the batch. Each entry of z is a point of its own with a log-density of its own: the shape of "
    "the answer is (B,).",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return (log_p_x(x) - df(x).abs().log()).sum()


@wrong(
    "bits in place of nats",
    says="You mix units: log2 gives bits and log p_x is in nats. PyTorch's log is natural; use it for both.",
    page="flows/change-of-variables",
    loses={
        "test_pushforward_log_prob_stretch": 1,
        "test_pushforward_log_prob_place": 1,
        "test_pushforward_log_prob_decreasing": 1,
    },
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).abs().log2()


@wrong(
    "a floor under the derivative",
    says="You put a floor under |f'|. Where the map squeezes harder than that, the density is higher than you say.",
    page="flows/change-of-variables",
    loses={"test_pushforward_log_prob_stretch": 1, "test_pushforward_log_prob_decreasing": 1},
)
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).abs().clamp(min=1e-2).log()
