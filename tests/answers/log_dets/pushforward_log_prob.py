@wrong("through the density itself", "by way of the density itself")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return torch.log(log_p_x(x).exp() / df(x).abs())


@wrong("a floor of 0.01", "a floor under the derivative")
def pushforward_log_prob(z, log_p_x, g, df):
    x = g(z)
    return log_p_x(x) - torch.log(df(x).abs().clamp_min(0.01))
