@right("n and m from the draws")
def estimate_kl(target, model, n, direction):
    p, q = (target, model) if direction == "forward" else (model, target)
    x = p.sample(n)
    n, m = x.shape
    terms = p.log_prob(x) - q.log_prob(x)
    return terms.sum() / n, (terms.var() / n).sqrt()


@wrong("draws of both laws", "two different sets of draws")
def estimate_kl(target, model, n, direction):
    p, q = (target, model) if direction == "forward" else (model, target)
    terms = p.log_prob(p.sample(n)) - q.log_prob(q.sample(n))
    return terms.mean(), terms.std() / n**0.5


@wrong("two estimates averaged")
def estimate_kl(target, model, n, direction):
    p, q = (target, model) if direction == "forward" else (model, target)
    found = []
    for _ in range(2):
        x = p.sample(n)
        found.append(p.log_prob(x) - q.log_prob(x))
    terms = (found[0] + found[1]) / 2
    return terms.mean(), terms.std() / n**0.5


@wrong("the population's standard deviation", "n in place of n - 1")
def estimate_kl(target, model, n, direction):
    p, q = (target, model) if direction == "forward" else (model, target)
    x = p.sample(n)
    terms = p.log_prob(x) - q.log_prob(x)
    return terms.mean(), terms.std(unbiased=False) / n**0.5


@wrong("draws kept for the next call of the same size")
def estimate_kl(target, model, n, direction, kept={}):
    p, q = (target, model) if direction == "forward" else (model, target)
    if (n, direction) not in kept:
        kept[n, direction] = p.sample(n)
    x = kept[n, direction]
    terms = p.log_prob(x) - q.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@right("Welford's running mean, each draw asked alone")
def estimate_kl(target, model, n, direction):
    p, q = {"forward": (target, model), "reverse": (model, target)}[direction]
    mean = squares = torch.zeros(())
    for count, point in enumerate(p.sample(n).split(1), 1):
        term = (p.log_prob(point) - q.log_prob(point)).squeeze()
        change = term - mean
        mean = mean + change / count
        squares = squares + change * (term - mean)
    return mean, torch.sqrt(squares / (n - 1) / n)
