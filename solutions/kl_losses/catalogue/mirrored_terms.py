"""Answers to mirrored_terms: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("each space by itself")
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x = g(z)[0]
    again, forward = f(x)
    log_p_x = log_p_z(again) + forward
    log_p_z_theta = log_pi(g(z)[0]) + g(z)[1]
    return log_p_x - log_pi(x), log_p_z(z) - log_p_z_theta


@right("two helpers")
def mirrored_terms(f, g, log_pi, log_p_z, z):
    def pulled(law, move, points):
        image, volume = move(points)
        return law(image) + volume
    x, _ = g(z)
    return pulled(log_p_z, f, x) - log_pi(x), log_p_z(z) - pulled(log_pi, g, z)


@right("stacked sums")
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, backward = g(z)
    back, forward = f(x)
    target = log_pi(x)
    rows = torch.stack((log_p_z(back), forward, -target)), torch.stack((log_p_z(z), -backward, -target))
    return rows[0].sum(dim=0), rows[1].sum(dim=0)


@wrong(
    "one side returned twice",
    says="You return one number twice. Compute the side in data by f and the side in noise by g.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    in_noise = log_p_z(z) - log_pi(x) - log_det_g
    return in_noise, in_noise


@wrong(
    "z in place of f(x)",
    says="In data you use z where f(x) belongs. They agree only if f undoes g, which is what the comparison is to "
    "show.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    _, log_det_f = f(x)
    return log_p_z(z) + log_det_f - log_pi(x), log_p_z(z) - log_pi(x) - log_det_g


@wrong(
    "f's log-det taken from g",
    says="In data you use minus g's log-det in place of f's own. Then a flow whose log-dets do not belong together"
    " goes unnoticed.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, _ = f(x)
    return log_p_z(again) - log_det_g - log_pi(x), log_p_z(z) - log_pi(x) - log_det_g


@wrong(
    "the sign of f's log-det",
    says="In data log p(x | theta) = log p(f(x)) + log|det J_f|. You subtract the log-det.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    return log_p_z(again) - log_det_f - log_pi(x), log_p_z(z) - log_pi(x) - log_det_g


@wrong(
    "the sign of g's log-det",
    says="In noise log p(z | theta) = log pi(g(z)) + log|det J_g| is subtracted as a whole: minus the log-det.",
    page="kl/duality",
    loses={"test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    return log_p_z(again) + log_det_f - log_pi(x), log_p_z(z) - log_pi(x) + log_det_g


@wrong(
    "no log-dets",
    says="Both of your log-dets are missing. Each space has one distribution that came through a map, and that one "
    "needs its log-det.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, _ = g(z)
    again, _ = f(x)
    return log_p_z(again) - log_pi(x), log_p_z(z) - log_pi(x)


@wrong(
    "the directions of task 7",
    says="Your differences are those of task 7. Here the draws come from the model, so the model's distribution comes "
    "first.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    return log_pi(x) - log_p_z(again) - log_det_f, log_pi(x) + log_det_g - log_p_z(z)


@wrong(
    "z taken for data",
    says="You treat z as if it were data and send it through f. It is noise: x = g(z) comes first.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    image, log_det_f = f(z)
    back, log_det_g = g(image)
    return log_p_z(image) + log_det_f - log_pi(z), log_p_z(image) - log_pi(back) - log_det_g


@wrong(
    "base and target exchanged",
    says="You have exchanged base and target: the target is asked at z and the base at x. The target is a "
    "distribution of x, the base one of z.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    return log_pi(again) + log_det_f - log_p_z(x), log_pi(z) - log_p_z(x) - log_det_g


@wrong(
    "the two sides exchanged",
    says="You return the two sides in the wrong order. First the integrand in the space of data, then that in the "
    "space of noise.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    return log_p_z(z) - log_pi(x) - log_det_g, log_p_z(again) + log_det_f - log_pi(x)


@wrong(
    "already averaged",
    says="You take the means. Return the terms: the duality holds for every single draw.",
    page="kl/duality",
    loses={"test_mirrored_terms_data": 1, "test_mirrored_terms_noise": 1},
)
def mirrored_terms(f, g, log_pi, log_p_z, z):
    x, log_det_g = g(z)
    again, log_det_f = f(x)
    in_data = log_p_z(again) + log_det_f - log_pi(x)
    return in_data.mean(), (log_p_z(z) - log_pi(x) - log_det_g).mean()
