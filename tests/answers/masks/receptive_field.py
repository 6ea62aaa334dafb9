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
