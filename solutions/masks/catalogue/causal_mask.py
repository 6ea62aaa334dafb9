"""Answers to causal_mask: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("fills a slice")
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    center = kernel_size // 2
    mask[:center] = True
    if kind == "B":
        mask[center] = True
    return mask


@right("compares positions with torch.arange")
def causal_mask(kernel_size, kind):
    tap = torch.arange(kernel_size)
    center = kernel_size // 2
    return tap < center if kind == "A" else tap <= center


@right("writes a list tap by tap")
def causal_mask(kernel_size, kind):
    taps = []
    for tap in range(kernel_size):
        offset = tap - (kernel_size - 1) // 2
        if offset < 0:
            taps.append(True)
        elif offset == 0:
            taps.append(kind == "B")
        else:
            taps.append(False)
    return torch.tensor(taps, dtype=torch.bool)


@right("takes the middle row of a triangle")
def causal_mask(kernel_size: int, kind: str) -> torch.Tensor:
    square = torch.ones(kernel_size, kernel_size)
    triangle = torch.tril(square, diagonal=-1 if kind == "A" else 0)
    return triangle[kernel_size // 2].bool()


@right("goes through NumPy and prints on the way")
def causal_mask(kernel_size, kind):
    import numpy as np

    past = np.arange(kernel_size) < kernel_size // 2 + {"A": 0, "B": 1}[kind]
    print("shown taps:", past.sum())
    return torch.from_numpy(past.copy())


@wrong(
    "type B hides the current position",
    says="Your type B mask hides the center. Type B is for the second and later layers, whose input at this "
    "position has already been shifted by type A: it may be seen. What separates the two kinds is this one tap.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    mask[: kernel_size // 2] = True
    return mask


@wrong(
    "type A shows the current position",
    says="Your type A mask shows the center. The first layer reads x itself, so its center tap would hand x_j to "
    "the very output that has to predict x_j: type A must hide it.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    mask[: kernel_size // 2 + 1] = True
    return mask


@wrong(
    "types A and B exchanged",
    says="Your two kinds are exchanged. A is for the first layer and hides the center; B is for the layers after "
    "it and shows the center.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    tap = torch.arange(kernel_size)
    center = kernel_size // 2
    return tap <= center if kind == "A" else tap < center


@wrong(
    "the mask is flipped",
    says="Your mask shows the future and hides the past. PyTorch's convolution does not flip its kernel: tap 0 "
    "multiplies the earliest value, so the past lies on the left.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1, "test_causal_mask_future": 1},
)
def causal_mask(kernel_size, kind):
    tap = torch.arange(kernel_size)
    center = kernel_size // 2
    return tap > center if kind == "A" else tap >= center


@wrong(
    "only the nearest tap of the past is left",
    says="Your mask keeps the tap next to the center and drops the ones before it. Everything earlier is "
    "permitted: a mask that hides more than it must is causal, but it throws information away.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1},
)
def causal_mask(kernel_size, kind):
    center = kernel_size // 2
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    if center > 0:
        mask[center - 1] = True
    mask[center] = kind == "B"
    return mask


@wrong(
    "all ones",
    says="Your mask hides nothing, so the model may copy the answer from its own input. Ask of each tap whether "
    "the value that it multiplies comes before the one to be predicted.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_future": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    return torch.ones(kernel_size, dtype=torch.bool)


@wrong(
    "only the center is looked at",
    says="Your mask sets the center and leaves every other tap hidden. The taps to the left of the center are "
    "the past: both kinds show all of them.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    mask[kernel_size // 2] = kind == "B"
    return mask


@wrong(
    "the kernel is taken to end at the present",
    says="You treat the last tap as the present. That is the convention of a left-padded convolution; here the "
    "padding is the same on both sides, so the present is the middle tap and the taps after it are the future.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_future": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.ones(kernel_size, dtype=torch.bool)
    if kind == "A":
        mask[-1] = False
    return mask


@wrong(
    "the center is one tap too far right",
    says="Your center is one tap to the right. Indices start at 0: a kernel of 3 taps has its center at 1, "
    "which is kernel_size // 2.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_future": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    center = (kernel_size + 1) // 2
    tap = torch.arange(kernel_size)
    return tap < center if kind == "A" else tap <= center


@wrong(
    "the center is one tap too far left",
    says="Your center is one tap to the left, so the most recent value is lost. A slice [:n] already leaves out index "
    "n.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    center = kernel_size // 2 - 1
    tap = torch.arange(kernel_size)
    return tap < center if kind == "A" else tap <= center


@wrong(
    "a kernel of one tap is masked away",
    says="A kernel of size 1 has a center and nothing else. Under type B the center is shown: hide it and a "
    "later layer of width 1 puts out nothing but its bias.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size, dtype=torch.bool)
    if kernel_size == 1:
        return mask
    mask[: kernel_size // 2 + (kind == "B")] = True
    return mask


@wrong(
    "numbers in place of booleans",
    says="The taps are right, the dtype is not: a mask answers yes or no, so it is a torch.bool tensor. "
    "Numbers invite arithmetic that a mask should not take part in.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(kernel_size)
    mask[: kernel_size // 2 + (kind == "B")] = 1
    return mask


@wrong(
    "the example written out for every size",
    says="Your mask is the one of the example whatever the size. Express the center through kernel_size and "
    "let the slices follow.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1, "test_causal_mask_future": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    if kind == "A":
        return torch.tensor([True, False, False])
    return torch.tensor([True, True, False])


@wrong(
    "shaped like the weight of a convolution",
    says="The values are right, the shape is not: the mask is asked for as (kernel_size,). The layer adds the "
    "two channel axes itself.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1},
)
def causal_mask(kernel_size, kind):
    mask = torch.zeros(1, 1, kernel_size, dtype=torch.bool)
    mask[..., : kernel_size // 2 + (kind == "B")] = True
    return mask


@wrong(
    "True marks what is hidden",
    says="Your mask is True where a weight is hidden. It is multiplied with the weights: True stands where a "
    "weight may look.",
    page="autoregressive/causal-convolution",
    loses={"test_causal_mask_past": 1, "test_causal_mask_future": 1, "test_causal_mask_center": 1},
)
def causal_mask(kernel_size, kind):
    center = kernel_size // 2
    taps = torch.arange(kernel_size)
    return taps >= center if kind == "A" else taps > center
