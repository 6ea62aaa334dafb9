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
