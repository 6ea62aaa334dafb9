@right("a recursion over the coordinates")
def autoregressive_g(z, conditioner):
    def columns(done):
        if len(done) == z.shape[1]:
            return torch.stack(done, 1)
        rest = [torch.zeros_like(z[:, 0])] * (z.shape[1] - len(done))
        mu, alpha = conditioner(torch.stack(done + rest, 1))
        j = len(done)
        return columns([*done, mu[:, j] + alpha[:, j].exp() * z[:, j]])
    x = columns([])
    return x, conditioner(x)[1].sum(1)


@wrong("the sign of the log-det", "the sign of f")
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.size(-1)):
        mu, alpha = conditioner(x)
        x = z * alpha.exp() + mu
    return x, (-alpha).sum(-1)


@wrong("the log-det before the last pass", "the log-det of the pass before the last")
def autoregressive_g(z, conditioner):
    x, before = torch.zeros_like(z), 0
    for _ in range(z.size(-1)):
        mu, alpha = conditioner(x)
        x = z * alpha.exp() + mu
        before, now = alpha, before
    return x, (now if isinstance(now, torch.Tensor) else alpha).sum(-1)


@wrong("alpha through a tanh")
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.size(-1)):
        mu, alpha = conditioner(x)
        alpha = 3 * torch.tanh(alpha / 3)
        x = z * alpha.exp() + mu
    return x, alpha.sum(-1)


@wrong("from the last coordinate to the first", "every pass looks at zeros")
def autoregressive_g(z, conditioner):
    x, log_det = torch.zeros_like(z), 0
    for j in reversed(range(z.shape[1])):
        mu, alpha = conditioner(x)
        x = torch.cat((x[:, :j], (mu + alpha.exp() * z)[:, j : j + 1], x[:, j + 1 :]), 1)
        log_det = log_det + alpha[:, j]
    return x, log_det


@wrong("all a thousandth beside")
def autoregressive_g(z, conditioner):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + alpha.exp() * z
    return x + 1e-3, alpha.sum(1) + 1e-3
