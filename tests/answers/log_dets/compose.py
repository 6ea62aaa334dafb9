@right("one point after another")
def compose(x, layers):
    points, log_dets = [], []
    for point in x.split(1):
        total = point.new_zeros(1)
        for f, log_det in layers:
            total = total + log_det(point)
            point = f(point)
        points.append(point)
        log_dets.append(total)
    return torch.cat(points), torch.cat(log_dets)


@wrong("determinants multiplied", "a product of determinants")
def compose(x, layers):
    det = torch.ones(len(x), dtype=x.dtype)
    for f, log_det in layers:
        det = det * log_det(x).exp()
        x = f(x)
    return x, det.log()


@right("folded")
def compose(x, layers):
    from functools import reduce
    start = (x, torch.zeros(x.shape[0], dtype=x.dtype))
    return reduce(lambda state, layer: (layer[0](state[0]), state[1] + layer[1](state[0])), layers, start)


@wrong("after the layer", "every log-det after its layer")
def compose(x, layers):
    total = torch.zeros(len(x), dtype=x.dtype)
    for f, log_det in layers:
        x = f(x)
        total = total + log_det(x)
    return x, total


@wrong("all at the beginning", "every log-det at x")
def compose(x, layers):
    total = sum((log_det(x) for _, log_det in layers), torch.zeros(len(x), dtype=x.dtype))
    for f, _ in layers:
        x = f(x)
    return x, total


@wrong("backwards", "the layers in reverse")
def compose(x, layers):
    total = torch.zeros(len(x), dtype=x.dtype)
    for f, log_det in reversed(layers):
        total = total + log_det(x)
        x = f(x)
    return x, total


@wrong("popped", "the list is used up")
def compose(x, layers):
    total = torch.zeros(len(x), dtype=x.dtype)
    while layers:
        f, log_det = layers.pop(0)
        total = total + log_det(x)
        x = f(x)
    return x, total


@wrong("a total that is kept between calls")
def compose(x, layers, memory=[]):
    for f, log_det in layers:
        memory.append(log_det(x))
        x = f(x)
    same = [entry for entry in memory if len(entry) == len(x)]
    return x, sum(same) if same else torch.zeros(len(x), dtype=x.dtype)


@wrong("zeros of the default dtype for no layers")
def compose(x, layers):
    total = torch.zeros(len(x))
    for f, log_det in layers:
        total = total + log_det(x)
        x = f(x)
    return x, total
