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
