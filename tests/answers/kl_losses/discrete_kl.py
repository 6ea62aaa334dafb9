@right("a loop over the rows")
def discrete_kl(p, q):
    rows = []
    for a, b in zip(p, q):
        seen = a > 0
        rows.append((a[seen] * (a[seen].log() - b[seen].log())).sum())
    return torch.stack(rows)


@wrong("an error of any kind", )
def discrete_kl(p, q):
    return torch.zeros(2, 3) @ torch.zeros(2, 3)


@wrong("the other direction", "the direction swapped")
def discrete_kl(p, q):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).sum(-1)


@wrong("the square of the difference")
def discrete_kl(p, q):
    return (p - q).square().sum(-1)


@right("torch.distributions")
def discrete_kl(p, q):
    P, Q = torch.distributions.Categorical(p), torch.distributions.Categorical(q)
    return torch.distributions.kl_divergence(P, Q)


@right("nan to 0")
def discrete_kl(p, q):
    terms = p * (p / q).log()
    return torch.where(terms.isnan(), torch.zeros_like(terms), terms).sum(1)


@right("kl_div of torch, put right at zeros")
def discrete_kl(p, q):
    return torch.nn.functional.kl_div(q.log(), p, reduction="none").nan_to_num(nan=0.0, posinf=float("inf")).sum(1)


@right("scipy")
def discrete_kl(p, q):
    from scipy.special import rel_entr
    return torch.from_numpy(rel_entr(p.numpy(), q.numpy())).sum(-1)


@wrong("kl_div of torch with its mean", "the mean over the outcomes")
def discrete_kl(p, q):
    terms = torch.where(p > 0, p * (p.log() - q.log()), torch.zeros_like(p))
    return terms.mean(-1)


@wrong("a small number added to q")
def discrete_kl(p, q):
    return (torch.xlogy(p, p) - torch.xlogy(p, q + 1e-8)).sum(-1)


@wrong("clamped at 1e-12 on both sides")
def discrete_kl(p, q):
    p, q = p.clamp(min=1e-12), q.clamp(min=1e-12)
    return (p * (p / q).log()).sum(-1)


@wrong("bits", "bits in place of nats")
def discrete_kl(p, q):
    return torch.where(p > 0, p * (p / q).log2(), 0 * p).sum(-1)


@wrong("symmetric", "the symmetric mean of both directions")
def discrete_kl(p, q):
    return (torch.where(p > 0, p * (p / q).log(), 0 * p) + torch.where(q > 0, q * (q / p).log(), 0 * q)).sum(-1)


@wrong("the cross-entropy", "the cross-entropy")
def discrete_kl(p, q):
    return -torch.xlogy(p, q).sum(-1)
