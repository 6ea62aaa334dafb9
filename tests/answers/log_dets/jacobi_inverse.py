@wrong("only row 0 is looked at", "the change of the first point alone")
def jacobi_inverse(z, conditioner, tolerance):
    x = torch.zeros_like(z)
    for passes in range(1, z.shape[1] + 1):
        mu, alpha = conditioner(x)
        new = mu + alpha.exp() * z
        still = (new[0] - x[0]).abs().max()
        x = new
        if still <= tolerance:
            break
    return x, passes


@wrong("starts at z", "a start from z")
def jacobi_inverse(z, conditioner, tolerance):
    x = z.clone()
    for passes in range(1, z.shape[1] + 1):
        mu, alpha = conditioner(x)
        new = mu + alpha.exp() * z
        still = (new - x).abs().max()
        x = new
        if still <= tolerance:
            break
    return x, passes
