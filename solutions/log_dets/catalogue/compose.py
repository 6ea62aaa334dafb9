"""Answers to compose: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("a loop that keeps a list of log-dets")
def compose(x, layers):
    terms = [torch.zeros(x.shape[0], dtype=x.dtype)]
    for f, log_det in layers:
        terms.append(log_det(x))
        x = f(x)
    return x, torch.stack(terms).sum(dim=0)


@right("all points first, then all log-dets")
def compose(x, layers):
    points = [x]
    for f, _ in layers:
        points.append(f(points[-1]))
    total = 0 * x[:, 0]
    for (_, log_det), point in zip(layers, points):
        total = total + log_det(point)
    return points[-1], total


@right("by recursion")
def compose(x, layers):
    if len(layers) == 0:
        return x, x.new_zeros(x.shape[0])
    (f, log_det), *rest = layers
    z, later = compose(f(x), rest)
    return z, log_det(x) + later


@right("functools.reduce")
def compose(x, layers):
    import functools
    def step(state, layer):
        here, total = state
        return layer[0](here), total + layer[1](here)
    return functools.reduce(step, layers, (x, torch.zeros_like(x).sum(dim=1)))


@wrong(
    "every log-det at x",
    says="You take every log-det at the first x. The second layer never meets x: it meets f_1(x), the third meets "
    "f_2(f_1(x)).",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total, start = x.new_zeros(len(x)), x
    for f, log_det in layers:
        total = total + log_det(start)
        x = f(x)
    return x, total


@wrong(
    "every log-det after its layer",
    says="You move the point first and then ask for the log-det there. J_f is evaluated at the layer's input: take"
    " the log-det before f.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in layers:
        x = f(x)
        total = total + log_det(x)
    return x, total


@wrong(
    "every log-det at z",
    says="You take every log-det at the end of the chain. By the chain rule each factor stands at the point that "
    "its own layer is given.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    z = x
    for f, _ in layers:
        z = f(z)
    total = x.new_zeros(len(x))
    for _, log_det in layers:
        total = total + log_det(z)
    return z, total


@wrong(
    "the layers in reverse",
    says="You start with the last layer. The first pair of the list meets the data first; reversed order is for "
    "the way back.",
    page="flows/composition",
    loses={"test_compose_value": 1, "test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in reversed(layers):
        total = total + log_det(x)
        x = f(x)
    return x, total


@wrong(
    "only the last log-det",
    says="You keep only the last layer's log-det: it overwrites the ones before. Determinants multiply, so all "
    "log-dets are added.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in layers:
        total = log_det(x)
        x = f(x)
    return x, total


@wrong(
    "the log-dets are multiplied",
    says="You multiply the log-dets. It is the determinants that are multiplied; their logarithms are added.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_ones(len(x))
    for f, log_det in layers:
        total = total * log_det(x)
        x = f(x)
    return x, total if layers else total - 1


@wrong(
    "the mean over the layers",
    says="You average over the layers. Ten layers that double a volume make it 1024 times as large: the log-dets "
    "add up.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in layers:
        total = total + log_det(x) / len(layers)
        x = f(x)
    return x, total


@wrong(
    "the sum over the batch",
    says="You add up the log-dets of the whole batch. Each point travels by itself and has a log-det of its own.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in layers:
        total = total + log_det(x).sum()
        x = f(x)
    return x, total


@wrong(
    "the log-dets are subtracted",
    says="You subtract the log-dets. They are those of the layers' own direction, f, which is the direction you "
    "go: add them.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for f, log_det in layers:
        total = total - log_det(x)
        x = f(x)
    return x, total


@wrong(
    "every layer is given the first x",
    says="You feed the first x to every layer, so only the last one counts. Each layer takes what the one before "
    "it returned.",
    page="flows/composition",
    loses={"test_compose_value": 1},
)
def compose(x, layers):
    total, z, here = x.new_zeros(len(x)), x, x
    for f, log_det in layers:
        total = total + log_det(here)
        z, here = f(x), f(here)
    return z, total


@wrong(
    "the first log-det is left out",
    says="Your sum begins with the second layer. The first layer's log-det, at x itself, belongs to it as well.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    for number, (f, log_det) in enumerate(layers):
        if number > 0:
            total = total + log_det(x)
        x = f(x)
    return x, total


@wrong(
    "the list is used up",
    says="You take the layers out of the list, and the caller is left with an empty flow. Loop over the list and "
    "leave it as it is.",
    page="flows/composition",
    loses={"test_compose_value": 1, "test_compose_log_det": 1},
)
def compose(x, layers):
    total = x.new_zeros(len(x))
    while layers:
        f, log_det = layers.pop(0)
        total = total + log_det(x)
        x = f(x)
    return x, total


@wrong(
    "an empty flow is forgotten",
    says="Your total starts as a plain number, so an empty list gives one number in place of (B,). No layers is a "
    "flow too: the identity, with B zeros.",
    page="flows/composition",
    loses={"test_compose_value": 1, "test_compose_log_det": 1},
)
def compose(x, layers):
    total = torch.zeros(())
    for f, log_det in layers:
        total = total + log_det(x)
        x = f(x)
    return x, total


@wrong(
    "a product of determinants",
    says="You multiply determinants and take the logarithm at the end. The product leaves the range of floating point "
    "where the sum of the log-dets stays small.",
    page="flows/composition",
    loses={"test_compose_log_det": 1},
)
def compose(x, layers):
    product = x.new_ones(len(x))
    for f, log_det in layers:
        product = product * log_det(x).exp()
        x = f(x)
    return x, product.log()
