@right("the product in two halves: signs and logarithms")
def diagonal_map(x, d, inverse=False):
    log_det = torch.linalg.slogdet(torch.diag(d)).logabsdet
    if inverse:
        return x * d.reciprocal(), -log_det.repeat(x.shape[0])
    return x @ torch.diag(d), log_det.repeat(x.shape[0])


@wrong("one sign for both", "the same sign both ways")
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().repeat(len(x))
    return (x / d if inverse else x * d), log_det


@wrong("the product first", "the logarithm of the product")
def diagonal_map(x, d, inverse=False):
    log_det = d.prod().abs().log().repeat(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong("negative entries", "no absolute value")
def diagonal_map(x, d, inverse=False):
    log_det = d.log().sum().repeat(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong("one number for the batch", "one number for the batch")
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum()
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong("along the batch where it is as long as the point")
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    d = d[:, None] if len(x) == len(d) else d
    return (x / d, -log_det) if inverse else (x * d, log_det)
