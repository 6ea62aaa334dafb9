@right("the inverse matrix")
def triangular_map(x, T, inverse=False):
    matrix = torch.linalg.inv(T) if inverse else T
    return torch.einsum("ij,bj->bi", matrix, x), matrix.diagonal().abs().log().sum().expand(x.shape[0])


@wrong("from the left", "x T in place of T x")
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    return (x @ torch.linalg.inv(T), -log_det) if inverse else (x @ T, log_det)


@wrong("the trace")
def triangular_map(x, T, inverse=False):
    log_det = T.trace().abs().log().expand(len(x))
    return (x @ torch.linalg.inv(T).T, -log_det) if inverse else (x @ T.T, log_det)


@wrong("all entries", "the whole triangle is summed")
def triangular_map(x, T, inverse=False):
    log_det = T[T != 0].abs().log().sum().expand(len(x))
    return (x @ torch.linalg.inv(T).T, -log_det) if inverse else (x @ T.T, log_det)
