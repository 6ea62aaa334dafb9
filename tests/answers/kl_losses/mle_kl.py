@right("numbers, then a difference")
def mle_kl(log_prob, entropy):
    return -(log_prob + entropy).mean()


@wrong("the NLL", "the negative log-likelihood itself")
def mle_kl(log_prob, entropy):
    return -log_prob.mean()


@wrong("entropy added", "the entropy is added")
def mle_kl(log_prob, entropy):
    return entropy - log_prob.mean()


@wrong("never negative", "cut off at 0")
def mle_kl(log_prob, entropy):
    return torch.relu(-log_prob.mean() - entropy)


@wrong("added up", "the sum over the draws")
def mle_kl(log_prob, entropy):
    return -log_prob.sum() - entropy
