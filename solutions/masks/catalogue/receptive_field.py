"""Answers to receptive_field: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("pushes one image for each pixel through convolutions")
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        images = torch.nn.functional.conv2d(images, mask.double()[None, None], padding="same").clamp(max=1)
    return images.flatten(1).T > 0.5


@right("loops over pixels and taps")
def receptive_field(masks, height, width):
    sees = [{i} for i in range(height * width)]
    for mask in masks:
        c = len(mask) // 2
        taps = [(int(a) - c, int(b) - c) for a, b in mask.nonzero()]
        after = []
        for i in range(height * width):
            places = [(i // width + a, i % width + b) for a, b in taps]
            inside = [r * width + s for r, s in places if 0 <= r < height and 0 <= s < width]
            after.append(set().union(*(sees[j] for j in inside)))
        sees = after
    field = torch.zeros(height * width, height * width, dtype=torch.bool)
    for i, row in enumerate(sees):
        field[i, list(row)] = True
    return field


@right("einsum over taps and shifted unit matrices")
def receptive_field(masks, height, width):
    def shift(size, by):
        return torch.diag(torch.ones(max(size - abs(by), 0)), by) if abs(by) < size else torch.zeros(size, size)

    field = torch.eye(height * width)
    for mask in masks:
        c = len(mask) // 2
        down = torch.stack([shift(height, a - c) for a in range(len(mask))])
        right = torch.stack([shift(width, b - c) for b in range(len(mask))])
        layer = torch.einsum("ab,aij,bkl->ikjl", mask.float(), down, right).reshape(field.shape)
        field = (layer @ field).sign()
    return field.bool()


@right("boolean matrices in NumPy, last layer first")
def receptive_field(masks, height, width):
    import numpy as np

    row, column = np.divmod(np.arange(height * width), width)
    field = np.eye(height * width, dtype=bool)
    for mask in reversed(masks):
        kernel, c = mask.numpy(), len(mask) // 2
        a, b = row[None] - row[:, None] + c, column[None] - column[:, None] + c
        inside = (a >= 0) & (a < len(kernel)) & (b >= 0) & (b < len(kernel))
        layer = inside & kernel[np.where(inside, a, 0), np.where(inside, b, 0)]
        field = (field[:, :, None] & layer[None]).any(1)
    return torch.from_numpy(field)


@wrong(
    "rows and columns of the result exchanged",
    says="Your matrix is turned around: its columns are output pixels. Row i is meant to hold what pixel i sees, "
    "so that a layer multiplies what came before it from the left.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        images = torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2).clamp(max=1)
    return images.flatten(1) > 0.5


@wrong(
    "left and right exchanged",
    says="Your kernel is mirrored: its left tap looks to the right. PyTorch's convolution does not turn the kernel, so "
    "column 0 multiplies the pixel to the left.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        kernel = mask.double().flip(1)[None, None]
        images = torch.conv2d(images, kernel, padding=len(mask) // 2).clamp(max=1)
    return images.flatten(1).T > 0.5


@wrong(
    "the image is glued to a ring at its edges",
    says="A tap that leaves your image on the left comes back on the right. The image is padded with zeros: a tap "
    "outside sees nothing.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    field = torch.eye(height * width)
    for mask in masks:
        layer, c = torch.zeros(height * width, height * width), len(mask) // 2
        for a, b in mask.nonzero().tolist():
            for i in range(height * width):
                r, s = (i // width + a - c) % height, (i % width + b - c) % width
                layer[i, r * width + s] = 1
        field = (layer @ field).sign()
    return field > 0


@wrong(
    "only rows are checked at the edge",
    says="You move by width * (a - c) + (b - c) in the numbering, and so a tap beyond the right edge lands on the "
    "next row. Check the column as well as the row.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    m = height * width
    field = torch.eye(m)
    for mask in masks:
        layer, c = torch.zeros(m, m), len(mask) // 2
        for a, b in mask.nonzero().tolist():
            for i in range(m):
                j = i + width * (a - c) + b - c
                if 0 <= j < m:
                    layer[i, j] = 1
        field = (layer @ field).sign()
    return field > 0


@wrong(
    "what was seen once stays seen",
    says="You add what every layer sees to what was seen before. A pixel of the last layer sees the image only "
    "through all layers: its own pixel, for one, is gone after a layer of type A.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    field = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        field = field + torch.conv2d(field, mask.double()[None, None], padding=len(mask) // 2)
    return field.flatten(1).T > 0.5


@wrong(
    "one layer's union with the next",
    says="You join the layers with or, as if they stood beside each other. Behind one another they multiply: i "
    "depends on j through some pixel in between.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    field = images if not masks else 0 * images
    for mask in masks:
        field = field + torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2)
    return field.flatten(1).T > 0.5


@wrong(
    "the layers multiplied entry by entry",
    says="You multiply the layers' matrices entry by entry, which keeps the pixels that every layer looks at. The "
    "product of matrices (@) asks for a pixel in between.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    field = torch.ones_like(images) if masks else images
    for mask in masks:
        field = field * torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2)
    return field.flatten(1).T > 0.5


@wrong(
    "the layers in the opposite order",
    says="You take the layers from last to first. The first mask meets the image first: its matrix stands on the "
    "right of the product. Away from the edges it makes no difference, at the edges it does.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks[::-1]:
        images = torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2).clamp(max=1)
    return images.flatten(1).T > 0.5


@wrong(
    "the first mask for every layer",
    says="Every layer of yours has the first mask. Take each layer's own: a stack begins with type A and goes on "
    "with type B.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for _ in masks:
        images = torch.conv2d(images, masks[0].double()[None, None], padding=len(masks[0]) // 2).clamp(max=1)
    return images.flatten(1).T > 0.5


@wrong(
    "only the last layer",
    says="You return the last layer's matrix alone. Multiply it with what the layers before it see.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    field = images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        field = torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2)
    return field.flatten(1).T > 0.5


@wrong(
    "counts of paths",
    says="You return how many paths lead from each pixel to each other. The question is whether there is one: "
    "compare with 0, and the dtype is torch.bool.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        images = torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2)
    return images.flatten(1).T.long()


@wrong(
    "height and width exchanged",
    says="You number the pixels column by column. Raster order goes along the rows: pixel (r, s) has the number "
    "r * width + s.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, width, height)
    for mask in masks:
        images = torch.conv2d(images, mask.double()[None, None], padding=len(mask) // 2).clamp(max=1)
    return images.flatten(1).T > 0.5


@wrong(
    "the whole past, whatever the masks say",
    says="You return all of the past. That is what a pixel may see; what it does see follows from the masks, and "
    "the difference is the blind spot.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    m = height * width
    return torch.ones(m, m).tril(-1).bool() if masks else torch.eye(m).bool()


@wrong(
    "the kernel grown to its outline",
    says="You mark the whole rectangle that the kernels can reach. A kernel sees only where its mask is True: follow "
    "each tap that is True, and no other.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    reach = sum(len(mask) // 2 for mask in masks)
    row, column = torch.arange(height * width) // width, torch.arange(height * width) % width
    return ((row - row[:, None]).abs() <= reach) & ((column - column[:, None]).abs() <= reach)


@wrong(
    "counts that overflow",
    says="You multiply the numbers of paths, and behind many layers these leave the range of floating point. Turn each "
    "layer's product back into 0 and 1.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    field = torch.eye(height * width)
    row, column = torch.arange(height).repeat_interleave(width), torch.arange(width).repeat(height)
    for mask in masks:
        framed, size = torch.nn.functional.pad(mask, (1, 1, 1, 1)), len(mask) + 1
        down, right = (axis - axis[:, None] + len(mask) // 2 + 1 for axis in (row, column))
        field = framed[down.clamp(0, size), right.clamp(0, size)].float() @ field
    return field > 0


@wrong(
    "the kernel turned around",
    says="Your kernel is turned by half a turn, as a convolution of the textbooks turns it: its first tap looks "
    "down and to the right. PyTorch's does not turn it: row 0 multiplies the row above, column 0 the pixel to "
    "the left.",
    page="autoregressive/blind-spot",
    loses={"test_receptive_field_layer": 1, "test_receptive_field_stack": 1},
)
def receptive_field(masks, height, width):
    images = torch.eye(height * width, dtype=torch.float64).reshape(-1, 1, height, width)
    for mask in masks:
        kernel = mask.double().flip(0, 1)[None, None]
        images = torch.conv2d(images, kernel, padding=len(mask) // 2).clamp(max=1)
    return images.flatten(1).T > 0.5
