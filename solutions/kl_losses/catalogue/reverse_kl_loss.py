"""Answers to reverse_kl_loss: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("the model's log-density first")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    log_p_x = log_p_z(z) - log_det
    return torch.mean(log_p_x - log_pi(x))


@right("three means")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return log_p_z(z).mean() - log_det.mean() - log_pi(x).mean()


@right("a sum over the number of draws")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, volume = g(z)
    terms = torch.stack((log_p_z(z), -volume, -log_pi(x)))
    return terms.sum() / terms.shape[1]


@right("a loop over the draws' terms")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, volume = g(z)
    ours, theirs = log_p_z(z), log_pi(x)
    gaps = [ours[i] - volume[i] - theirs[i] for i in range(len(z))]
    return sum(gaps) / len(gaps)


@wrong(
    "the sign of the log-det",
    says="You add the log-det of g. log p(x) = log p(z) - log|det J_g|: where g stretches, the density thins out.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) + log_det - log_pi(x)).mean()


@wrong(
    "no log-det",
    says="You leave out the log-det. Nothing then keeps the flow from sending all draws to the target's highest "
    "point.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, _ = g(z)
    return (log_p_z(z) - log_pi(x)).mean()


@wrong(
    "x is detached",
    says="Your loss has lost the gradient by way of x: detach, numpy and no_grad cut it. The value is right, but all that "
    "the target says about theta goes through x.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_gradient": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(x.detach())).mean()


@wrong(
    "drawn without gradients",
    says="You draw under no_grad, which is fine for looking at samples. For training, gradients must pass through g.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_gradient": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    with torch.no_grad():
        x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(x)).mean()


@wrong(
    "the log-det is detached",
    says="You detach the log-det. It is the part that rewards the flow for spreading out; without its gradient the"
    " flow collapses.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_gradient": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det.detach() - log_pi(x)).mean()


@wrong(
    "the target at z",
    says="You ask the target for its density at z. It lives in the space of data: at x = g(z).",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1, "test_reverse_kl_loss_gradient": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(z)).mean()


@wrong(
    "the base at x",
    says="You ask the base for its density at x. It is the distribution of z, and z is what you were given.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(x) - log_det - log_pi(x)).mean()


@wrong(
    "base and target exchanged",
    says="You have exchanged base and target: the base is asked at x and the target at z. log p(z) at z, log pi at"
    " x = g(z).",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_pi(z) - log_det - log_p_z(x)).mean()


@wrong(
    "the loss negative",
    says="Your loss is the negative divergence: minimizing it drives the model away from the target.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_pi(x) + log_det - log_p_z(z)).mean()


@wrong(
    "only the target is asked",
    says="You maximize log pi at the draws and leave out the model's own log-density. The flow then sends "
    "everything to one point: log p(x) is the price of that.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, _ = g(z)
    return -log_pi(x).mean()


@wrong(
    "the base's density is left out",
    says="You leave out log p(z). It does not change the gradient, but without it the value is no divergence and "
    "cannot be compared.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (-log_det - log_pi(x)).mean()


@wrong(
    "the sum over the draws",
    says="You add up the draws. The loss is their mean; a sum grows with the number of draws.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(x)).sum()


@wrong(
    "one figure for each draw",
    says="You return one figure for each draw. A loss is a single number: take the mean.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return log_p_z(z) - log_det - log_pi(x)


@wrong(
    "weighted as if drawn from elsewhere",
    says="You weight the terms with p / pi. The draws come from the model already, so each term counts the same.",
    page="kl/reverse",
    loses={"test_reverse_kl_loss_laws": 1, "test_reverse_kl_loss_log_det": 1, "test_reverse_kl_loss_gradient": 1},
)
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    terms = log_p_z(z) - log_det - log_pi(x)
    return (terms.detach().softmax(0) * terms).sum()
