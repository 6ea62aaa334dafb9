"""Answers to duality_terms: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("each space by itself")
def duality_terms(f, g, log_pi, log_p_z, x):
    def log_p_x(points):
        z, volume = f(points)
        return log_p_z(z) + volume
    def log_p_z_theta(points):
        back, volume = g(points)
        return log_pi(back) + volume
    noise = f(x)[0]
    return log_pi(x) - log_p_x(x), log_p_z_theta(noise) - log_p_z(noise)


@right("four numbers in a dictionary")
def duality_terms(f, g, log_pi, log_p_z, x):
    z, df = f(x)
    y, dg = g(z)
    has = {"pi x": log_pi(x), "p x": log_p_z(z) + df, "p z": log_p_z(z), "pi z": log_pi(y) + dg}
    return has["pi x"] - has["p x"], has["pi z"] - has["p z"]


@right("stacked sums")
def duality_terms(f, g, log_pi, log_p_z, x):
    z, forward = f(x)
    again, backward = g(z)
    base = log_p_z(z)
    in_data = torch.stack((log_pi(x), -base, -forward)).sum(dim=0)
    in_noise = torch.stack((log_pi(again), -base, backward)).sum(dim=0)
    return in_data, in_noise


@wrong(
    "one side returned twice",
    says="You return one number twice. The duality is worth checking only if both sides are computed, each by its "
    "own map.",
    page="kl/duality",
    loses={"test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    in_data = log_pi(x) - log_p_z(z) - log_det_f
    return in_data, in_data


@wrong(
    "g's log-det taken from f",
    says="In noise you use minus f's log-det in place of g's own. If f and g do not belong together, your sides "
    "agree all the same.",
    page="kl/duality",
    loses={"test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, _ = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(back) - log_det_f - log_p_z(z)


@wrong(
    "x in place of g(z)",
    says="In noise you use x where g(z) belongs. They are the same only if g undoes f, which is what the "
    "comparison is to show.",
    page="kl/duality",
    loses={"test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    _, log_det_g = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(x) + log_det_g - log_p_z(z)


@wrong(
    "the log-det of f in data has the wrong sign",
    says="In data the model's log-density is log p(f(x)) + log|det J_f|, and it is subtracted as a whole. Your "
    "log-det has the other sign.",
    page="kl/duality",
    loses={"test_duality_terms_data": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_pi(x) - log_p_z(z) + log_det_f, log_pi(back) + log_det_g - log_p_z(z)


@wrong(
    "the log-det of g in noise has the wrong sign",
    says="In noise log p(z | theta) = log pi(g(z)) + log|det J_g|. You subtract the log-det.",
    page="kl/duality",
    loses={"test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(back) - log_det_g - log_p_z(z)


@wrong(
    "no log-det in data",
    says="In data the log-det of f is missing: log p(x | theta) is not just the base's log-density at f(x).",
    page="kl/duality",
    loses={"test_duality_terms_data": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, _ = f(x)
    back, log_det_g = g(z)
    return log_pi(x) - log_p_z(z), log_pi(back) + log_det_g - log_p_z(z)


@wrong(
    "no log-det in noise",
    says="In noise the log-det of g is missing: the distribution of z = f(x) is not just the target at g(z).",
    page="kl/duality",
    loses={"test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, _ = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(back) - log_p_z(z)


@wrong(
    "base and target exchanged",
    says="You have exchanged base and target: the base is asked at x and the target at z. The target is a "
    "distribution of x, the base one of z.",
    page="kl/duality",
    loses={"test_duality_terms_data": 1, "test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_p_z(x) - log_pi(z) - log_det_f, log_p_z(back) + log_det_g - log_pi(z)


@wrong(
    "the directions exchanged",
    says="Both of your differences are the other way round. The distribution that is drawn from comes first: pi in "
    "data, p(z | theta) in noise.",
    page="kl/duality",
    loses={"test_duality_terms_data": 1, "test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_p_z(z) + log_det_f - log_pi(x), log_p_z(z) - log_pi(back) - log_det_g


@wrong(
    "the two sides exchanged",
    says="You return the two sides in the wrong order. First the integrand in the space of data, then that in the "
    "space of noise.",
    page="kl/duality",
    loses={"test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_pi(back) + log_det_g - log_p_z(z), log_pi(x) - log_p_z(z) - log_det_f


@wrong(
    "already averaged",
    says="You take the means. The duality holds for every sample, which is much more than two equal means: return "
    "the terms.",
    page="kl/duality",
    loses={"test_duality_terms_data": 1, "test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    in_data = log_pi(x) - log_p_z(z) - log_det_f
    return in_data.mean(), (log_pi(back) + log_det_g - log_p_z(z)).mean()


@wrong(
    "g is applied to x",
    says="In noise you apply g to x. The samples there are z = f(x): g takes z back.",
    page="kl/duality",
    loses={"test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(x)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(back) + log_det_g - log_p_z(x)


@wrong(
    "the target of the noise side at z",
    says="In noise you ask the target for its density at z itself. Go back to g(z) first; the target knows nothing"
    " of noise.",
    page="kl/duality",
    loses={"test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    _, log_det_g = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_pi(z) + log_det_g - log_p_z(z)


@wrong(
    "the entropy in place of log pi",
    says="In data you put the mean of log pi in the place of log pi(x). As a constant it is harmless for training,"
    " but then the two sides do not agree sample by sample.",
    page="recap/maximum-likelihood",
    loses={"test_duality_terms_data": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_pi(x).mean() - log_p_z(z) - log_det_f, log_pi(back) + log_det_g - log_p_z(z)


@wrong(
    "the noise side negative",
    says="Your second term has its sign turned: it is the model's log-density minus the base's, log p(z | theta) - "
    "log p(z).",
    page="kl/duality",
    loses={"test_duality_terms_noise": 1, "test_duality_terms_apart": 1},
)
def duality_terms(f, g, log_pi, log_p_z, x):
    z, log_det_f = f(x)
    back, log_det_g = g(z)
    return log_pi(x) - log_p_z(z) - log_det_f, log_p_z(z) - log_pi(back) - log_det_g
