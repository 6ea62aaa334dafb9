"""Networks with masks: MADE with its degrees, three colors in two layers, the two stacks of a gated PixelCNN."""

from __future__ import annotations

from gdm_figures.canvas import Canvas

DEGREES = ((1, 2, 3), (1, 2, 1, 2), (1, 2, 1, 2), (1, 2, 3))
"""Of inputs, two hidden layers and outputs. Output j may read what has a degree below j."""
LINK = {"R": "two", "G": "three", "B": "one"}


def _allowed(low: int, high: int, last: bool) -> bool:
    return low < high if last else low <= high


def made_degrees() -> Canvas:
    """Every link that the degrees allow; those that lead to the last output are emphasized."""
    canvas = Canvas(360, 274)
    ys = (254, 186, 118, 48)
    places = []
    for y, layer in zip(ys, DEGREES, strict=True):
        gap = 250 / len(layer)
        places.append([(102 + gap * (k + 0.5), y) for k in range(len(layer))])
    for level in range(3):
        for a, low in zip(places[level], DEGREES[level], strict=True):
            for b, high in zip(places[level + 1], DEGREES[level + 1], strict=True):
                if _allowed(low, high, level == 2):
                    role = {1: "one", 2: "three", 3: "line"}[low]
                    canvas.arrow((a[0], a[1] - 15), (b[0] + (a[0] - b[0]) * 0.12, b[1] + 16), role, 1.4, 5)
    fills = {1: "one-pale", 2: "three-pale", 3: "pale"}
    for level, (layer, row) in enumerate(zip(DEGREES, places, strict=True)):
        for degree, place in zip(layer, row, strict=True):
            canvas.circle(place, 15, fills[degree] if level < 3 else "two-pale", "line" if level < 3 else "two")
            canvas.text(place, str(degree), size=13)
    for k, (x, y) in enumerate(places[0], 1):
        canvas.math((x + 28, y), f"x_{k}")
        canvas.math((places[3][k - 1][0], 20), ("p(x_1)", "p(x_2|x_1)", "p(x_3|x_1,x_2)")[k - 1], "soft", 13)
    for y, words in zip(ys, ("inputs", "hidden 1", "hidden 2", "outputs"), strict=True):
        canvas.text((2, y), words, "soft", 12, "start")
    return canvas


def rgb_masks() -> Canvas:
    """Type A: blue reads green and red of its own pixel, never itself. Type B: itself as well. All read the context."""
    canvas = Canvas(360, 262)
    columns = {"R": 168, "G": 234, "B": 300}
    ys = (226, 134, 42)
    context = (44.0, 64.0)  # left and width of the context's box
    order = "RGB"
    for level, mask in ((0, "A"), (1, "B")):
        bottom, top = ys[level] - 18, ys[level + 1] + 18
        for b in order:
            canvas.arrow((context[0] + context[1] - 6, ys[level] - 17), (columns[b] - 8, top), "line", 1.3, 5)
            for a in order:
                if order.index(a) < order.index(b) or (mask == "B" and a == b):
                    end = columns[b] + 0.1 * (columns[a] - columns[b])
                    canvas.arrow((columns[a], bottom), (end, top), LINK[a], 1.8)
        canvas.text((2, (bottom + top) / 2), f"mask {mask}", "ink", 13, "start", bold=True)
        canvas.arrow((context[0] + 20, bottom + 1), (context[0] + 20, top), "line", 1.3, 5)
    pale = {"R": "two-pale", "G": "three-pale", "B": "one-pale"}
    for level, y in enumerate(ys):
        canvas.rect(context[0], y - 16, context[1], 32, "pale")
        canvas.text((context[0] + 32, y), "context", "soft", 12)
        for name, x in columns.items():
            canvas.circle((x, y), 17, pale[name], LINK[name], 1.6)
            canvas.text((x, y), name)
        canvas.math((346, y), ("**x**", "**h**_1", "**h**_2")[level], "soft")
    return canvas


def two_stacks() -> Canvas:
    """One layer of a gated PixelCNN: what the vertical stack has seen is handed to the horizontal one."""
    canvas = Canvas(360, 268)
    left, right = 88, 268
    canvas.text((left, 12), "vertical stack", "one", 13, bold=True)
    canvas.text((right, 12), "horizontal stack", "two", 13, bold=True)
    side = 20
    rows = (("one-pale",) * 5, ("one-pale",) * 5, ("paper",) * 5)
    canvas.cells((left - 50, 26), side, rows)
    rows = (("paper",) * 5, ("paper",) * 5, ("two-pale", "two-pale", "paper", "paper", "paper"))
    canvas.cells((right - 50, 26), side, rows)
    for center in (left, right):
        canvas.rect(center - 10, 66, side, side, "none", "ink", 2, 0)
    canvas.text((left, 98), "all rows above", "soft", 12)
    canvas.text((right, 98), "to the left in this row", "soft", 12)
    for center, role in ((left, "one"), (right, "two")):
        canvas.rect(center - 50, 118, 100, 28, f"{role}-pale", role)
        canvas.text((center, 132), "masked conv", size=13)
        canvas.arrow((center, 146), (center, 176), role)
        canvas.rect(center - 50, 178, 100, 28, f"{role}-pale", role)
        canvas.text((center, 192), "tanh · sigmoid", size=13)
        canvas.arrow((center, 206), (center, 244), role)
    canvas.arrow((left + 1, 160), (right - 60, 160), "one")
    canvas.line((right - 60, 160), (right - 6, 160), "one")
    canvas.circle((right, 160), 7, "paper", "ink")
    canvas.text((right, 160), "+", size=12)
    canvas.text((178, 150), "1 × 1 conv", "soft", 12)
    canvas.text((left, 256), "next layer", "soft", 12)
    canvas.text((right, 256), "conditionals", "soft", 12)
    return canvas
