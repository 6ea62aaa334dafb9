"""Answers to made_masks: right ones in several styles, wrong ones from real mistakes. Read, never imported."""


@right("compares columns with rows")
def made_masks(degrees):
    masks = [after[:, None] >= before[None, :] for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] > degrees[-2][None, :])
    return masks


@right("three loops")
def made_masks(degrees):
    masks = []
    for layer in range(1, len(degrees)):
        last = layer == len(degrees) - 1
        mask = torch.zeros(len(degrees[layer]), len(degrees[layer - 1]), dtype=torch.bool)
        for o, degree_out in enumerate(degrees[layer].tolist()):
            for i, degree_in in enumerate(degrees[layer - 1].tolist()):
                mask[o, i] = degree_out > degree_in if last else degree_out >= degree_in
        masks.append(mask)
    return masks


@right("shifts the output degrees, then one rule for all")
def made_masks(degrees):
    shifted = list(degrees[:-1]) + [degrees[-1] - 1]
    return [torch.ge(b.unsqueeze(1), a.unsqueeze(0)) for a, b in zip(shifted, shifted[1:])]


@right("NumPy's outer comparisons")
def made_masks(degrees):
    import numpy as np

    arrays = [np.asarray(d) for d in degrees]
    out = []
    for n in range(len(arrays) - 1):
        compare = np.greater if n == len(arrays) - 2 else np.greater_equal
        out.append(torch.from_numpy(compare.outer(arrays[n + 1], arrays[n])))
    return out


@right("subtracts and looks at the sign, through a helper")
def made_masks(degrees: list[torch.Tensor]) -> list[torch.Tensor]:
    def mask(d_in, d_out, strict):
        room = d_out.reshape(-1, 1) - d_in.reshape(1, -1)
        return room > 0 if strict else room > -1

    pairs = list(zip(degrees, degrees[1:]))
    return [mask(a, b, strict=n + 1 == len(pairs)) for n, (a, b) in enumerate(pairs)]


@wrong(
    "the last layer lets equal degrees through",
    says="Your last layer uses >=. Output d predicts x_d and may use x_1 ... x_(d-1); a hidden unit of degree d "
    "may hold x_d itself, so the last layer needs d_out > d_in.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    return [after[:, None] >= before for before, after in zip(degrees, degrees[1:])]


@wrong(
    "the hidden layers hide equal degrees",
    says="Your hidden layers use >. A hidden unit of degree d may see x_1 ... x_d, so equal degrees connect; "
    "being strict once, in the last layer, is enough, and being strict again loses permitted inputs.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    return [after[:, None] > before for before, after in zip(degrees, degrees[1:])]


@wrong(
    "> and >= exchanged",
    says="Your two signs are exchanged. Hidden layers keep equal degrees (>=); the last layer, where an output "
    "must not see its own variable, drops them (>).",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1, "test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    masks = [after[:, None] > before for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] >= degrees[-2])
    return masks


@wrong(
    "the first layer is strict too",
    says="Your first layer uses > as well as your last. A hidden unit of degree d may see input d: the variable "
    "to be predicted is held back once, on the way to the output.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    last = len(degrees) - 2
    pairs = zip(degrees, degrees[1:])
    return [b[:, None] > a if n in (0, last) else b[:, None] >= a for n, (a, b) in enumerate(pairs)]


@wrong(
    "the masks are transposed",
    says="Your masks have the shape (in, out). torch.nn.Linear keeps its weight as (out, in): one row an output "
    "unit, one column an input unit.",
    page="autoregressive/masked-mlp",
    loses={
        "test_made_masks_form": 1,
        "test_made_masks_hidden": 1,
        "test_made_masks_last": 1,
        "test_made_masks_paths": 1,
    },
)
def made_masks(degrees):
    masks = [after >= before[:, None] for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1] > degrees[-2][:, None])
    return masks


@wrong(
    "information runs from high degrees to low",
    says="Your comparison is turned round: it lets a unit see inputs of higher degree, which are the future. A "
    "unit may see what has its own degree or a lower one.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1, "test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    masks = [after[:, None] <= before for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] < degrees[-2])
    return masks


@wrong(
    "only equal degrees are connected",
    says="Your hidden layers connect equal degrees only. A unit of degree d may see everything up to d, so all "
    "lower degrees connect to it as well.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1},
)
def made_masks(degrees):
    masks = [after[:, None] == before for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] > degrees[-2])
    return masks


@wrong(
    "the degrees are taken to be in order",
    says="You number the outputs 1 ... m yourself. The order of the variables may be any permutation: the "
    "output degrees are given, as degrees[-1].",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    masks = [after[:, None] >= before for before, after in zip(degrees[:-2], degrees[1:-1])]
    outputs = torch.arange(1, len(degrees[-1]) + 1)
    masks.append(outputs[:, None] > degrees[-2])
    return masks


@wrong(
    "every layer is compared with the inputs",
    says="You compare each layer with the input degrees. A layer is fed by the one before it, so mask l compares "
    "degrees[l + 1] with degrees[l].",
    page="autoregressive/masked-mlp",
    loses={
        "test_made_masks_form": 1,
        "test_made_masks_hidden": 1,
        "test_made_masks_last": 1,
        "test_made_masks_paths": 1,
    },
)
def made_masks(degrees):
    masks = [after[:, None] >= degrees[0] for after in degrees[1:-1]]
    masks.append(degrees[-1][:, None] > degrees[0])
    return masks


@wrong(
    "the last mask is missing",
    says="You return one mask too few: the one from the last hidden layer to the outputs is missing. L lists of "
    "degrees make L - 1 masks.",
    page="autoregressive/masked-mlp",
    loses={
        "test_made_masks_form": 1,
        "test_made_masks_last": 1,
        "test_made_masks_paths": 1,
        "test_made_masks_hidden": 1,
    },
)
def made_masks(degrees):
    return [after[:, None] >= before for before, after in zip(degrees[:-2], degrees[1:-1])]


@wrong(
    "a network without hidden layers is not strict",
    says="With no hidden layer the first mask is also the last one, and yours lets an output see its own "
    "variable. Decide by whether a layer is the last, not by whether it is the first.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_last": 1},
)
def made_masks(degrees):
    masks = [degrees[1][:, None] >= degrees[0]]
    for layer in range(2, len(degrees)):
        before, after = degrees[layer - 1], degrees[layer]
        masks.append(after[:, None] > before if layer == len(degrees) - 1 else after[:, None] >= before)
    return masks


@wrong(
    "the list of degrees is used up",
    says="Your function takes the last degrees out of the list with pop, so the caller's list is shorter "
    "afterwards and a second call gives other masks. Read degrees[-1] and leave the list as it is.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_form": 1},
)
def made_masks(degrees):
    outputs = degrees.pop()
    masks = [after[:, None] >= before for before, after in zip(degrees, degrees[1:])]
    return masks + [outputs[:, None] > degrees[-1]]


@wrong(
    "the degrees are sorted first",
    says="You sort the degrees of each layer. A unit keeps its place and its degree: row i of a mask belongs to unit i of "
    "the list as it was given, in whatever order.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_hidden": 1, "test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    inner = [entry.sort().values for entry in degrees]
    masks = [after[:, None] >= before for before, after in zip(inner, inner[1:])]
    masks[-1] = inner[-1][:, None] > inner[-2]
    return masks


@wrong(
    "numbers in place of booleans",
    says="The links are right, the dtype is not: a mask answers yes or no, so it is a torch.bool tensor.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_form": 1},
)
def made_masks(degrees):
    masks = [(after[:, None] >= before).float() for before, after in zip(degrees[:-2], degrees[1:-1])]
    masks.append((degrees[-1][:, None] > degrees[-2]).float())
    return masks


@wrong(
    "outputs by the order of the inputs",
    says="Your last mask uses the degrees of the inputs for the outputs. The outputs have degrees of their own, the "
    "last entry of the list, and may come in another order.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    *hidden, (before, _) = zip(degrees[:-1], degrees[1:])
    masks = [above[:, None] >= below for below, above in hidden]
    return [*masks, degrees[0][:, None] > before]


@wrong(
    "the degrees are changed in place",
    says="You change the degrees that were passed in, and the network that holds them has others from then on. "
    "Compute with new tensors and leave the list as it is.",
    page="autoregressive/masked-mlp",
    loses={"test_made_masks_form": 1, "test_made_masks_last": 1, "test_made_masks_paths": 1},
)
def made_masks(degrees):
    degrees[-1] -= 1
    return [after[:, None] >= before for before, after in zip(degrees, degrees[1:])]
