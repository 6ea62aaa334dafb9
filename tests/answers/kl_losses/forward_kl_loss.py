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
