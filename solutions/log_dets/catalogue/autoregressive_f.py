"""Answers to autoregressive_f: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("divides by sigma")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    sigma = torch.exp(alpha)
    return (x - mu) / sigma, -torch.log(sigma).sum(dim=1)


@right("sums with einsum")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu).mul((-alpha).exp()), -torch.einsum("bj->b", alpha)


@right("coordinate by coordinate after the one pass")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    columns, total = [], torch.zeros(x.shape[0], dtype=x.dtype)
    for j in range(x.shape[1]):
        columns.append((x[:, j] - mu[:, j]) * torch.exp(-alpha[:, j]))
        total = total - alpha[:, j]
    return torch.stack(columns, dim=1), total


@right("torch.distributions' affine transform")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    to_data = torch.distributions.AffineTransform(mu, alpha.exp())
    z = to_data.inv(x)
    return z, to_data.inv.log_abs_det_jacobian(x, z).sum(-1)


@wrong(
    "the sign of the way back",
    says="Your log-det is +sum alpha, which is that of g. Dividing by sigma squeezes where sigma > 1: for f it is "
    "-sum alpha.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), alpha.sum(dim=1)


@wrong(
    "multiplied by sigma",
    says="You multiply by sigma. From x = mu + sigma z it follows that z = (x - mu) / sigma: exp(-alpha), not "
    "exp(alpha).",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(alpha), -alpha.sum(dim=1)


@wrong(
    "written as g",
    says="You compute mu + sigma x, which is the formula of the way back. From data to noise, mu is taken away and"
    " sigma divided out.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return mu + torch.exp(alpha) * x, -alpha.sum(dim=1)


@wrong(
    "alpha used as sigma",
    says="You divide by alpha. The conditioner returns alpha = log sigma, so that sigma = exp(alpha) is always "
    "positive.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1, "test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) / alpha, -alpha.abs().log().sum(dim=1)


@wrong(
    "alpha taken for the log-variance",
    says="You treat alpha as the logarithm of the variance. It is that of the standard deviation: no factor 1/2.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1, "test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha / 2), -alpha.sum(dim=1) / 2


@wrong(
    "mu is forgotten",
    says="You scale x without taking away mu. The shift does not enter the log-det, but z is not centered without "
    "it.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return x * torch.exp(-alpha), -alpha.sum(dim=1)


@wrong(
    "the shift after the scale",
    says="You subtract mu after dividing by sigma. mu is the mean of x_j in the units of x: subtract it first.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return x * torch.exp(-alpha) - mu, -alpha.sum(dim=1)


@wrong(
    "not summed over the dimensions",
    says="You return one log-det for each coordinate. The determinant is the product along the diagonal: sum over "
    "the m coordinates.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), -alpha


@wrong(
    "the sum over the batch",
    says="You sum over the batch as well. Points do not share their log-det: sum over the coordinates only, dim=1.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), -alpha.sum().expand(len(x))


@wrong(
    "the sum over the wrong axis",
    says="You sum over the batch in place of the coordinates. Axis 0 holds the points, axis 1 the coordinates.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), -alpha.sum(dim=0)


@wrong(
    "the mean over the dimensions",
    says="You average over the coordinates. The log-det is a sum over them; it grows with m.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), -alpha.mean(dim=1)


@wrong(
    "sigma is summed",
    says="You add up sigma in place of its logarithm. alpha is that logarithm already: the log-det is -sum alpha.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    return (x - mu) * torch.exp(-alpha), -alpha.exp().sum(dim=1)


@wrong(
    "the base's density is added",
    says="You return the whole log-likelihood: log p(z) is in it. The log-det alone is wanted here; the base comes"
    " later.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    z = (x - mu) * torch.exp(-alpha)
    return z, torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(dim=1) - alpha.sum(dim=1)


@wrong(
    "one pass for each coordinate",
    says="You call the conditioner once for each coordinate. All of x is there from the start: one call gives "
    "every mu_j and alpha_j.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1},
)
def autoregressive_f(x, conditioner):
    z, total = [], x.new_zeros(len(x))
    for j in range(x.shape[1]):
        mu, alpha = conditioner(x)
        z.append((x[:, j] - mu[:, j]) * torch.exp(-alpha[:, j]))
        total = total - alpha[:, j]
    return torch.stack(z, dim=1), total


@wrong(
    "alpha is clamped",
    says="You clamp alpha. Then f is another map where the conditioner asks for more, and g does not lead back: take "
    "alpha as it comes.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1, "test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    alpha = alpha.clamp(-5, 3)
    return (x - mu) * torch.exp(-alpha), -alpha.sum(dim=1)


@wrong(
    "alpha is squashed",
    says="You pass alpha through tanh. The conditioner's alpha is log sigma as it stands; bounds are its own affair.",
    page="examples/gaussian-autoregressive",
    loses={"test_autoregressive_f_value": 1, "test_autoregressive_f_log_det": 1},
)
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    alpha = torch.tanh(alpha)
    return (x - mu) * torch.exp(-alpha), -alpha.sum(dim=1)
