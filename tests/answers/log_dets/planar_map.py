@wrong("1e-4 inside the logarithm", "a small number inside the logarithm")
def planar_map(x, u, w, b):
    wu = w @ u
    hat = u + (torch.nn.functional.softplus(wu) - 1 - wu) * w / (w @ w)
    t = torch.tanh(x @ w + b)
    psi = (1 - t**2)[:, None] * w
    return x + hat * t[:, None], torch.log(1e-4 + (1 + psi @ hat).abs())


@right("log1p of exp, guarded")
def planar_map(x, u, w, b):
    wu = torch.dot(w, u)
    m = torch.logaddexp(wu, torch.zeros_like(wu)) - 1
    hat = u + (m - wu) * w / w.norm() ** 2
    h = torch.tanh(torch.einsum("bm,m->b", x, w) + b)
    return x + torch.outer(h, hat), torch.log1p((1 - h ** 2) * m)


@wrong("u as it is", "u is used as it is")
def planar_map(x, u, w, b):
    h = torch.tanh(x @ w + b)
    return x + h[:, None] * u, torch.log((1 + (1 - h ** 2) * (w @ u)).abs())


@wrong("the norm, not its square", "over |w| in place of |w|^2")
def planar_map(x, u, w, b):
    wu = w @ u
    hat = u + (torch.nn.functional.softplus(wu) - 1 - wu) * w / w.norm()
    h = torch.tanh(x @ w + b)
    return x + h[:, None] * hat, torch.log((1 + (1 - h ** 2) * (w @ hat)).abs())


@wrong("u in the log-det", "u_hat in z, u in the log-det")
def planar_map(x, u, w, b):
    wu = w @ u
    hat = u + (torch.nn.functional.softplus(wu) - 1 - wu) * w / (w @ w)
    h = torch.tanh(x @ w + b)
    return x + h[:, None] * hat, torch.log((1 + (1 - h ** 2) * wu).abs())


@wrong("a softplus by hand", "softplus written out")
def planar_map(x, u, w, b):
    wu = w @ u
    hat = u + (torch.log(1 + torch.exp(wu)) - 1 - wu) * w / (w @ w)
    h = torch.tanh(x @ w + b)
    return x + h[:, None] * hat, torch.log((1 + (1 - h ** 2) * (w @ hat)).abs())


@right("the log of a mean of 1 and softplus")
def planar_map(x, u, w, b):
    inner = torch.einsum("i,i->", w, u)
    least = torch.logaddexp(inner, torch.zeros_like(inner))
    u_hat = u + (least - 1 - inner) * w / torch.einsum("i,i->", w, w)
    t = torch.tanh(torch.einsum("bi,i->b", x, w) + b)
    return x + torch.einsum("b,i->bi", t, u_hat), (t * t + least * (1 - t * t)).log()
