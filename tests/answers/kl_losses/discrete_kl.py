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
