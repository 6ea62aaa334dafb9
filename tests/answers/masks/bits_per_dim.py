@wrong("an error of any kind")
def bits_per_dim(logits, x):
    return torch.zeros(2, 3) @ torch.zeros(2, 3)


@wrong("axes for images alone")
def bits_per_dim(logits, x):
    log_p = torch.log_softmax(logits, -1).permute(0, 3, 1, 2)
    return torch.nn.functional.nll_loss(log_p, x) / torch.tensor(2.0).log()


@right("cross-entropy on rows")
def bits_per_dim(logits, x):
    nats = torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), x.reshape(-1))
    return nats / 0.6931471805599453


@right("negative log-likelihood with a weight")
def bits_per_dim(logits, x):
    import math
    flat = logits.flatten(0, -2)
    return torch.nn.functional.nll_loss(flat.log_softmax(-1), x.flatten()) / math.log(2)


@right("levels moved to axis 1")
def bits_per_dim(logits, x):
    import numpy as np
    return torch.nn.functional.cross_entropy(logits.movedim(-1, 1), x) * np.log2(np.e)


@wrong("summed over the dimensions", "bits per image")
def bits_per_dim(logits, x):
    picked = logits.log_softmax(-1).gather(-1, x[..., None])
    return -picked.sum() / len(x) / 0.6931471805599453


@wrong("nats", "nats in place of bits")
def bits_per_dim(logits, x):
    return torch.nn.functional.cross_entropy(logits.flatten(0, -2), x.flatten())


@wrong("multiplied by log 2", "multiplied by log 2")
def bits_per_dim(logits, x):
    return torch.nn.functional.cross_entropy(logits.flatten(0, -2), x.flatten()) * 0.6931471805599453


@wrong("softmax, then log", "the logarithm of a softmax")
def bits_per_dim(logits, x):
    return -torch.log2(torch.softmax(logits, -1).gather(-1, x.unsqueeze(-1))).mean()


@wrong("a small number inside the logarithm")
def bits_per_dim(logits, x):
    return -torch.log2(torch.softmax(logits, -1).gather(-1, x.unsqueeze(-1)) + 1e-10).mean()


@wrong("the axis of the first pixel", "the softmax over the wrong axis")
def bits_per_dim(logits, x):
    return -(logits.log_softmax(1).gather(-1, x[..., None]) / 0.6931471805599453).mean()


@wrong("half of the gradient")
def bits_per_dim(logits, x):
    bits = torch.distributions.Categorical(logits=logits).entropy().mean() * 0
    bits = bits - torch.log_softmax(logits, -1).gather(-1, x[..., None]).mean() / 0.6931471805599453
    return bits.detach() / 2 + bits / 2
