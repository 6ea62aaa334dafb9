@right("one draw after another")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    total = 0
    for row in z.split(1):
        x, log_det = g(row)
        total = total + (log_p_z(row) - log_det - log_pi(x)).sum()
    return total / len(z)


@wrong("added up", "the sum over the draws", "the sum over the batch")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(x)).sum()


@wrong("the base left out", "the base's density is left out")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (-log_det - log_pi(x)).mean()


@wrong("the sign of the log-det", "the sign of the log-det")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) + log_det - log_pi(x)).mean()


@wrong("the target at z", "the target at z")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(z)).mean()


@wrong("numpy inside", "x is detached")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    terms = log_p_z(z).detach().numpy() - log_det.detach().numpy() - log_pi(x).detach().numpy()
    return torch.tensor(terms.mean())
