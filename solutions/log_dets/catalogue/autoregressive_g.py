"""Answers to autoregressive_g: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("all coordinates in every pass")
def autoregressive_g(z, conditioner):
    x = z
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + alpha.exp() * z
    return x, alpha.sum(dim=1)


@right("one column after another, joined anew")
def autoregressive_g(z, conditioner):
    batch, m = z.shape
    columns, total = [], torch.zeros(batch, dtype=z.dtype)
    for j in range(m):
        padding = torch.zeros(batch, m - j, dtype=z.dtype)
        mu, alpha = conditioner(torch.cat([*[c[:, None] for c in columns], padding], dim=1))
        columns.append(mu[:, j] + torch.exp(alpha[:, j]) * z[:, j])
        total = total + alpha[:, j]
    return torch.stack(columns, dim=1), total


@right("a clone before each write, and one more pass")
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for j in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = x.clone()
        x[:, j] = mu[:, j] + torch.exp(alpha[:, j]) * z[:, j]
    return x, conditioner(x)[1].sum(-1)


@right("torch.where with a growing mask")
def autoregressive_g(z, conditioner):
    m = z.shape[-1]
    x = torch.zeros_like(z)
    log_det = 0.0
    for j in range(m):
        mu, alpha = conditioner(x)
        here = torch.arange(m) == j
        x = torch.where(here, mu + alpha.exp() * z, x)
        log_det = log_det + (alpha * here).sum(dim=1)
    return x, log_det


@wrong(
    "one pass, with z in place of x",
    says="You call the conditioner once, on z. It wants x, of which nothing is known yet: build x coordinate by "
    "coordinate, in m passes.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1, "test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    mu, alpha = conditioner(z)
    return mu + torch.exp(alpha) * z, alpha.sum(dim=1)


@wrong(
    "every pass looks at zeros",
    says="Each mu_j and alpha_j of yours comes from zeros in the place of the values before it. Ask the conditioner "
    "about the x that you have so far, the first coordinate first.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1, "test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    zeros = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(zeros)
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum(dim=1)


@wrong(
    "one pass short",
    says="You make m - 1 passes, and the last value is computed from a past that is not right yet. After pass j "
    "only the first j values are right.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1, "test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    mu, alpha = conditioner(x)
    x = mu + torch.exp(alpha) * z
    for _ in range(z.shape[1] - 2):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum(dim=1)


@wrong(
    "the sign of f",
    says="Your log-det is that of f. Here volume is multiplied by sigma, coordinate by coordinate: +sum alpha.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, -alpha.sum(dim=1)


@wrong(
    "divided by sigma",
    says="You divide by sigma, which is f's way. From noise to data it is x_j = mu_j + sigma_j z_j.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1, "test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(-alpha) * z
    return x, alpha.sum(dim=1)


@wrong(
    "alpha used as sigma",
    says="You multiply by alpha. It is the logarithm of sigma: multiply by exp(alpha).",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1, "test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + alpha * z
    return x, alpha.abs().log().sum(dim=1)


@wrong(
    "mu inside the bracket",
    says="You compute sigma (z + mu). The mean is not scaled: first sigma z, then mu is added.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = torch.exp(alpha) * (z + mu)
    return x, alpha.sum(dim=1)


@wrong(
    "the log-det of the first pass",
    says="You take alpha from the first pass, when x was all zeros. Only after the last pass do all alpha_j belong"
    " to the x that you return.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    first = conditioner(x)[1]
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, first.sum(dim=1)


@wrong(
    "the log-det of the pass before the last",
    says="Your alpha is that of the pass before the last, when the last value of x was not there yet. Take it from the last "
    "pass, or ask the conditioner once more at the end.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x, alphas = torch.zeros_like(z), []
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        alphas.append(alpha)
        x = mu + torch.exp(alpha) * z
    return x, alphas[-2:][0].sum(dim=1)


@wrong(
    "the log-dets of all passes are added",
    says="You add up alpha over all passes. The passes are repetitions of one map, not layers: only the last alpha"
    " counts.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x, total = torch.zeros_like(z), z.new_zeros(len(z))
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
        total = total + alpha.sum(dim=1)
    return x, total


@wrong(
    "the sum over the batch",
    says="Your log-det is summed over the batch. Each point has its own alpha and its own log-det: dim=1.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum().expand(len(z))


@wrong(
    "x is written in place",
    says="You write into x after the conditioner has kept it for its gradient, and autograd refuses. Make a new "
    "tensor in each step, for example with torch.where or a clone.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x, total = torch.zeros_like(z), 0
    for j in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x[:, j] = mu[:, j] + torch.exp(alpha[:, j]) * z[:, j]
        total = total + alpha[:, j]
    return x, total


@wrong(
    "computed without gradients",
    says="Your loop runs under no_grad (or on detached tensors), so nothing can be learned through g. The reverse "
    "KL trains a flow through its samples.",
    page="kl/reverse",
    loses={"test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    with torch.no_grad():
        x = torch.zeros_like(z)
        for _ in range(z.shape[1]):
            mu, alpha = conditioner(x)
            x = mu + torch.exp(alpha) * z
        return x, alpha.sum(dim=1)


@wrong(
    "the past is detached",
    says="You detach x between the passes. x_1 moves x_2 through the conditioner, and with the detach that path of"
    " the gradient is lost.",
    page="kl/reverse",
    loses={"test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x.detach())
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum(dim=1)


@wrong(
    "far more passes than needed",
    says="You iterate a fixed large number of times. After m passes every value is right and stays as it is: m "
    "calls are enough.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(50):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum(dim=1)


@wrong(
    "the log-det is detached",
    says="Your log-det is cut off from the conditioner. In the reverse KL it is what keeps the flow from "
    "collapsing: its gradient is needed.",
    page="kl/reverse",
    loses={"test_autoregressive_g_gradient": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, alpha.detach().sum(dim=1)


@wrong(
    "alpha is clamped",
    says="You clamp alpha. Then g is another map where the conditioner asks for more, and does not undo f: take alpha "
    "as it comes.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_g_value": 1, "test_autoregressive_g_log_det": 1},
)
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        alpha = alpha.clamp(-5, 3)
        x = mu + torch.exp(alpha) * z
    return x, alpha.sum(dim=1)
