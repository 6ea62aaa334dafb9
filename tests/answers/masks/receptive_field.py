@wrong("paths in whole numbers", "counts that overflow")
def receptive_field(masks, height, width):
    size = height * width
    field = torch.eye(size, dtype=torch.long)
    for mask in masks:
        c = len(mask) // 2
        layer = torch.zeros(size, size, dtype=torch.long)
        for r in range(height):
            for s in range(width):
                for a, b in mask.nonzero().tolist():
                    i, j = r + a - c, s + b - c
                    if 0 <= i < height and 0 <= j < width:
                        layer[r * width + s, i * width + j] = 1
        field = layer @ field
    return field > 0


@wrong("counts in whole numbers of eight bits")
def receptive_field(masks, height, width):
    n = height * width
    seen = torch.eye(n, dtype=torch.uint8)
    for mask in masks:
        images = torch.eye(n).view(n, 1, height, width)
        layer = torch.conv2d(images, mask[None, None].float(), padding=len(mask) // 2).view(n, n).T.to(torch.uint8)
        seen = (layer[:, :, None] * seen[None]).sum(1, dtype=torch.uint8)
    return seen > 0


@wrong("the textbooks' convolution", "the kernel turned around")
def receptive_field(masks, height, width):
    n = height * width
    maps = torch.eye(n).view(n, 1, height, width)
    for mask in masks:
        maps = (torch.conv2d(maps, mask.flip(0, 1)[None, None].float(), padding=len(mask) // 2) > 0).float()
    return maps.view(n, n).T.bool()


@right("sets of pixels, from the last layer back")
def receptive_field(masks, height, width):
    seen = torch.zeros(height * width, height * width, dtype=torch.bool)
    for pixel in range(height * width):
        found = {divmod(pixel, width)}
        for mask in reversed(masks):
            taps = [(a - len(mask) // 2, b - len(mask) // 2) for a, b in mask.nonzero().tolist()]
            found = {(r + a, s + b) for r, s in found for a, b in taps if 0 <= r + a < height and 0 <= s + b < width}
        for r, s in found:
            seen[pixel, r * width + s] = True
    return seen
