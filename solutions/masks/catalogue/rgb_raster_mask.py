"""Answers to rgb_raster_mask: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("broadcasts colors against colors")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    if kind == "A":
        mask[:, :, c, c] = color_in[None, :] < color_out[:, None]
    else:
        mask[:, :, c, c] = color_in[None, :] <= color_out[:, None]
    return mask


@right("four loops")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    middle = kernel_size // 2
    for o in range(out_channels):
        for i in range(in_channels):
            color_out = o // (out_channels // groups)
            color_in = i // (in_channels // groups)
            for row in range(kernel_size):
                for column in range(kernel_size):
                    here = (row, column) == (middle, middle)
                    if (row, column) < (middle, middle):
                        mask[o, i, row, column] = True
                    elif here and color_in < color_out:
                        mask[o, i, row, column] = True
                    elif here and color_in == color_out and kind == "B":
                        mask[o, i, row, column] = True
    return mask


@right("a triangle of colors, stretched to channels")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    colors = torch.ones(groups, groups, dtype=torch.bool).tril(-1 if kind == "A" else 0)
    center = colors.repeat_interleave(out_channels // groups, 0).repeat_interleave(in_channels // groups, 1)
    mask = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size) < kernel_size**2 // 2
    mask = mask.expand(out_channels, in_channels, kernel_size, kernel_size).clone()
    mask[..., kernel_size // 2, kernel_size // 2] = center
    return mask


@right("NumPy's Kronecker product")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    import numpy as np

    pixels = kernel_size * kernel_size
    past = np.arange(pixels) < pixels // 2
    here = np.arange(pixels) == pixels // 2
    colors = np.tril(np.ones((groups, groups)), -1 if kind == "A" else 0)
    center = np.kron(colors, np.ones((out_channels // groups, in_channels // groups)))
    mask = past[None, None, :] + center[:, :, None] * here[None, None, :]
    return torch.tensor(mask.reshape(out_channels, in_channels, kernel_size, kernel_size) > 0)


@right("numbers every color of every pixel, with einsum for the blocks")
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    number = torch.arange(kernel_size**2 * groups).reshape(kernel_size, kernel_size, groups)
    target = number[kernel_size // 2, kernel_size // 2]
    shown = number[None] < target[:, None, None, None] + (kind == "B")
    blocks_in = torch.eye(groups).repeat_interleave(in_channels // groups, 0)
    blocks_out = torch.eye(groups).repeat_interleave(out_channels // groups, 0)
    return torch.einsum("og,ghwc,ic->oihw", blocks_out, shown.float(), blocks_in) > 0


@wrong(
    "type A hides every color of the center",
    says="Your type A mask hides all colors of the current pixel. Green may look at the red of the same pixel, "
    "and blue at both: A hides the own color and the later ones, not the earlier ones.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_center_a": 1, "test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    if kind == "B":
        mask[:, :, c, c] = color_in <= color_out[:, None]
    return mask


@wrong(
    "type B shows every color of the center",
    says="Your type B mask shows all colors of the current pixel, so red sees green and blue, which are drawn "
    "after it. Type B adds the own color to what type A shows, and no later one.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_center_b": 1, "test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] if kind == "A" else True
    return mask


@wrong(
    "the colors of the center are ignored",
    says="You use the one-channel rule for every pair of channels: A hides the whole center, B shows the whole "
    "center. Within the center pixel the colors have an order of their own: red, then green, then blue.",
    page="autoregressive/colors",
    loses={
        "test_rgb_raster_mask_center_a": 1,
        "test_rgb_raster_mask_center_b": 1,
        "test_rgb_raster_mask_blocks": 1,
    },
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    c = kernel_size // 2
    mask = torch.zeros(kernel_size, kernel_size, dtype=torch.bool)
    mask[:c] = True
    mask[c, : c + (kind == "B")] = True
    return mask.expand(out_channels, in_channels, -1, -1).clone()


@wrong(
    "type A shows the own color",
    says="Your type A mask lets a color see itself. In the first layer the input is the image, so green would "
    "be handed the very value that it has to predict: < for type A, <= for type B.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_center_a": 1, "test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in <= color_out[:, None]
    return mask


@wrong(
    "type B hides the own color",
    says="Your type B mask hides the own color of the current pixel. After the first layer the features at this "
    "place no longer hold the value to be predicted, so they may be seen: <= for type B.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_center_b": 1, "test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None]
    return mask


@wrong(
    "blue comes first",
    says="Your colors run backwards: an output color sees the input colors after it. mask[o, i] asks whether "
    "output o may see input i; it may if the color of i comes before the color of o.",
    page="autoregressive/colors",
    loses={
        "test_rgb_raster_mask_center_a": 1,
        "test_rgb_raster_mask_center_b": 1,
        "test_rgb_raster_mask_blocks": 1,
    },
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    if kind == "A":
        mask[:, :, c, c] = color_in > color_out[:, None]
    else:
        mask[:, :, c, c] = color_in >= color_out[:, None]
    return mask


@wrong(
    "input and output axes exchanged",
    says="Your mask has the shape (in, out, k, k). A convolution stores its weight as (out, in, k, k): the "
    "output channel comes first.",
    page="autoregressive/colors",
    loses={
        "test_rgb_raster_mask_form": 1,
        "test_rgb_raster_mask_center_a": 1,
        "test_rgb_raster_mask_center_b": 1,
        "test_rgb_raster_mask_blocks": 1,
    },
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(in_channels, out_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    if kind == "A":
        mask[:, :, c, c] = color_in[:, None] < color_out
    else:
        mask[:, :, c, c] = color_in[:, None] <= color_out
    return mask


@wrong(
    "the colors alternate from channel to channel",
    says="You give channel c the color c % groups. Channels lie in blocks: the first third is red, the next "
    "green, the last blue, so the color is c // (channels // groups).",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) % groups
    color_out = torch.arange(out_channels) % groups
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "channels are compared in place of colors",
    says="You compare channel numbers. Two channels of one block have the same color: turn channel numbers into "
    "colors first, then compare the colors.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    channel_in = torch.arange(in_channels)
    channel_out = torch.arange(out_channels)
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = channel_in < channel_out[:, None] + (kind == "B")
    return mask


@wrong(
    "one block size for inputs and outputs",
    says="You use the block size of the input channels for the output channels too. The two sides differ in "
    "number, so each has its own block size: channels // groups.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    block = in_channels // groups
    color_in = torch.arange(in_channels) // block
    color_out = torch.arange(out_channels) // block
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "always three colors",
    says="Your mask is made for three colors whatever groups says. With groups=1 there is one color, and a model "
    "may as well have two or four: count the colors with groups.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * 3 // in_channels
    color_out = torch.arange(out_channels) * 3 // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "thirds of the channels, or gray",
    says="Your mask knows gray and RGB, and cuts the channels into thirds for every other number of colors. "
    "Cut them into groups blocks: with two colors there are two.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    c, shown = kernel_size // 2, kind == "B"
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, :] = True
    mask[:, :, c, :c] = True
    if groups == 1:
        mask[:, :, c, c] = shown
        return mask
    a, b = in_channels // 3, out_channels // 3
    for color in range(3):
        mask[b * color : b * (color + 1), : a * (color + shown), c, c] = True
    return mask


@wrong(
    "the color rule is applied to every pixel",
    says="You hide later colors in the neighbors too. A pixel above or to the left is finished, with all its "
    "colors: the order of colors matters within the center pixel only.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_neighbors": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    colors = color_in < color_out[:, None] + (kind == "B")
    past = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size) <= kernel_size**2 // 2
    return colors[:, :, None, None] & past


@wrong(
    "the mask is flipped",
    says="Your colors are right and your pixels are mirrored: the mask shows the rows below and the pixels to "
    "the right. Row 0 of the kernel lies above the pixel, column 0 to its left.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_neighbors": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, c + 1 :, :] = True
    mask[:, :, c, c + 1 :] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "the past ends at the center's column",
    says="Your mask shows the rows above up to the center's column and hides what lies above on the right. The rows "
    "above are finished: they are seen from end to end.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_neighbors": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :c, : c + 1] = True
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "the rows above are left out",
    says="Your mask shows the center's row alone. In raster order the rows above have been read too, with all their "
    "colors: show them.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_neighbors": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, c, :c] = True
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "all ones",
    says="Your mask hides nothing. Go through the three places of a tap one by one: an earlier pixel, a later "
    "pixel, and the center, where the colors decide.",
    page="autoregressive/colors",
    loses={
        "test_rgb_raster_mask_neighbors": 1,
        "test_rgb_raster_mask_center_a": 1,
        "test_rgb_raster_mask_center_b": 1,
        "test_rgb_raster_mask_blocks": 1,
    },
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    return torch.ones(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)


@wrong(
    "numbers in place of booleans",
    says="The taps are right, the dtype is not: a mask answers yes or no, so it is a torch.bool tensor.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_form": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    color_in = torch.arange(in_channels) * groups // in_channels
    color_out = torch.arange(out_channels) * groups // out_channels
    c = kernel_size // 2
    mask = torch.zeros(out_channels, in_channels, kernel_size, kernel_size)
    mask[:, :, :c, :] = 1
    mask[:, :, c, :c] = 1
    mask[:, :, c, c] = (color_in < color_out[:, None] + (kind == "B")).float()
    return mask


@wrong(
    "a gray mask loses its channel axes",
    says="For groups=1 you return a mask of shape (k, k). A gray image is the case of one color, no exception: "
    "the mask keeps its two channel axes, (out, in, k, k).",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_form": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    past = torch.arange(kernel_size**2).reshape(kernel_size, kernel_size) < kernel_size**2 // 2
    c = kernel_size // 2
    if groups == 1:
        past[c, c] = kind == "B"
        return past
    color_in = torch.arange(groups).repeat_interleave(in_channels // groups)
    color_out = torch.arange(out_channels) // (out_channels // groups)
    mask = past.repeat(out_channels, in_channels, 1, 1)
    mask[:, :, c, c] = color_in < color_out[:, None] + (kind == "B")
    return mask


@wrong(
    "types A and B exchanged for gray images",
    says="With one color your types A and B are exchanged. A gray center is hidden by type A and shown by type B, as "
    "the first of many colors is.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_center_a": 1, "test_rgb_raster_mask_center_b": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    area, center = kernel_size**2, kernel_size // 2
    past = (torch.arange(area) < area // 2).reshape(kernel_size, kernel_size)
    mask = past.repeat(out_channels, in_channels, 1, 1)
    color_in, color_out = (torch.arange(n) // (n // groups) for n in (in_channels, out_channels))
    shown = kind == ("A" if groups == 1 else "B")
    mask[:, :, center, center] = color_in < color_out[:, None] + shown
    return mask


@wrong(
    "True marks what is hidden",
    says="Your mask is True where a weight is hidden. It is multiplied with the weights: True stands where a "
    "weight may look.",
    page="autoregressive/colors",
    loses={"test_rgb_raster_mask_neighbors": 1, "test_rgb_raster_mask_center_a": 1, "test_rgb_raster_mask_center_b": 1, "test_rgb_raster_mask_blocks": 1},
)
def rgb_raster_mask(kernel_size, kind, in_channels=1, out_channels=1, groups=1):
    center = kernel_size // 2
    color_in = torch.arange(groups).repeat_interleave(in_channels // groups)
    color_out = torch.arange(groups).repeat_interleave(out_channels // groups)[:, None]
    mask = torch.ones(out_channels, in_channels, kernel_size, kernel_size, dtype=torch.bool)
    mask[:, :, :center] = False
    mask[:, :, center, :center] = False
    mask[:, :, center, center] = color_in >= color_out if kind == "A" else color_in > color_out
    return mask
