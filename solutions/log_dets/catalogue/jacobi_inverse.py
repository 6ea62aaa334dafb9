"""Answers to jacobi_inverse: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("a for loop with a break")
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for passes in range(1, z.shape[1] + 1):
        old = x
        mu, alpha = conditioner(old)
        x = mu + alpha.exp() * z
        if torch.all((x - old).abs() <= tolerance):
            break
    return x, passes


@right("allclose without a relative part")
def jacobi_inverse(z, conditioner, tolerance):
    x, passes = 0 * z, 0
    while True:
        mu, alpha = conditioner(x)
        new = torch.addcmul(mu, alpha.exp(), z)
        passes += 1
        done = torch.allclose(new, x, rtol=0.0, atol=tolerance)
        x = new
        if done or passes == z.shape[1]:
            return x, passes


@right("by recursion")
def jacobi_inverse(z, conditioner, tolerance):
    def improve(x, passes):
        mu, alpha = conditioner(x)
        new = mu + alpha.exp() * z
        change = torch.amax(torch.abs(new - x)).item()
        if change <= tolerance or passes >= z.size(1):
            return new, passes
        return improve(new, passes + 1)
    return improve(torch.zeros_like(z), 1)


@wrong(
    "never stops early",
    says="You always take m passes. Compare each x with the one before it: when nothing changed, no later pass "
    "will change anything.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for _ in range(z.shape[1]):
        mu, alpha = conditioner(x)
        x = mu + torch.exp(alpha) * z
    return x, z.shape[1]


@wrong(
    "more than m passes",
    says="You have no upper bound. After m passes every value is right, so the pass that finds this out is one too"
    " many.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "the change without its absolute value",
    says="You look at the largest change with its sign. If all values fall, it is negative, and you stop too "
    "early: take the absolute value.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).max(), passes + 1
    return x, passes


@wrong(
    "the mean of the changes",
    says="You look at the mean change, which is small when a single value still moves. Go on until no entry "
    "changes by more than the tolerance.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().mean(), passes + 1
    return x, passes


@wrong(
    "the sum of the changes",
    says="You add up the changes, so a large batch or a large m never comes to rest. The tolerance is for the "
    "largest change of one entry.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().sum(), passes + 1
    return x, passes


@wrong(
    "stops below, not at, the tolerance",
    says="You go on while the change equals the tolerance. With the tolerance 0 that is always: stop when the "
    "change is not more than it.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change >= tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "counted one short",
    says="You count the changes and not the calls. The last pass, which finds nothing to change, has called the "
    "conditioner too.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for passes in range(z.shape[1]):
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        if (new - x).abs().max() <= tolerance:
            return new, passes
        x = new
    return x, passes


@wrong(
    "a second call in each pass",
    says="You call the conditioner twice in each pass, once for mu and once for alpha. One call gives both.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        new = conditioner(x)[0] + torch.exp(conditioner(x)[1]) * z
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "one pass only",
    says="You make one pass from zeros. It gets the first value right; put the result in again until nothing "
    "changes.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_value": 1, "test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    mu, alpha = conditioner(torch.zeros_like(z))
    return mu + torch.exp(alpha) * z, 1


@wrong(
    "zeros of the wrong dtype",
    says="Your zeros are float32 whatever z is, and in float64 the conditioner refuses them or loses digits. "
    "zeros_like(z) has the right dtype.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_value": 1, "test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros(z.shape), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "f in place of g",
    says="Your pass computes (z - mu) / sigma, which is f. The equation to be solved is x = mu(x) + sigma(x) z.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_value": 1, "test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = (z - mu) * torch.exp(-alpha)
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "half a step at a time",
    says="You move only half of the way in each pass. A pass puts mu(x) + sigma(x) z in the place of x as it is; "
    "then the first value is right at once.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_value": 1, "test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = (x + mu + torch.exp(alpha) * z) / 2
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "the change of the first point alone",
    says="You measure the change on the first point of the batch. One point that still moves is reason enough to go "
    "on: take the largest change over all entries.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x)[0].abs().max(), passes + 1
    return x, passes


@wrong(
    "a start from z",
    says="You start from z. The text starts from zeros; from z the passes are other ones, and their number too.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = z, float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).abs().max(), passes + 1
    return x, passes


@wrong(
    "x from before the last pass",
    says="You return the x that went into the last pass. Return what came out of it: it is one pass further, and "
    "already computed.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for passes in range(1, z.shape[1] + 1):
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        if (new - x).abs().max() <= tolerance:
            return x, passes
        if passes == z.shape[1]:
            return new, passes
        x = new


@wrong(
    "the mean change of the batch",
    says="You divide the change by the size of the batch. In a large batch one point may then move far and go "
    "unnoticed: take the largest change over all entries.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x, change, passes = torch.zeros_like(z), float("inf"), 0
    while change > tolerance and passes < z.shape[1]:
        mu, alpha = conditioner(x)
        new = mu + torch.exp(alpha) * z
        x, change, passes = new, (new - x).norm() / len(z), passes + 1
    return x, passes


@wrong(
    "a relative tolerance beside the tolerance",
    says="torch.allclose has a relative tolerance of its own, 1e-5 of each value, beside the one that you pass. "
    "Where values are large it calls changes nothing. Compare the largest change with `tolerance` itself.",
    page="examples/gaussian-autoregressive",
    loses={"test_jacobi_inverse_passes": 1},
)
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for passes in range(1, z.shape[1] + 1):
        mu, alpha = conditioner(x)
        before, x = x, mu + alpha.exp() * z
        if torch.allclose(x, before, atol=tolerance):
            break
    return x, passes
