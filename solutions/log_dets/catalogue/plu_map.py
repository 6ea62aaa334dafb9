"""Answers to plu_map: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("one factor after another")
def plu_map(x, order, L, U, inverse=False):
    log_det = torch.log(torch.abs(torch.diag(U))).sum().repeat(len(x))
    if not inverse:
        y = x @ U.T
        y = y @ L.T
        return y[:, order], log_det
    y = torch.empty_like(x)
    y[:, order] = x
    y = torch.linalg.solve_triangular(L, y.T, upper=False, unitriangular=True)
    y = torch.linalg.solve_triangular(U, y, upper=True)
    return y.T, -log_det


@right("the full matrix, solve and slogdet")
def plu_map(x, order, L, U, inverse=False):
    W = (L @ U)[order]
    log_det = torch.linalg.slogdet(W)[1].expand(x.shape[0])
    if inverse:
        return torch.linalg.solve(W, x.T).T, -log_det
    return x @ W.T, log_det


@right("a permutation matrix and inverses")
def plu_map(x, order, L, U, inverse=False):
    P = torch.eye(len(order), dtype=x.dtype)[order]
    factors = [P, L, U]
    W = torch.linalg.multi_dot(factors)
    if inverse:
        W = torch.linalg.inv(U) @ torch.linalg.inv(L) @ P.T
    scale = U.diagonal().abs().log().sum()
    return torch.einsum("ij,bj->bi", W, x), (-scale if inverse else scale) * torch.ones(len(x), dtype=x.dtype)


@right("row by row")
def plu_map(x, order, L, U, inverse=False):
    rows = []
    for point in x:
        if inverse:
            undone = torch.zeros_like(point)
            undone[order] = point
            point = torch.linalg.solve(U, torch.linalg.solve(L, undone))
        else:
            point = (L @ (U @ point))[order]
        rows.append(point)
    total = sum(U[j, j].abs().log() for j in range(len(U)))
    return torch.stack(rows), torch.stack([-total if inverse else total] * len(x))


@wrong(
    "the same sign both ways",
    says="Your inverse has the log-det of the forward direction. Going back undoes the change of volume, so the "
    "sign changes.",
    page="examples/linear",
    loses={"test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "the permutation is applied twice",
    says="On the way back you apply `order` again. That undoes a permutation only if it exchanges pairs; in "
    "general it is order.argsort().",
    page="examples/linear",
    loses={"test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "the inverse permutation both ways",
    says="Your permutation goes the wrong way: (P y)_i = y_{order_i} is y[:, order] forward, and its argsort on "
    "the way back.",
    page="examples/linear",
    loses={"test_plu_map_value": 1, "test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order.argsort()], log_det


@wrong(
    "the permutation acts first",
    says="You permute x before the triangles. In z = P L U x the factor next to x acts first: U, then L, then P.",
    page="examples/linear",
    loses={"test_plu_map_value": 1, "test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x.mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT[:, order.argsort()], -log_det
    return x[:, order] @ U.mT @ L.mT, log_det


@wrong(
    "L before U",
    says="You apply L first and U second. Matrices act from the right: in P L U x it is U that meets x first.",
    page="examples/linear",
    loses={"test_plu_map_value": 1, "test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(U, x[:, order.argsort()].mT, upper=True)
        return torch.linalg.solve_triangular(L, y, upper=False).mT, -log_det
    return (x @ L.mT @ U.mT)[:, order], log_det


@wrong(
    "no transposes",
    says="You multiply rows by L and U without transposing them, which applies their transposes. For rows, U x "
    "reads x @ U.mT.",
    page="examples/linear",
    loses={"test_plu_map_value": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U @ L)[:, order], log_det


@wrong(
    "undone in the forward order",
    says="On the way back you undo U first. The last step is undone first: the permutation, then L, then U.",
    page="examples/linear",
    loses={"test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(U, x.mT, upper=True)
        return torch.linalg.solve_triangular(L, y, upper=False).mT[:, order.argsort()], -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "the permutation is left out",
    says="You never use `order`. It does not change the log-det, but it does say which coordinate goes where.",
    page="examples/linear",
    loses={"test_plu_map_value": 1, "test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x.mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return x @ U.mT @ L.mT, log_det


@wrong(
    "the rows of the batch are permuted",
    says="You permute the rows of the batch, that is, the points. The permutation acts on coordinates: y[:, "
    "order].",
    page="examples/linear",
    loses={"test_plu_map_value": 1, "test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[order], log_det


@wrong(
    "no absolute value",
    says="You take the logarithm of U's diagonal as it is. Entries may be negative: it is the absolute value that "
    "measures volume.",
    page="examples/linear",
    loses={"test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "the logarithm of a product",
    says="You form det W and take its logarithm. In many dimensions det W rounds to 0: sum the logarithms of U's "
    "diagonal.",
    page="flows/determinants",
    loses={"test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().prod().abs().log().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "log-det from L",
    says="You read the log-det off L, whose diagonal is all ones, so it is 0. The volume is in U's diagonal.",
    page="flows/determinants",
    loses={"test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = L.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "multiplied by the batch size",
    says="Your log-det was added up over the batch. It belongs to a single point: sum over the m entries of U's "
    "diagonal, nothing else.",
    page="examples/linear",
    loses={"test_plu_map_log_det": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().expand(x.shape).sum().expand(len(x))
    if inverse:
        y = torch.linalg.solve_triangular(L, x[:, order.argsort()].mT, upper=False)
        return torch.linalg.solve_triangular(U, y, upper=True).mT, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det


@wrong(
    "the transposes taken for the inverses",
    says="On the way back you multiply by the transposes of L and U. The transpose is the inverse of an orthogonal "
    "matrix only; here each triangle is solved.",
    page="examples/linear",
    loses={"test_plu_map_inverse": 1},
)
def plu_map(x, order, L, U, inverse=False):
    log_det = U.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        return x[:, order.argsort()] @ L @ U, -log_det
    return (x @ U.mT @ L.mT)[:, order], log_det
