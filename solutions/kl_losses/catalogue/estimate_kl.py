"""Answers to estimate_kl: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("two branches")
def estimate_kl(target, model, n, direction):
    if direction == "forward":
        x = target.sample(n)
        terms = target.log_prob(x) - model.log_prob(x)
    else:
        x = model.sample(n)
        terms = model.log_prob(x) - target.log_prob(x)
    return terms.mean(), torch.std(terms) / torch.tensor(float(n)).sqrt()


@right("a table of roles, and the variance written out")
def estimate_kl(target, model, n, direction):
    p, q = {"forward": (target, model), "reverse": (model, target)}[direction]
    x = p.sample(n)
    ratio = torch.sub(p.log_prob(x), q.log_prob(x))
    mean = ratio.sum() / n
    variance = ((ratio - mean) ** 2).sum() / (n - 1)
    return mean, (variance / n).sqrt()


@right("var_mean")
def estimate_kl(target, model, n, direction):
    laws = [target, model]
    if direction == "reverse":
        laws.reverse()
    with torch.no_grad():
        x = laws[0].sample(n)
        variance, mean = torch.var_mean(laws[0].log_prob(x) - laws[1].log_prob(x))
    return mean, torch.sqrt(variance / n)


@wrong(
    "forward and reverse exchanged",
    says="Your directions are exchanged. Forward is KL(pi || p), with draws of the target; reverse is KL(p || pi),"
    " with draws of the model.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (model, target) if direction == "forward" else (target, model)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "always drawn from the target",
    says="You always draw from the target. The reverse KL is a mean under the model: there the model draws.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = target.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "always drawn from the model",
    says="You always draw from the model. The forward KL is a mean under the target: there the target draws.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = model.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "the same difference both ways",
    says="You draw from the right distribution and take log pi - log p both times. The distribution that is drawn "
    "from comes first: for the reverse KL it is log p - log pi.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    x = (target if direction == "forward" else model).sample(n)
    terms = target.log_prob(x) - model.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "the direction is ignored",
    says="You always estimate the forward KL. Look at `direction`: for the reverse one, both the draws and the "
    "difference change.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    x = target.sample(n)
    terms = target.log_prob(x) - model.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "the negative log-likelihood",
    says="You report the negative log-likelihood as if it were the divergence. The first distribution's own "
    "log-density is missing: its entropy does not vanish by itself.",
    page="recap/maximum-likelihood",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    terms = -second.log_prob(first.sample(n))
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "the standard deviation of one term",
    says="You return how much one term varies. The mean of n terms varies less, by the root of n: divide by it.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std()


@wrong(
    "divided by n",
    says="You divide the standard deviation by n. Variances of independent terms add up, so the error of the mean "
    "falls only like 1 / sqrt(n).",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std() / n


@wrong(
    "the variance over n",
    says="You return the variance of the mean. The standard error is its root, in nats like the estimate.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.var() / n


@wrong(
    "n in place of n - 1",
    says="Your standard deviation has n in its denominator. The mean was estimated from the same terms, so n - 1 "
    "is due; with few draws it shows.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std(correction=0) / n**0.5


@wrong(
    "the sum of the terms",
    says="You add up the terms. The divergence is a mean: divide by the number of draws, or your figure grows with"
    " it.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.sum(), terms.std() / n**0.5


@wrong(
    "cut off at 0",
    says="You cut the estimate off at 0. The divergence is never negative, but an estimate may be: cutting it "
    "makes it wrong on average, and hides the noise.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean().clamp(min=0), terms.std() / n**0.5


@wrong(
    "the absolute value of each term",
    says="You take the absolute value of each term. Single terms may be negative; it is their mean that is not, "
    "and only with the signs left in.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    terms = (first.log_prob(x) - second.log_prob(x)).abs()
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "two different sets of draws",
    says="Each log-density is evaluated at draws of its own distribution. Both belong at the same x, drawn from the "
    "distribution in front.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    terms = first.log_prob(first.sample(n)) - second.log_prob(second.sample(n))
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "more draws than asked for",
    says="You draw more points than n and use some of them. Draw n points, once: each costs a pass through the model.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(2 * n)[:n]
    terms = first.log_prob(x) - second.log_prob(x)
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "each log-density at its own draw",
    says="You evaluate the two log-densities at different draws. Draw once: both belong at the same x, or their "
    "difference is not a term of the divergence.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    terms = first.log_prob(first.sample(n)) - second.log_prob(first.sample(n))
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "other terms of the same mean",
    says="Your terms are r - 1 - log r, with r the ratio of the densities. Their mean is the divergence too, but "
    "not these terms and not their standard error: asked for are the differences of the log-densities.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    log_ratio = second.log_prob(x) - first.log_prob(x)
    terms = log_ratio.exp() - 1 - log_ratio
    return terms.mean(), terms.std() / n**0.5


@wrong(
    "weighted with the density",
    says="You multiply each term by the density as well. The draws do that already: likely points are drawn more "
    "often.",
    page="recap/forward-and-reverse-kl",
    loses={"test_estimate_kl_forward": 1, "test_estimate_kl_reverse": 1, "test_estimate_kl_error": 1},
)
def estimate_kl(target, model, n, direction):
    first, second = (target, model) if direction == "forward" else (model, target)
    x = first.sample(n)
    log_p = first.log_prob(x)
    terms = log_p.exp() * (log_p - second.log_prob(x))
    return terms.mean(), terms.std() / n**0.5
