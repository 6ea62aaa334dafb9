"""Answers to gaussian_kl: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("torch.distributions")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    p = torch.distributions.MultivariateNormal(mean_p, cov_p)
    q = torch.distributions.MultivariateNormal(mean_q, cov_q)
    return torch.distributions.kl_divergence(p, q)


@right("Cholesky factors")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    root_p, root_q = torch.linalg.cholesky(cov_p), torch.linalg.cholesky(cov_q)
    whitened = torch.linalg.solve_triangular(root_q, root_p, upper=False)
    moved = torch.linalg.solve_triangular(root_q, (mean_q - mean_p)[:, None], upper=False)
    logs = root_q.diagonal().log().sum() - root_p.diagonal().log().sum()
    return 0.5 * (whitened.square().sum() + moved.square().sum() - mean_p.shape[0]) + logs


@right("the inverse and einsum")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    precision = torch.linalg.inv(cov_q)
    d = mean_q - mean_p
    trace = torch.einsum("ij,ji->", precision, cov_p)
    square = torch.einsum("i,ij,j->", d, precision, d)
    return 0.5 * (trace + square - len(d) - torch.logdet(cov_p) + torch.logdet(cov_q))


@right("eigenvalues, after a detour through float64")
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    dtype = mean_p.dtype
    a, P, b, Q = (t.double() for t in (mean_p, cov_p, mean_q, cov_q))
    ratio = torch.linalg.eigvals(torch.linalg.solve(Q, P)).real
    square = torch.dot(b - a, torch.linalg.solve(Q, b - a))
    return (0.5 * ((ratio - 1 - ratio.log()).sum() + square)).to(dtype)


@wrong(
    "the direction swapped",
    says="You compute the divergence the other way round. In KL(p || q) the inverse is that of q's covariance, the "
    "distribution behind the bars.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_p)[1] - torch.linalg.slogdet(cov_q)[1]
    trace = torch.linalg.solve(cov_p, cov_q).trace()
    return (trace + shift @ torch.linalg.solve(cov_p, shift) - len(shift) + log_ratio) / 2


@wrong(
    "the sign of the log-dets",
    says="Your two log-dets have each other's sign. A wide q costs: +log det of q's covariance, minus that of p's.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_p)[1] - torch.linalg.slogdet(cov_q)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift) + log_ratio) / 2


@wrong(
    "m is forgotten",
    says="You leave out the -m, so a distribution has the divergence m/2 from itself. Put p = q into your formula: it "
    "must give 0.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) + log_ratio) / 2


@wrong(
    "1 in place of m",
    says="You subtract 1, which is m for one dimension only. Every dimension contributes its own 1: subtract m.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - 1 + log_ratio) / 2


@wrong(
    "the half is forgotten",
    says="Your figure is twice the divergence. The whole bracket is halved, the log-dets included.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift) + log_ratio


@wrong(
    "the log-dets are not halved",
    says="You halve the first three terms only. The log-dets belong in the bracket: log of the root of the "
    "determinants' ratio.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift)) / 2 + log_ratio


@wrong(
    "determinants before their logarithm",
    says="You form the determinants first. In many dimensions they round to 0 or to infinity: torch.linalg.slogdet"
    " gives the logarithm directly.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.log(torch.det(cov_q) / torch.det(cov_p))
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift) + log_ratio) / 2


@wrong(
    "the ratio of determinants without its logarithm",
    says="You use the ratio of the determinants itself. The formula has its logarithm.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    ratio = torch.det(cov_q) / torch.det(cov_p)
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift) + ratio) / 2


@wrong(
    "the distance in p's covariance",
    says="You measure the distance of the means with p's covariance. What counts is how far p's mean lies for q: "
    "use q's.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_p, shift) - len(shift) + log_ratio) / 2


@wrong(
    "the plain distance of the means",
    says="You use the plain squared distance of the means. It is measured in units of q's covariance: far for a "
    "narrow q is near for a wide one.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ shift - len(shift) + log_ratio) / 2


@wrong(
    "the means are left out",
    says="You leave out the means. Two distributions of one shape in different places are not the same: add the "
    "squared distance in q's covariance.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace - len(mean_p) + log_ratio) / 2


@wrong(
    "only the diagonals",
    says="You use the variances only. These covariances are full matrices: correlations change the trace, the "
    "distance and the determinants.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    var_p, var_q = cov_p.diagonal(), cov_q.diagonal()
    return 0.5 * (var_p / var_q + (mean_q - mean_p) ** 2 / var_q - 1 + (var_q / var_p).log()).sum()


@wrong(
    "the mean over the dimensions",
    says="You divide by m. The divergence is that of the whole distribution and grows with its dimensions.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_means": 1, "test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    shift = mean_q - mean_p
    log_ratio = torch.linalg.slogdet(cov_q)[1] - torch.linalg.slogdet(cov_p)[1]
    trace = torch.linalg.solve(cov_q, cov_p).trace()
    return (trace + shift @ torch.linalg.solve(cov_q, shift) - len(shift) + log_ratio) / 2 / len(shift)


@wrong(
    "the trace the other way round",
    says="Your trace has the covariances exchanged. It is tr(Sigma_q^-1 Sigma_p): what is measured is p, and q's "
    "covariance is the unit.",
    page="recap/forward-and-reverse-kl",
    loses={"test_gaussian_kl_covariances": 1, "test_gaussian_kl_stable": 1},
)
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    d = mean_q - mean_p
    log_dets = torch.linalg.slogdet(cov_q).logabsdet - torch.linalg.slogdet(cov_p).logabsdet
    trace = torch.linalg.solve(cov_p, cov_q).trace()
    return (trace + d @ torch.linalg.solve(cov_q, d) - len(d) + log_dets) / 2
