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
