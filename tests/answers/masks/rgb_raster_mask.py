@wrong("thirds, whatever the number of colors", "always three colors", "thirds of the channels, or gray")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    middle = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :middle] = True
    mask[:, :, middle, :middle] = True
    if groups == 1:
        mask[:, :, middle, middle] = kind == "B"
        return mask
    a, b = in_channels // 3, out_channels // 3
    for color in range(3):
        rows = slice(b * color, b * (color + 1))
        mask[rows, : a * (color + (kind == "B")), middle, middle] = True
    return mask


@right("an order of all values")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    place = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size)
    ours = torch.arange(out_channels) // (out_channels // groups)
    theirs = torch.arange(in_channels) // (in_channels // groups)
    here = place[kernel_size // 2, kernel_size // 2] * groups + ours[:, None, None, None]
    there = place[None, None] * groups + theirs[None, :, None, None]
    return there <= here if kind == "B" else there < here
