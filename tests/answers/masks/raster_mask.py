@right("ones, then zeros, as public code has it")
def raster_mask(kernel_size, kind):
    mask = torch.ones(kernel_size, kernel_size)
    mask[kernel_size // 2, kernel_size // 2 + (kind == "B"):] = 0
    mask[kernel_size // 2 + 1:] = 0
    return mask.bool()


@right("flattened and padded")
def raster_mask(kernel_size, kind):
    past = kernel_size ** 2 // 2 + (kind == "B")
    return torch.nn.functional.pad(torch.ones(past), (0, kernel_size ** 2 - past)).view(kernel_size, -1).bool()


@wrong("only rows above", "the center's row is hidden")
def raster_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[: kernel_size // 2] = True
    if kind == "B":
        mask[kernel_size // 2, kernel_size // 2] = True
    return mask


@wrong("a triangle", "a triangle in place of the raster order")
def raster_mask(kernel_size, kind):
    return torch.ones(kernel_size, kernel_size).tril(-1 if kind == "A" else 0).bool()


@wrong("transposed", "rows and columns exchanged")
def raster_mask(kernel_size, kind):
    area = kernel_size ** 2
    return (torch.arange(area) < area // 2 + (kind == "B")).reshape(kernel_size, kernel_size).T
