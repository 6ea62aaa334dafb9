"""Answers to planar_map: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("the formulas of the text, one by one")
def planar_map(x, u, w, b):
    wu = (w * u).sum()
    u_hat = u + (torch.nn.functional.softplus(wu) - 1 - wu) * w / (w * w).sum()
    h = torch.tanh((x * w).sum(dim=1) + b)
    psi = (1 - h**2)[:, None] * w
    return x + h[:, None] * u_hat, torch.log(torch.abs(1 + psi @ u_hat))


@right("slogdet of the full Jacobian")
def planar_map(x, u, w, b):
    inner = torch.dot(w, u)
    u_hat = u + (torch.logaddexp(inner, torch.zeros_like(inner)) - 1 - inner) * w / w.dot(w)
    t = torch.tanh(x @ w + b)
    J = torch.eye(len(u), dtype=x.dtype) + torch.einsum("b,i,j->bij", 1 - t.square(), u_hat, w)
    return x + torch.outer(t, u_hat), torch.linalg.slogdet(J)[1]


@right("einsum, and sech in place of tanh squared")
def planar_map(x, u, w, b):
    a = torch.einsum("i,i->", w, u)
    slope = torch.nn.Softplus()(a) - 1
    u_hat = u + (slope - a) * w / torch.einsum("i,i->", w, w)
    s = torch.einsum("bi,i->b", x, w) + b
    return x + torch.einsum("b,i->bi", s.tanh(), u_hat), torch.log1p(slope / s.cosh() ** 2)


@right("a loop over the points")
def planar_map(x, u, w, b):
    inner = (w * u).sum()
    u_hat = u + (torch.nn.functional.softplus(inner) - 1 - inner) * w / w.norm() ** 2
    z, log_det = [], []
    for point in x:
        t = torch.tanh(w @ point + b)
        z.append(point + u_hat * t)
        log_det.append((1 + (w @ u_hat) * (1 - t * t)).abs().log())
    return torch.stack(z), torch.stack(log_det)


@wrong(
    "over |w| in place of |w|^2",
    says="You divide by |w|. With u_hat = u + (...) w / |w|^2 the product w^T u_hat is exactly softplus - 1; with "
    "|w| it is so only if |w| = 1.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_invertible": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.norm()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, (1 + w @ u_hat * (1 - t.square())).abs().log()


@wrong(
    "u is used as it is",
    says="You use u itself. If w^T u is below -1 the map folds, and no density can be computed: replace u by u_hat"
    " first.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_log_det": 1, "test_planar_map_invertible": 1},
)
def planar_map(x, u, w, b):
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u, (1 + w @ u * (1 - t.square())).abs().log()


@wrong(
    "u_hat in z, u in the log-det",
    says="Your log-det is that of the map with u, while z uses u_hat. Both must speak of the same map.",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, (1 + w @ u * (1 - t.square())).abs().log()


@wrong(
    "the derivative without its square",
    says="The derivative of tanh is 1 - tanh squared. You have 1 - tanh.",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log1p(slope * (1 - t))


@wrong(
    "the log-det after the layer",
    says="You evaluate the derivative at z. The Jacobian of f stands at the point that f is given: use tanh(w^T x "
    "+ b).",
    page="flows/composition",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    z = x + torch.tanh(x @ w + b)[:, None] * u_hat
    return z, torch.log1p(slope * (1 - torch.tanh(z @ w + b).square()))


@wrong(
    "the sign of the way back",
    says="Your log-det has the sign of the inverse map. The log-det of x -> z is +log|det dz/dx|.",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, -torch.log1p(slope * (1 - t.square()))


@wrong(
    "softplus without the -1",
    says="You make w^T u_hat positive: the -1 of the constraint is missing. The map may also squeeze: w^T u_hat may "
    "be any number above -1.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u)
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log1p(slope * (1 - t.square()))


@wrong(
    "w^T u is not taken away",
    says="You add softplus - 1 along w without taking away w^T u. Then w^T u counts twice: the old part along w "
    "has to go first.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_invertible": 1},
)
def planar_map(x, u, w, b):
    u_hat = u + (torch.nn.functional.softplus(w @ u) - 1) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, (1 + w @ u_hat * (1 - t.square())).abs().log()


@wrong(
    "softplus written out",
    says="log(1 + exp(a)) overflows as soon as a is above 88 in float32, and your flow is NaN from there on. "
    "torch.nn.functional.softplus does not.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1},
)
def planar_map(x, u, w, b):
    slope = torch.log(1 + torch.exp(w @ u)) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log1p(slope * (1 - t.square()))


@wrong(
    "the shift b is left out",
    says="You leave out b. It moves the plane along w; without it every planar layer is centered at the origin.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w)
    return x + t[:, None] * u_hat, torch.log1p(slope * (1 - t.square()))


@wrong(
    "pushed along w",
    says="You push the points along w. w says where the plane lies, u_hat says in which direction the points move.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * w * slope / w.square().sum(), torch.log1p(slope * (1 - t.square()))


@wrong(
    "x is left out",
    says="You return only the displacement. A planar map is x plus a push along u_hat: z = x + u_hat tanh(...).",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_log_det": 1, "test_planar_map_invertible": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return t[:, None] * u_hat, torch.log1p(slope * (1 - t.square()))


@wrong(
    "the determinant without its logarithm",
    says="You return the determinant. It has to be its logarithm, so that layers add up and log-densities can use "
    "it.",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, (1 + slope * (1 - t.square())).abs()


@wrong(
    "the sum over the batch",
    says="You add up the log-dets of the batch. Here even the numbers differ from point to point: keep one for "
    "each, shape (B,).",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log1p(slope * (1 - t.square())).sum().expand(len(x))


@wrong(
    "a small number inside the logarithm",
    says="You add a small number inside the logarithm. Where the map squeezes hard the determinant is smaller than "
    "that, and the log-det wrong. By w^T u_hat > -1 it never is 0.",
    page="flows/determinants",
    loses={"test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    slope = torch.nn.functional.softplus(w @ u) - 1
    u_hat = u + (slope - w @ u) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log(1e-4 + (1 + slope * (1 - t.square())).abs())


@wrong(
    "u_hat only where the map would fold",
    says="You change u only where w^T u is below -1 and leave it as it is elsewhere. The text's u_hat is meant for "
    "every u: it changes smoothly with u, as training needs it.",
    page="flows/determinants",
    loses={"test_planar_map_value": 1, "test_planar_map_log_det": 1},
)
def planar_map(x, u, w, b):
    inner = w @ u
    push = torch.nn.functional.softplus(inner) - 1 if inner < -1 else inner
    u_hat = u + (push - inner) * w / w.square().sum()
    t = torch.tanh(x @ w + b)
    return x + t[:, None] * u_hat, torch.log1p(push * (1 - t.square()))
