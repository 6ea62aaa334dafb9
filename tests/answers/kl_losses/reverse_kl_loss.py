@right("one draw after another")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    total = 0
    for row in z.split(1):
        x, log_det = g(row)
        total = total + (log_p_z(row) - log_det - log_pi(x)).sum()
    return total / len(z)


@wrong("added up", "the sum over the draws", "the sum over the batch")
def reverse_kl_loss(g, log_p_z, log_pi, z):
    x, log_det = g(z)
    return (log_p_z(z) - log_det - log_pi(x)).sum()
