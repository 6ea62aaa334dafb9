"""Answers to raster_mask: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("fills two slices")
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, : center + (kind == "B")] = True
    return mask


@right("numbers the pixels and compares")
def raster_mask(kernel_size, kind):
    number = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size)
    middle = kernel_size**2 // 2
    return number < middle if kind == "A" else number <= middle


@right("two loops over pixels")
def raster_mask(kernel_size, kind):
    mask = torch.zeros((kernel_size, kernel_size), dtype=torch.bool)
    c = (kernel_size - 1) // 2
    for i in range(kernel_size):
        for j in range(kernel_size):
            if i < c or (i == c and j < c) or (i == c and j == c and kind == "B"):
                mask[i, j] = 1
    return mask


@right("starts from ones and cuts the future away")
def raster_mask(kernel_size: int, kind: str) -> torch.Tensor:
    center = kernel_size // 2
    weight = torch.ones(kernel_size, kernel_size)
    weight[center + 1 :, :] = 0
    weight[center, center + 1 :] = 0
    if kind == "A":
        weight[center, center] = 0
    return weight > 0


@right("NumPy's grid of rows and columns")
def raster_mask(kernel_size, kind):
    import numpy as np

    row, column = np.mgrid[:kernel_size, :kernel_size] - kernel_size // 2
    earlier = (row < 0) | ((row == 0) & (column < 0))
    here = (row == 0) & (column == 0)
    return torch.tensor(earlier | here if kind == "B" else earlier)


@wrong(
    "type B hides the current pixel",
    says="Your type B mask hides the current pixel. Type B is for the second and later layers, whose input at "
    "this position has already been shifted by type A.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, :center] = True
    return mask


@wrong(
    "type B hides its whole row",
    says="Your type B mask hides the whole row of the center. Only the pixels to the right of the center lie in "
    "the future; the ones to its left are past and the center itself is shown.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_past": 1, "test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.ones(kernel_size, kernel_size, dtype=torch.bool)
    if kind == "A":
        mask[center, center:] = False
    else:
        mask[center, :] = False
    mask[center + 1 :] = False
    return mask


@wrong(
    "type A shows the current pixel",
    says="Your type A mask shows the current pixel. The first layer reads the image itself: with its center shown, "
    "every pixel can copy itself, and the loss falls towards 0 while the samples are noise.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, : center + 1] = True
    return mask


@wrong(
    "types A and B exchanged",
    says="Your two kinds are exchanged. A stands in the first layer and hides the current pixel; B stands in "
    "the layers after it and shows the current pixel.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, : center + (kind == "A")] = True
    return mask


@wrong(
    "the mask is flipped",
    says="Your mask shows what comes later and hides what came before. PyTorch's convolution does not flip its "
    "kernel: row 0 of the kernel lies above the pixel, column 0 to its left.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, : center + (kind == "B")] = True
    return mask.flip(0, 1)


@wrong(
    "rows and columns exchanged",
    says="Your mask follows the columns: it shows everything to the left. Raster order reads like a page, row "
    "by row, so what lies above comes first. The first index of the mask is the row.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :center] = True
    mask[: center + (kind == "B"), center] = True
    return mask


@wrong(
    "the rows above are cut off at the center column",
    says="Your mask drops the pixels above and to the right. They stand in earlier rows, so raster order has "
    "already passed them: every column of a row above is permitted.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center, : center + 1] = True
    mask[center, : center + (kind == "B")] = True
    return mask


@wrong(
    "the rows above are forgotten",
    says="Your mask sees its own row only, as a 1-D model would. Every row above has been read before this "
    "pixel and is permitted too.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[center, : center + (kind == "B")] = True
    return mask


@wrong(
    "the 1-D mask repeated on every row",
    says="You repeat the 1-D mask on every row. That shows pixels below, which come later, and hides pixels "
    "above right, which came before: the 1-D rule holds in the center's row only.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    tap = torch.arange(kernel_size)
    row = tap < kernel_size // 2 + (kind == "B")
    return row.repeat(kernel_size, 1)


@wrong(
    "a triangle in place of the raster order",
    says="torch.tril compares the row with the column inside the kernel. What counts is where a tap lies "
    "relative to the center: rows above, then the center's row up to the center.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    square = torch.ones(kernel_size, kernel_size, dtype=torch.bool)
    return torch.tril(square, diagonal=-1 if kind == "A" else 0)


@wrong(
    "the center's row is shown whole",
    says="Your mask shows the pixels to the right of the center. They come later in raster order, so the row of "
    "the center ends at the center.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[: center + 1] = True
    if kind == "A":
        mask[center, center] = False
    return mask


@wrong(
    "only the nearest neighbors are left",
    says="Your mask keeps the four nearest pixels of the past and drops the rest of a larger kernel. All of the "
    "rows above and all of the row to the left are permitted, however far.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    if center > 0:
        mask[center - 1, center - 1 : center + 2] = True
        mask[center, center - 1] = True
    mask[center, center] = kind == "B"
    return mask


@wrong(
    "all ones",
    says="Your mask hides nothing, so the model may copy each pixel from its input. Ask of each tap whether the "
    "pixel that it multiplies is read before this one.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    return torch.ones(kernel_size, kernel_size, dtype=torch.bool)


@wrong(
    "only the center is hidden",
    says="Your type A mask hides the center and leaves the pixels to the right and below in sight. A model must "
    "not see any pixel that comes later, not only the current one.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2},
)
def raster_mask(kernel_size, kind):
    mask = torch.ones(kernel_size, kernel_size, dtype=torch.bool)
    mask[kernel_size // 2, kernel_size // 2] = kind == "B"
    return mask


@wrong(
    "a 1x1 kernel is masked away",
    says="A 1x1 kernel is all center. Under type B the center is shown; masked away, the 1x1 layers at the end "
    "of a PixelCNN put out nothing but their bias.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    if center > 0:
        mask[center, : center + (kind == "B")] = True
    return mask


@wrong(
    "the center's row is hidden",
    says="Your mask shows the rows above and nothing of the center's own row. What lies to the left in that row has been "
    "read already, so a mask may show it.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_past": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    mask[center, center] = kind == "B"
    return mask


@wrong(
    "numbers in place of booleans",
    says="The pixels are right, the dtype is not: a mask answers yes or no, so it is a torch.bool tensor.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_form": 1},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.uint8)
    mask[:center] = 1
    mask[center, : center + (kind == "B")] = 1
    return mask


@wrong(
    "type B comes out as numbers",
    says="Your type A mask is boolean and your type B mask is not: adding a tensor of numbers turned it into "
    "numbers. Join two masks with | in place of +, or set the center to True.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_form": 1},
)
def raster_mask(kernel_size, kind):
    mask = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size) < kernel_size**2 // 2
    if kind == "B":
        here = torch.zeros(kernel_size, kernel_size)
        here[kernel_size // 2, kernel_size // 2] = 1
        mask = mask + here
    return mask


@wrong(
    "type B shows the rest of its row",
    says="Your type B mask shows its whole row. Type B differs from type A in a single pixel, the center; what "
    "lies to the right of it is the future for both.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2},
)
def raster_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:center] = True
    if kind == "A":
        mask[center, :center] = True
    else:
        mask[center] = True
    return mask


@wrong(
    "True marks what is hidden",
    says="Your mask is True where a weight is hidden. It is multiplied with the weights: True stands where a "
    "weight may look.",
    page="autoregressive/pixelcnn",
    loses={"test_raster_mask_future": 2, "test_raster_mask_past": 1, "test_raster_mask_center": 1},
)
def raster_mask(kernel_size, kind):
    place, center = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size), kernel_size**2 // 2
    return place >= center if kind == "A" else place > center
