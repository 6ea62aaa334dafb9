"""Pictures as grids: raster order with its mask, and which pixels a stack of masked convolutions reaches."""

from __future__ import annotations

from gdm_figures.canvas import Canvas, Point

PAST, HERE, LATER = "one-pale", "two-pale", "paper"


def raster_order() -> Canvas:
    """The order of reading, and the mask that it asks for."""
    canvas = Canvas(360, 206)
    side, corner = 32, (6, 30)
    canvas.text((86, 14), "raster order", "soft", 12)
    for i in range(5):
        for j in range(5):
            k = 5 * i + j
            fill = PAST if k < 12 else (HERE if k == 12 else LATER)
            x, y = corner[0] + side * j, corner[1] + side * i
            canvas.rect(x, y, side, side, fill, radius=0)
            canvas.text((x + side / 2, y + side / 2), str(k + 1), "ink" if k <= 12 else "soft", 12)
    canvas.path([(corner[0] + side * 1, corner[1] + side * 1), (corner[0] + side * 4, corner[1] + side * 1),
                 (corner[0] + side * 4, corner[1] + side * 4), (corner[0] + side * 1, corner[1] + side * 4)],
                "two", 2.5, closed=True)
    canvas.arrow((180, 110), (216, 110), "soft")
    big, left, top = 40, 228, 50
    canvas.text((288, 14), "mask of a 3 × 3 kernel", "soft", 12)
    for i, row in enumerate(((1, 1, 1), (1, 0, 0), (0, 0, 0))):
        for j, weight in enumerate(row):
            canvas.rect(left + big * j, top + big * i, big, big, PAST if weight else LATER, radius=0)
            canvas.text((left + big * (j + 0.5), top + big * (i + 0.5)), str(weight), "ink" if weight else "soft", 15)
    canvas.rect(left + big, top + big, big, big, "none", "two", 2.5, 0)
    return canvas


def _plane(canvas: Canvas, top: float, size: int, fills: dict[tuple[int, int], str]) -> dict[tuple[int, int], Point]:
    """A grid seen from the side; the centers of its cells."""
    step, slant, depth, left = 42.0, 17.0, 19.0, 14.0
    centers = {}

    def corner(i: float, j: float) -> Point:
        return (left + step * j + slant * (size - i), top + depth * i)

    for i in range(size):
        for j in range(size):
            outline = [corner(i, j), corner(i, j + 1), corner(i + 1, j + 1), corner(i + 1, j)]
            canvas.path(outline, "line", 1, fill=fills.get((i, j), "paper"), closed=True)
            centers[i, j] = corner(i + 0.5, j + 0.5)
    return centers


def _causal(i: int, j: int, size: int) -> list[tuple[int, int]]:
    """The cells that a 3 x 3 kernel with a mask of type A reads at (i, j)."""
    around = [(i - 1, j - 1), (i - 1, j), (i - 1, j + 1), (i, j - 1)]
    return [(a, b) for a, b in around if 0 <= a < size and 0 <= b < size]


def pixel_dependencies() -> Canvas:
    """Two layers: the picture below, features above. A pixel of the upper plane reads four of the lower one."""
    canvas, size = Canvas(360, 250), 5
    here = (3, 3)
    first = _causal(*here, size)
    fills: dict[tuple[int, int], str] = dict.fromkeys(first, "one-pale") | {here: "two-pale"}
    below = _plane(canvas, 140, size, fills)
    links = [(below[cell], here) for cell in first]
    above = _plane(canvas, 22, size, {here: "three-pale"})
    for start, end in links:
        canvas.arrow(start, above[end], "one", 1.6)
    for cell in first:
        canvas.circle(below[cell], 3.5, "one", "one", 0)
    canvas.circle(above[here], 4, "three", "three", 0)
    canvas.circle(below[here], 4, "two", "two", 0)
    canvas.text((2, 24), "features", "soft", 12, "start")
    canvas.text((2, 142), "pixels", "soft", 12, "start")
    return canvas
