@wrong("the order of the inputs at both ends", "outputs by the order of the inputs")
def made_masks(degrees):
    degrees = [*degrees[:-1], degrees[0]]
    masks = [b[:, None] >= a[None] for a, b in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] > degrees[-2][None])
    return masks


@right("an outer comparison, with numpy")
def made_masks(degrees):
    import numpy as np
    masks = []
    for number, (before, after) in enumerate(zip(degrees, degrees[1:]), start=1):
        compare = np.greater if number == len(degrees) - 1 else np.greater_equal
        masks.append(torch.from_numpy(compare.outer(after.numpy(), before.numpy())))
    return masks


@wrong("strict everywhere", "the hidden layers hide equal degrees")
def made_masks(degrees):
    return [after[:, None] > before for before, after in zip(degrees, degrees[1:])]


@wrong("never strict", "the last layer lets equal degrees through")
def made_masks(degrees):
    return [after[:, None] >= before for before, after in zip(degrees, degrees[1:])]


@wrong("sorted first", "the degrees are sorted first")
def made_masks(degrees):
    degrees = [entry.sort()[0] for entry in degrees]
    last = len(degrees) - 2
    return [degrees[l + 1][:, None] > degrees[l] if l == last else degrees[l + 1][:, None] >= degrees[l]
            for l in range(last + 1)]


@wrong("a narrow layer's successor compared with the inputs")
def made_masks(degrees):
    inputs, pairs = degrees[0], list(zip(degrees, degrees[1:]))
    hidden = [after[:, None] >= (inputs[: len(before)] if len(before) <= len(inputs) else before)
              for before, after in pairs[:-1]]
    return hidden + [degrees[-1][:, None] > degrees[-2]]


@wrong("the outputs lowered in place", "the degrees are changed in place")
def made_masks(degrees):
    degrees[-1] -= 1
    return [after[:, None] >= before for before, after in zip(degrees, degrees[1:])]


@right("every difference, the outputs lowered by one")
def made_masks(degrees):
    shifted = [*degrees[:-1], degrees[-1] - 1]
    return [after.view(-1, 1).sub(before).clamp(min=-1).add(1).bool() for before, after in zip(shifted, shifted[1:])]
