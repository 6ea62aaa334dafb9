@wrong("the order of the inputs at both ends", "outputs by the order of the inputs")
def made_masks(degrees):
    degrees = [*degrees[:-1], degrees[0]]
    masks = [b[:, None] >= a[None] for a, b in zip(degrees[:-2], degrees[1:-1])]
    masks.append(degrees[-1][:, None] > degrees[-2][None])
    return masks
