"""Answers to bits_per_dim: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("log_softmax and gather")
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1)
    chosen = log_prob.gather(-1, x.unsqueeze(-1)).squeeze(-1)
    return -chosen.mean() / torch.log(torch.tensor(2.0))


@right("cross_entropy over flattened pixels")
def bits_per_dim(logits, x):
    import math

    nats = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), x.reshape(-1))
    return nats / math.log(2)


@right("torch.distributions")
def bits_per_dim(logits, x):
    law = torch.distributions.Categorical(logits=logits)
    return -law.log_prob(x).mean() * 1.4426950408889634


@right("one-hot, einsum and logsumexp")
def bits_per_dim(logits, x):
    one_hot = torch.nn.functional.one_hot(x, logits.shape[-1]).to(logits.dtype)
    chosen = torch.einsum("...l,...l->...", one_hot, logits)
    nats = torch.logsumexp(logits, dim=-1) - chosen
    dimensions = x[0].numel()
    return nats.sum() / (len(x) * dimensions * torch.tensor(2.0).log())


@right("a loop over images")
def bits_per_dim(logits, x):
    total = 0.0
    for image_logits, image in zip(logits, x):
        flat = image_logits.flatten(0, -2)
        flat = flat - flat.max(dim=1, keepdim=True).values
        log_prob = flat - flat.exp().sum(dim=1, keepdim=True).log()
        picked = log_prob[torch.arange(image.numel()), image.flatten()]
        total = total - picked.mean() / torch.tensor(2.0).log()
    return total / x.shape[0]


@wrong(
    "nats in place of bits",
    says="Your figure is in nats. PyTorch's logarithms are natural; one bit is log 2 nats, so divide by "
    "log 2 = 0.693.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -log_prob.mean()


@wrong(
    "multiplied by log 2",
    says="You multiply by log 2 where you should divide. Check with a fair coin: log 2 nats are 1 bit.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -log_prob.mean() * torch.log(torch.tensor(2.0))


@wrong(
    "bits per image",
    says="Your figure is bits per image: you add up the dimensions and average over the batch only. Divide by "
    "the number of dimensions m as well, so that images of different sizes can be compared.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1)).squeeze(-1)
    return -log_prob.flatten(1).sum(dim=1).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the sum over the batch",
    says="You average over the dimensions and add up the batch, so the figure grows with the batch size. Take "
    "the mean over the images too.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1)).squeeze(-1)
    return -log_prob.flatten(1).mean(dim=1).sum() / torch.log(torch.tensor(2.0))


@wrong(
    "one figure for each image",
    says="You return one figure for each image. A loss is a single number: take the mean over the batch as well.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1)).squeeze(-1)
    return -log_prob.flatten(1).mean(dim=1) / torch.log(torch.tensor(2.0))


@wrong(
    "the sign is lost",
    says="Your figure is negative. A log-probability is at most 0, and the loss is its negative: fewer bits are "
    "better and 0 is perfect.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return log_prob.mean() / torch.log(torch.tensor(2.0))


@wrong(
    "divided by the number of levels too",
    says="The mean runs over the levels as well, so your figure is L times too small. Each pixel contributes one "
    "logarithm, that of the level it has: add over the levels, then take the mean over batch and pixels.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    one_hot = torch.nn.functional.one_hot(x, logits.shape[-1])
    log_prob = torch.log_softmax(logits, dim=-1)
    return -(one_hot * log_prob).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the softmax without its logarithm",
    says="You average probabilities. The likelihood of an image is a product over pixels, which becomes a sum "
    "only after the logarithm: use log_softmax.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_stable": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    prob = torch.softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -prob.mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the logits are taken for log-probabilities",
    says="You use the logits as if they were log-probabilities. They may be any numbers; subtract logsumexp over "
    "the levels (that is log_softmax) so that the probabilities add up to 1.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_stable": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    return -logits.gather(-1, x.unsqueeze(-1)).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the logarithm of a softmax",
    says="log(softmax(...)) is infinite as soon as a probability is rounded to 0. log_softmax never forms the "
    "probability and stays exact.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_stable": 1},
)
def bits_per_dim(logits, x):
    prob = torch.softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -torch.log(prob).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the exponential overflows",
    says="exp of a large logit is infinite, and infinity over infinity is not a number. Subtract the largest "
    "logit first, or let log_softmax do it.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_stable": 1},
)
def bits_per_dim(logits, x):
    log_normalizer = torch.log(torch.exp(logits).sum(dim=-1))
    chosen = logits.gather(-1, x.unsqueeze(-1)).squeeze(-1)
    return (log_normalizer - chosen).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "a small number added inside the logarithm",
    says="Adding a small number inside the logarithm hides the overflow and caps the loss: a sure mistake costs a "
    "fixed number of bits and teaches nothing. log_softmax is exact without it.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_stable": 1},
)
def bits_per_dim(logits, x):
    prob = torch.softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -torch.log(prob + 1e-8).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the softmax over the wrong axis",
    says="Your softmax runs over the pixels. The levels are the last axis: dim=-1. (cross_entropy wants them on axis "
    "1, which may be where this slip comes from.)",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_stable": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=1).gather(-1, x.unsqueeze(-1))
    return -log_prob.mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the levels are reshaped to axis 1",
    says="You reshape the levels to axis 1 for cross_entropy. reshape keeps the order in memory and so mixes "
    "pixels with levels; movedim(-1, 1) moves the axis.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_stable": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    scores = logits.reshape(len(x), logits.shape[-1], -1)
    nats = torch.nn.functional.cross_entropy(scores, x.reshape(len(x), -1))
    return nats / torch.log(torch.tensor(2.0))


@wrong(
    "the entropy of the prediction",
    says="You compute the entropy of the predicted distribution and never look at x. The loss asks how probable the "
    "true levels are: take the logarithm at x.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_stable": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    entropy = torch.distributions.Categorical(logits=logits).entropy()
    return entropy.mean() / torch.log(torch.tensor(2.0))


@wrong(
    "the gradient is cut",
    says="The value is right, yet no gradient comes back: detach, .data, .numpy() and no_grad cut the graph. "
    "Stay with tensors until the end, or nothing can be trained on this loss.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits.detach(), dim=-1).gather(-1, x.unsqueeze(-1))
    return -log_prob.mean() / torch.log(torch.tensor(2.0))


@wrong(
    "a Python number",
    says="You return a Python number: .item() leaves the value and drops the graph. Return the scalar tensor "
    "itself; call .item() where you print it.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -log_prob.mean().item() / 0.6931471805599453


@wrong(
    "the logits are changed in place",
    says="You subtract in place, which changes the caller's logits and breaks the gradient of a leaf tensor. "
    "Write logits = logits - ..., which makes a new tensor.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1, "test_bits_per_dim_gradient": 1},
)
def bits_per_dim(logits, x):
    logits -= logits.max(dim=-1, keepdim=True).values
    log_prob = logits - logits.exp().sum(dim=-1, keepdim=True).log()
    return -log_prob.gather(-1, x.unsqueeze(-1)).mean() / torch.log(torch.tensor(2.0))


@wrong(
    "divided by the last axis alone",
    says="You divide by the length of one axis of the image. The dimensions are all entries of an image, channels "
    "times height times width: x[0].numel() of them.",
    page="autoregressive/likelihood",
    loses={"test_bits_per_dim_value": 1},
)
def bits_per_dim(logits, x):
    log_prob = torch.log_softmax(logits, dim=-1).gather(-1, x.unsqueeze(-1))
    return -log_prob.sum() / (x.shape[0] * x.shape[-1]) / torch.log(torch.tensor(2.0))
