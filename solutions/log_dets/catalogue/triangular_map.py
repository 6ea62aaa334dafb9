"""Answers to triangular_map: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("matmul and solve_triangular")
def triangular_map(x, T, inverse=False):
    log_det = torch.log(torch.abs(torch.diag(T))).sum().repeat(x.shape[0])
    if inverse:
        return torch.linalg.solve_triangular(T, x.T, upper=False).T, -log_det
    return (T @ x.T).T, log_det


@right("einsum and a general inverse")
def triangular_map(x, T, inverse=False):
    matrix = torch.linalg.inv(T) if inverse else T
    value = torch.einsum("ij,bj->bi", matrix, x)
    return value, torch.linalg.slogdet(matrix)[1] * torch.ones_like(x[:, 0])


@right("forward substitution in a loop")
def triangular_map(x, T, inverse=False):
    diagonal = torch.stack([T[j, j] for j in range(len(T))])
    log_det = diagonal.abs().log().sum().expand(len(x))
    if not inverse:
        return torch.stack([(T[i] * x).sum(dim=1) for i in range(len(T))], dim=1), log_det
    found = []
    for i in range(len(T)):
        past = sum((T[i, k] * found[k] for k in range(i)), torch.zeros_like(x[:, 0]))
        found.append((x[:, i] - past) / T[i, i])
    return torch.stack(found, dim=1), -log_det


@wrong(
    "the same sign both ways",
    says="Your inverse has the log-det of the forward direction. |det T^-1| = 1 / |det T|, so its logarithm is the"
    " negative.",
    page="examples/linear",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    return (torch.linalg.solve_triangular(T, x.mT, upper=False).mT if inverse else x @ T.mT), log_det


@wrong(
    "x T in place of T x",
    says="You compute x @ T. The points are rows, so T x for a row x is x @ T.mT; without the transpose you use "
    "the columns of T.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x, upper=False, left=False), -log_det
    return x @ T, log_det


@wrong(
    "the wrong triangle is solved",
    says="You tell the solver that T is upper triangular. It then reads only the diagonal and the zeros above it, "
    "and the lower part is lost.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=True).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "ones on the diagonal",
    says="Your solver assumes ones on the diagonal (unitriangular=True). This T has other numbers there, and x_j "
    "must be divided by them.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False, unitriangular=True).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "the transpose taken for the inverse",
    says="You undo T with its transpose. That works for orthogonal matrices only; a triangle is undone by solving T x "
    "= z.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    return (x @ T, -log_det) if inverse else (x @ T.mT, log_det)


@wrong(
    "only the diagonal acts",
    says="Your map uses only the diagonal of T. The entries below it do not enter the log-det, but they do move "
    "the points.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1},
)
def triangular_map(x, T, inverse=False):
    d = T.diagonal()
    log_det = d.abs().log().sum().expand(len(x))
    return (x / d, -log_det) if inverse else (x * d, log_det)


@wrong(
    "no absolute value",
    says="You take the logarithm of negative diagonal entries, which is NaN. It is log|det|: take the absolute "
    "value first.",
    page="examples/linear",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "torch.det and then the logarithm",
    says="det of a large matrix rounds to 0 or overflows before its logarithm is taken. Add up the logarithms of "
    "the diagonal.",
    page="flows/determinants",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = torch.det(T).abs().log().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "the whole triangle is summed",
    says="You add up all entries of the triangle. In the determinant of a triangle every product but that of the "
    "diagonal holds a 0.",
    page="flows/determinants",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    below = torch.ones_like(T).tril().bool()
    log_det = T[below].abs().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "the logarithm of the trace",
    says="You take the logarithm of the diagonal's sum. The determinant is its product, whose logarithm is the sum"
    " of the logarithms.",
    page="flows/determinants",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().sum().log().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "the logarithm is forgotten",
    says="You return the determinant itself. Log-densities need its logarithm, and that is a sum over the "
    "diagonal.",
    page="examples/linear",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    det = T.diagonal().prod().abs().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, 1 / det
    return x @ T.mT, det


@wrong(
    "one number for the batch",
    says="Your log-det is a single number. A log-density is wanted for every point, so give every point its log-"
    "det, B in all.",
    page="examples/linear",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum()
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, -log_det
    return x @ T.mT, log_det


@wrong(
    "the inverse is not there",
    says="You never look at `inverse`: called with True, your function maps forward once more. Solve T x = z, and "
    "change the log-det's sign.",
    page="examples/linear",
    loses={"test_triangular_map_value": 1, "test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    return x @ T.mT, T.diagonal().abs().log().sum().expand(len(x))


@wrong(
    "one over the log-det",
    says="Your log-det of the inverse is one over that of the map. The determinant is one over the other; their "
    "logarithms differ in sign.",
    page="examples/linear",
    loses={"test_triangular_map_log_det": 1},
)
def triangular_map(x, T, inverse=False):
    log_det = T.diagonal().abs().log().sum().expand(len(x))
    if inverse:
        return torch.linalg.solve_triangular(T, x.mT, upper=False).mT, 1 / log_det
    return x @ T.mT, log_det
