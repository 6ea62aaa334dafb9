@wrong("a wide clamp on alpha")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    alpha = alpha.clamp(-8, 8)
    return (x - mu) / alpha.exp(), -alpha.sum(1)


@wrong("a clamp on alpha", "alpha is clamped")
def autoregressive_f(x, conditioner):
    mu, alpha = conditioner(x)
    alpha = torch.clamp(alpha, min=-5.0, max=3.0)
    return (x - mu) * (-alpha).exp(), alpha.sum(1).neg()
