@right("torch.distributions")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    normal = torch.distributions.MultivariateNormal
    return torch.distributions.kl_divergence(normal(mean_p, cov_p), normal(mean_q, cov_q))


@right("Cholesky factors")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    A, B = torch.linalg.cholesky(cov_p), torch.linalg.cholesky(cov_q)
    M = torch.linalg.solve_triangular(B, A, upper=False)
    y = torch.linalg.solve_triangular(B, (mean_q - mean_p)[:, None], upper=False)
    log_dets = 2 * (B.diagonal().log().sum() - A.diagonal().log().sum())
    return (M.pow(2).sum() + y.pow(2).sum() - len(mean_p) + log_dets) / 2


@wrong("the other direction", "the direction swapped")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    mean_p, cov_p, mean_q, cov_q = mean_q, cov_q, mean_p, cov_p
    d = mean_q - mean_p
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + d @ torch.linalg.solve(cov_q, d) - len(d) + torch.logdet(cov_q) - torch.logdet(cov_p)) / 2


@wrong("the half forgotten", "the half is forgotten")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    d = mean_q - mean_p
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return trace + d @ torch.linalg.solve(cov_q, d) - len(d) + torch.logdet(cov_q) - torch.logdet(cov_p)


@wrong("the dimension forgotten", "m is forgotten")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    d = mean_q - mean_p
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + d @ torch.linalg.solve(cov_q, d) + torch.logdet(cov_q) - torch.logdet(cov_p)) / 2


@wrong("diagonals alone", "only the diagonals")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    p, q = cov_p.diagonal(), cov_q.diagonal()
    return ((p / q).sum() + ((mean_q - mean_p) ** 2 / q).sum() - len(p) + q.log().sum() - p.log().sum()) / 2


@wrong("jitter on the covariances")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    one = 1e-4 * torch.eye(len(mean_p), dtype=mean_p.dtype)
    normal = torch.distributions.MultivariateNormal
    return torch.distributions.kl_divergence(normal(mean_p, cov_p + one), normal(mean_q, cov_q + one))


@wrong("det, then log", "determinants before their logarithm")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    d, inverse = mean_q - mean_p, torch.linalg.inv(cov_q)
    return 0.5 * ((inverse @ cov_p).trace() + d @ inverse @ d - len(d) + (cov_q.det() / cov_p.det()).log())
