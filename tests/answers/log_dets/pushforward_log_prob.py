@wrong("through the density itself", "by way of the density itself")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return torch.log(log_p_x(x).exp() / df(x).abs())


@wrong("a floor of 0.01", "a floor under the derivative")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - torch.log(df(x).abs().clamp_min(0.01))


@right("the derivative of the inverse, by autograd")
def pushforward_log_prob(z, log_p_x, g, df):
    with torch.enable_grad():
        points = z.detach().clone().requires_grad_(True)
        x = g(points)
        slope, = torch.autograd.grad(x.sum(), points)
    return (log_p_x(x) + slope.abs().log()).detach()


@wrong("the derivative at z", "the derivative is taken at z")
def pushforward_log_prob(z, log_p_x, g, df):
    return log_p_x(g(z)) - df(z).abs().log()


@wrong("added", "the logarithm is added")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) + df(x).abs().log()


@wrong("no absolute value", "no absolute value")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).log()


@wrong("the derivative divided, no logarithm", "the derivative without its logarithm")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - df(x).abs()


@wrong("densities clamped")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x).clamp(min=-100) - df(x).abs().log()
