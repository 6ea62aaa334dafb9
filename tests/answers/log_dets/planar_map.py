@wrong("1e-4 inside the logarithm", "a small number inside the logarithm")
def planar_map(x, u, w, b):
    wu = w @ u
    hat = u + (torch.nn.functional.softplus(wu) - 1 - wu) * w / (w @ w)
    t = torch.tanh(x @ w + b)
    psi = (1 - t**2)[:, None] * w
    return x + hat * t[:, None], torch.log(1e-4 + (1 + psi @ hat).abs())
