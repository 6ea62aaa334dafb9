"""Answers to mle_kl: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("cross-entropy minus entropy")
def mle_kl(log_prob, entropy):
    cross_entropy = torch.mean(-log_prob)
    return cross_entropy - entropy


@right("a sum over n")
def mle_kl(log_prob, entropy):
    n = log_prob.shape[0]
    return -(log_prob.sum() + n * entropy) / n


@right("term by term, with einsum")
def mle_kl(log_prob, entropy):
    gaps = -entropy - log_prob
    return torch.einsum("i->", gaps) / gaps.numel()


@right("a loop")
def mle_kl(log_prob, entropy):
    total = 0.0
    for term in log_prob:
        total = total - term
    return total / len(log_prob) - entropy


@wrong(
    "the negative log-likelihood itself",
    says="You return the negative log-likelihood. The best possible model has H(pi) there and not 0: the "
    "divergence is what lies above the entropy.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob.mean()


@wrong(
    "the entropy is added",
    says="You add the entropy. KL = -H(pi) - E log p: of the negative log-likelihood, the target's entropy is "
    "taken off.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob.mean() + entropy


@wrong(
    "the sign of the likelihood",
    says="You add the log-likelihood. A better model has a larger log-likelihood and a smaller divergence: it "
    "enters with a minus.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return log_prob.mean() - entropy


@wrong(
    "the divergence negative",
    says="Your figure is the negative divergence. With p = pi both are about 0, but away from it the divergence is "
    "positive.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return entropy + log_prob.mean()


@wrong(
    "the sum over the draws",
    says="You add up the log-likelihoods and take the entropy off once. Both must be for one draw: take the mean.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob.sum() - entropy


@wrong(
    "in bits",
    says="You divide by log 2, which gives bits. Log-likelihoods, entropy and answer are all in nats here.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return (-log_prob.mean() - entropy) / 0.6931471805599453


@wrong(
    "half of it in bits",
    says="You turn the log-likelihood into bits and take off an entropy in nats. Both must be in one unit, here "
    "nats.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob.mean() / 0.6931471805599453 - entropy


@wrong(
    "cut off at 0",
    says="You cut the estimate off at 0. It may come out negative from few draws, and where it is cut the gradient"
    " is gone.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return (-log_prob.mean() - entropy).clamp(min=0)


@wrong(
    "one figure for each draw",
    says="You return one figure for each draw. The divergence is their mean, a single number.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob - entropy


@wrong(
    "the gradient is cut",
    says="Your number is made from .item(), so nothing can be learned from it. Stay with tensors until the end.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return torch.tensor(-log_prob.mean().item() - entropy, dtype=log_prob.dtype)


@wrong(
    "relative to the entropy",
    says="You divide by the entropy. The two are subtracted, not compared as a ratio.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    return -log_prob.mean() / entropy - 1


@wrong(
    "the logarithm of the mean likelihood",
    says="You take the logarithm of the mean likelihood. Log-likelihoods are averaged as they are: the mean of the"
    " logarithms, not the logarithm of the mean.",
    page="recap/maximum-likelihood",
    loses={"test_mle_kl_value": 1, "test_mle_kl_gradient": 1},
)
def mle_kl(log_prob, entropy):
    n = torch.tensor(float(len(log_prob)), dtype=log_prob.dtype)
    return -(torch.logsumexp(log_prob, dim=0) - n.log()) - entropy
