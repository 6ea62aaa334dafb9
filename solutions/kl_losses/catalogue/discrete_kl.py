"""Answers to discrete_kl: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("where, with both cases of zero")
def discrete_kl(p, q):
    ratio = torch.log(p) - torch.log(q)
    return torch.where(p > 0, p * ratio, torch.zeros_like(p)).sum(dim=-1)


@right("torch.distributions")
def discrete_kl(p, q):
    laws = (torch.distributions.Categorical(probs=row) for row in (p, q))
    return torch.distributions.kl_divergence(*laws)


@right("cross-entropy minus entropy, by xlogy")
def discrete_kl(p, q):
    cross_entropy = -torch.xlogy(p, q).sum(-1)
    entropy = torch.special.entr(p).sum(-1)
    return cross_entropy - entropy


@right("two loops with Python's math")
def discrete_kl(p, q):
    import math
    answers = []
    for row_p, row_q in zip(p.tolist(), q.tolist()):
        total = 0.0
        for a, b in zip(row_p, row_q):
            if a > 0:
                total += a * math.log(a / b) if b > 0 else math.inf
        answers.append(total)
    return torch.tensor(answers, dtype=p.dtype)


@wrong(
    "the direction swapped",
    says="You compute KL(q || p). The distribution that the terms are weighted with stands first: sum p log(p / q).",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(dim=1)


@wrong(
    "weighted with q",
    says="You weight log(p / q) with q. The mean is taken under p, the distribution in front: sum p log(p / q).",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(q, p) - torch.xlogy(q, q)).sum(dim=1)


@wrong(
    "the sign is lost",
    says="Your figure is negative. A divergence is never below 0: it is log(p / q), not log(q / p), that is "
    "averaged under p.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(p, q) - torch.xlogy(p, p)).sum(dim=1)


@wrong(
    "0 log 0 is nan",
    says="0 times minus infinity is nan in floating point. What p never gives costs nothing: set that term to 0, "
    "for example with torch.xlogy.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (p * (p / q).log()).sum(dim=1)


@wrong(
    "a small number inside the logarithms",
    says="You add a small number inside the logarithms, so the impossible costs only a finite number of nats. It "
    "costs infinitely much: let q_k = 0 be seen.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (p * ((p + 1e-10) / (q + 1e-10)).log()).sum(dim=1)


@wrong(
    "infinite terms are dropped",
    says="You drop the terms in which q is 0. Only p_k = 0 makes a term vanish; q_k = 0 with p_k > 0 makes the sum"
    " infinite.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    possible = (p > 0) & (q > 0)
    ratio = torch.where(possible, p / q, torch.ones_like(p)).log()
    return (p * ratio).sum(dim=1)


@wrong(
    "nan_to_num on the result",
    says="nan_to_num turns the infinite into a huge number. The answer there is inf: treat the zeros of p, not the"
    " result.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (p * (p / q).log()).nan_to_num().sum(dim=1)


@wrong(
    "any zero of q is infinite",
    says="You call the sum infinite as soon as q has a zero. If p is 0 there too, nothing is lost: that term is 0.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_zeros": 1},
)
def discrete_kl(p, q):
    found = torch.where(p > 0, p * (p / q).log(), torch.zeros_like(p)).sum(dim=1)
    return torch.where((q == 0).any(dim=1), torch.full_like(found, float("inf")), found)


@wrong(
    "bits in place of nats",
    says="Your figure is in bits: log2. Here all logarithms are natural; one bit is 0.693 nats.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=1) / torch.tensor(2.0).log().to(p.dtype)


@wrong(
    "the mean over the outcomes",
    says="You average over the outcomes. The weights p_k are the average already: add the terms up.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).mean(dim=1)


@wrong(
    "the mean over the batch",
    says="You average over the batch. Each row is a pair of distributions of its own and gets its own divergence, B "
    "in all.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=1).mean()


@wrong(
    "the cross-entropy",
    says="You return the cross-entropy, -sum p log q. The divergence is what is left after p's own entropy is "
    "taken off.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1},
)
def discrete_kl(p, q):
    return -torch.xlogy(p, q).sum(dim=1)


@wrong(
    "the symmetric mean of both directions",
    says="You average the two directions. That is another divergence; KL(p || q) has a direction, and it matters.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1},
)
def discrete_kl(p, q):
    there = (torch.xlogy(p, p) - torch.xlogy(p, q)).sum(dim=1)
    back = (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(dim=1)
    return (there + back) / 2


@wrong(
    "kl_div as it comes",
    says="kl_div wants the logarithm of q as its first argument, and averages over all entries unless told otherwise. "
    "Pass log q, keep the rows with reduction='none', and sum over each.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_zeros": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return torch.nn.functional.kl_div(q, p, reduction="none").sum(dim=1)


@wrong(
    "a floor under the probabilities",
    says="You put a floor under the probabilities. Small ones carry much of a divergence: take them as they are, and "
    "treat the zeros apart.",
    page="recap/forward-and-reverse-kl",
    loses={"test_discrete_kl_value": 1, "test_discrete_kl_infinite": 1},
)
def discrete_kl(p, q):
    return (p * (p.clamp(min=1e-3) / q.clamp(min=1e-3)).log()).sum(dim=1)
