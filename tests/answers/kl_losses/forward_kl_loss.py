@right("the log-likelihood collected in zeros")
def forward_kl_loss(f, log_p_z, x):
    log_p = torch.zeros(len(x), dtype=x.dtype)
    z, log_det = f(x)
    log_p = log_p + log_det
    log_p = log_p + log_p_z(z)
    return -torch.mean(log_p)


@right("one row after another")
def forward_kl_loss(f, log_p_z, x):
    total = 0
    for row in x.split(1):
        z, log_det = f(row)
        total = total - (log_p_z(z) + log_det).sum()
    return total / len(x)


@wrong("the log-det subtracted", "the sign of the log-det")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return (log_det - log_p_z(z)).mean()


@wrong("the base at x", "the base at x")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(x) + log_det).mean()


@wrong("without the log-det", "no log-det")
def forward_kl_loss(f, log_p_z, x):
    return -log_p_z(f(x)[0]).mean()


@wrong("the dimensions divided out", "divided by the dimensions too")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det).mean() / x.shape[1]


@wrong("a list of the losses, no mean", "one figure for each sample")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det)
