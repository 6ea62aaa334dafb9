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
