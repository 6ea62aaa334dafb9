"""Answers to diagonal_map: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("log|d| summed and repeated")
def diagonal_map(x, d, inverse=False):
    log_det = torch.log(torch.abs(d)).sum().repeat(x.shape[0])
    if inverse:
        return x / d, -log_det
    return x * d, log_det


@right("by the inverse's own numbers")
def diagonal_map(x, d, inverse=False):
    scale = 1 / d if inverse else d
    return scale * x, torch.log(scale.abs()).sum() * torch.ones(len(x), dtype=x.dtype)


@right("a diagonal matrix and slogdet")
def diagonal_map(x, d, inverse=False):
    matrix = torch.diag(1 / d) if inverse else torch.diag(d)
    return x @ matrix, torch.linalg.slogdet(matrix).logabsdet.expand(x.shape[0])


@right("coordinate by coordinate")
def diagonal_map(x, d, inverse=False):
    value, total = torch.empty_like(x), torch.zeros(x.shape[0], dtype=x.dtype)
    for j in range(x.shape[1]):
        factor = 1.0 / d[j] if inverse else d[j]
        value[:, j] = factor * x[:, j]
        total += factor.abs().log()
    return value, total


@wrong(
    "the same sign both ways",
    says="Your inverse has the log-det of the forward direction. What one direction stretches the other squeezes: "
    "its log-det is the negative.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    return (x / d if inverse else x * d), log_det


@wrong(
    "the signs exchanged",
    says="Your two signs are exchanged: z = d x stretches by |d|, so the forward log-det is +sum log|d_j| and the "
    "inverse's the negative.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    return (x / d, log_det) if inverse else (x * d, -log_det)


@wrong(
    "no absolute value",
    says="You take the logarithm of negative numbers, which is NaN. A mirrored axis still keeps its length: "
    "log|d_j|.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.log().sum().expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "the determinant without its logarithm",
    says="You return |det|, a factor. A log-det is its logarithm: the product of the |d_j| becomes the sum of "
    "their logarithms.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    det = d.abs().prod().expand(len(x))
    return (x / d, 1 / det) if inverse else (x * d, det)


@wrong(
    "the logarithm of the product",
    says="You form the product first. With hundreds of dimensions it rounds to 0 or overflows before the logarithm"
    " sees it: add up logarithms.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.prod().abs().log().expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "d itself is summed",
    says="You add up the |d_j| as if they were logarithms already. Here d holds the factors: take the logarithm of"
    " each, then add.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().sum().expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "d taken for a log-scale",
    says="You use exp(d) as the factor. Some books store log-scales, but this d is the factor itself and may be "
    "negative.",
    page="examples/linear",
    loses={"test_diagonal_map_value": 1, "test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.sum().expand(len(x))
    return (x * torch.exp(-d), -log_det) if inverse else (x * d.exp(), log_det)


@wrong(
    "not summed over the dimensions",
    says="You return one logarithm for each coordinate. The volume of a box is the product over its sides: sum "
    "over the m dimensions.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().expand(x.shape)
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "the mean over the dimensions",
    says="You average over the dimensions. A log-det adds them up; the average is what you would report per "
    "dimension later on.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().mean().expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "one number for the batch",
    says="You return a single number. Every point has a log-det, even if here they are all alike: expand it to the"
    " shape (B,).",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum()
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "the sum over the batch",
    says="Your log-det grows with the batch: you have added up the points as well. It belongs to one point; sum "
    "over dimensions only.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = (d.abs().log().sum() * len(x)).expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "the inverse multiplies",
    says="Your inverse multiplies by d a second time. To undo z = d x, divide by d.",
    page="examples/linear",
    loses={"test_diagonal_map_value": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    return x * d, -log_det if inverse else log_det


@wrong(
    "only the absolute values are used",
    says="You multiply by |d|. The absolute value belongs in the log-det alone: the map itself keeps the sign and "
    "mirrors that axis.",
    page="examples/linear",
    loses={"test_diagonal_map_value": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    return (x / d.abs(), -log_det) if inverse else (x * d.abs(), log_det)


@wrong(
    "changed in place",
    says="You write the result into x, which belongs to the caller, who still needs it. Compute a new tensor: x * "
    "d, not x.mul_(d) or x *= d.",
    page="examples/linear",
    loses={"test_diagonal_map_value": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    if inverse:
        x /= d
        return x, -log_det
    x *= d
    return x, log_det


@wrong(
    "one over the log-det",
    says="Your log-det of the inverse is one over that of the map. The determinant is one over the other; their "
    "logarithms differ in sign.",
    page="examples/linear",
    loses={"test_diagonal_map_log_det": 1},
)
def diagonal_map(x, d, inverse=False):
    log_det = d.abs().log().sum().expand(len(x))
    return (x / d, 1 / log_det) if inverse else (x * d, log_det)
