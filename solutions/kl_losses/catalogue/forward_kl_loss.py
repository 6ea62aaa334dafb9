"""Answers to forward_kl_loss: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("the log-likelihood first, then its mean")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    log_prob = log_p_z(z) + log_det
    return torch.mean(-log_prob)


@right("two means")
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -log_p_z(z).mean() - log_det.mean()


@right("a sum over the batch size")
def forward_kl_loss(f, log_p_z, x):
    z, log_abs_det = f(x)
    total = torch.stack([log_p_z(z), log_abs_det]).sum()
    return total / -len(x)


@right("a loop over the batch's terms")
def forward_kl_loss(f, log_p_z, x):
    z, volume = f(x)
    base = log_p_z(z)
    loss = 0
    for b in range(x.shape[0]):
        loss = loss - (base[b] + volume[b]) / x.shape[0]
    return loss


@wrong(
    "the sign of the log-det",
    says="You subtract the log-det from the log-likelihood. f's log-det is added: where f stretches, its inverse "
    "squeezes mass together, and the density at x is higher.",
    page="kl/forward",
    loses={"test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) - log_det).mean()


@wrong(
    "no log-det",
    says="You leave out the log-det. Then the best flow sends all data to the top of the base, whatever the data "
    "are.",
    page="kl/forward",
    loses={"test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, _ = f(x)
    return -log_p_z(z).mean()


@wrong(
    "the base at x",
    says="You ask the base for its density at x. It is the distribution of z = f(x).",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    _, log_det = f(x)
    return -(log_p_z(x) + log_det).mean()


@wrong(
    "the likelihood is minimized",
    says="Your loss is the mean log-likelihood without its minus. Making it small makes the data improbable.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return (log_p_z(z) + log_det).mean()


@wrong(
    "the sum over the batch",
    says="You add up the batch. Then the loss and its gradient grow with the batch size: take the mean.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det).sum()


@wrong(
    "a mean and a sum",
    says="You average the base's part and add up the log-dets. Each sample has one of each: take the mean of their"
    " sum.",
    page="kl/forward",
    loses={"test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -log_p_z(z).mean() - log_det.sum()


@wrong(
    "one figure for each sample",
    says="You return one figure for each sample. A loss is a single number: take the mean over the batch.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det)


@wrong(
    "divided by the dimensions too",
    says="You divide by m as well. That is a figure per dimension, good for reports; the loss of the task is per "
    "sample.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det).sum() / x.numel()


@wrong(
    "in bits",
    says="You divide by log 2 and get bits. The task asks for nats, as all losses in this notebook are.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det).mean() / 0.6931471805599453


@wrong(
    "z is detached",
    says="You detach z. Then only the log-det trains, and the flow stretches without end: what the base says must "
    "reach theta too.",
    page="kl/forward",
    loses={"test_forward_kl_loss_gradient": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z.detach()) + log_det).mean()


@wrong(
    "the log-det is detached",
    says="You detach the log-det. Its value is right and its gradient missing, and the flow collapses all data "
    "onto one point.",
    page="kl/forward",
    loses={"test_forward_kl_loss_gradient": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det.detach()).mean()


@wrong(
    "computed without gradients",
    says="Your loss is computed under no_grad and cannot train anything. Leave gradients on.",
    page="kl/forward",
    loses={"test_forward_kl_loss_gradient": 1},
)
def forward_kl_loss(f, log_p_z, x):
    with torch.no_grad():
        z, log_det = f(x)
        return -(log_p_z(z) + log_det).mean()


@wrong(
    "the absolute value of the log-det",
    says="You take the log-det's absolute value. The one in log|det J| is inside the logarithm and has been taken "
    "already; a squeezing map has a negative log-det.",
    page="kl/forward",
    loses={"test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det.abs()).mean()


@wrong(
    "the determinant without its logarithm",
    says="You turn the log-det back into a determinant. Log-densities add logarithms: use what f returns as it is.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    return -(log_p_z(z) + log_det.exp()).mean()


@wrong(
    "a standard normal in place of the base",
    says="You ask a standard normal, whatever base is passed in. Use `log_p_z`.",
    page="kl/forward",
    loses={"test_forward_kl_loss_base": 1, "test_forward_kl_loss_log_det": 1},
)
def forward_kl_loss(f, log_p_z, x):
    z, log_det = f(x)
    log_base = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(dim=1)
    return -(log_base + log_det).mean()
