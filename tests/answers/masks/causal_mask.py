@right("a list comprehension of comparisons")
def causal_mask(kernel_size, kind):
    middle = (kernel_size - 1) // 2
    return torch.tensor([tap < middle or (tap == middle and kind == "B") for tap in range(kernel_size)])


@right("cumulated from a single one")
def causal_mask(kernel_size, kind):
    steps = torch.zeros(kernel_size, dtype=torch.int64)
    steps[kernel_size // 2] = 1
    seen = steps.cumsum(0)
    return (seen == 0) | (steps.bool() & torch.tensor(kind == "B"))


@wrong("the future in place of the past", "the mask is flipped")
def causal_mask(kernel_size, kind):
    return torch.arange(kernel_size) > kernel_size // 2 - (kind == "B")


@wrong("one step of the past alone", "only the nearest tap of the past is left")
def causal_mask(kernel_size, kind):
    distance = kernel_size // 2 - torch.arange(kernel_size)
    return (distance == 1) | ((distance == 0) & (kind == "B"))


@wrong("half of the taps, rounded up", "type A shows the current position")
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    mask[: (kernel_size + 1) // 2] = True
    return mask
