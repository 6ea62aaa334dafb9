"""Maps of the plane seen by what they do to a grid: areas of three Jacobians, data space beside latent space."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from gdm_figures.canvas import Canvas, Point

Map = Callable[[Point], Point]


def jacobian_areas() -> Canvas:
    """The unit square, and its image under three matrices: a shear, a squeeze and a stretch."""
    canvas = Canvas(360, 182)
    unit, base = 52, 92
    canvas.rect(14, base - unit, unit, unit, "two-pale", "two", 2, 0)
    canvas.text((14 + unit / 2, base - unit / 2), "1", size=15)
    canvas.math((14 + unit / 2, base + 20), "d**x**", "soft")
    matrices = (((1.0, 0.7), (0.0, 1.0)), ((0.8, 0.3), (0.3, 0.7375)), ((1.25, 0.2), (-0.25, 1.16)))
    left = (112, 206, 282)
    for (row_1, row_2), x in zip(matrices, left, strict=True):
        det = row_1[0] * row_2[1] - row_1[1] * row_2[0]
        ends = [(0.0, 0.0), (row_1[0], row_2[0]), (row_1[0] + row_1[1], row_2[0] + row_2[1]), (row_1[1], row_2[1])]
        shape = [(x + unit * a, base - unit * b) for a, b in ends]
        canvas.path(shape, "one", 2, fill="one-pale", closed=True)
        middle = (sum(p[0] for p in shape) / 4, sum(p[1] for p in shape) / 4)
        canvas.text(middle, f"{det:.3g}", size=15)
        canvas.math((middle[0], 132), f"|det **J**| = {det:.3g}", size=13)
        words = {1.0: "area kept", 0.5: "halved", 1.5: "half more"}[round(det, 3)]
        canvas.text((middle[0], 152), words, "soft", 12)
        density = {1.0: "p kept", 0.5: "p doubled", 1.5: "p · 2/3"}[round(det, 3)]
        canvas.text((middle[0], 170), density, "soft", 12)
    canvas.math((100, base - unit + 4), "**z** = **f**(**x**)", size=13)
    canvas.arrow((78, base - unit / 2), (116, base - unit / 2), "soft")
    return canvas


def bend(z: Point) -> Point:
    """x = g(z): a smooth map of the plane with an inverse in closed form; first x_2 is bent, then x_1."""
    a, b = z
    second = 0.8 * b + 0.35 * a * a - 0.6
    first = 0.95 * a + 0.55 * math.sin(1.3 * second)
    return first, second


def straighten(x: Point) -> Point:
    """z = f(x), the inverse of `bend`."""
    first, second = x
    a = (first - 0.55 * math.sin(1.3 * second)) / 0.95
    return a, (second + 0.6 - 0.35 * a * a) / 0.8


def _panel(
    canvas: Canvas, center: Point, scale: float, half: float, map_: Map, role: str, points: list[tuple[Point, str]],
) -> None:
    """A frame with the image of a straight grid, and points on top."""
    def place(p: Point) -> Point:
        return center[0] + scale * p[0], center[1] - scale * p[1]

    ticks = [-3.6 + 0.06 * k for k in range(121)]
    for level in [-3.6 + 0.6 * k for k in range(13)]:
        for line in ([(level, t) for t in ticks], [(t, level) for t in ticks]):
            for run in _inside([map_(p) for p in line], half):
                canvas.path([place(p) for p in run], role, 1.0)
    for point, ink in points:
        if max(abs(point[0]), abs(point[1])) <= half:
            canvas.circle(place(point), 2.1, ink, ink, 0)


def _inside(points: list[Point], half: float) -> list[list[Point]]:
    """The pieces of a line that lie within the frame."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if max(abs(point[0]), abs(point[1])) <= half:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _draws(count: int) -> list[Point]:
    """Draws of a round Gaussian; the same ones each time."""
    chance = random.Random(0)
    return [(chance.gauss(0, 0.8), chance.gauss(0, 0.8)) for _ in range(count)]


def _same(p: Point) -> Point:
    return p


def _ink(z: Point) -> str:
    """A color for each quarter of the noise: it stays with the point wherever it goes."""
    return ("one", "two", "three", "four")[(z[0] > 0) + 2 * (z[1] > 0)]


def bent_grid() -> Canvas:
    """Left data, right noise. The straight grid of the noise is bent in the data's space, and points go with it."""
    canvas = Canvas(360, 214)
    draws = _draws(170)
    scale, half = 31.0, 2.55
    data = [(bend(z), _ink(z)) for z in draws]
    noise = [(z, _ink(z)) for z in draws]
    for center, map_, points in (((82, 108), bend, data), ((278, 108), _same, noise)):
        canvas.rect(center[0] - 81, 27, 162, 162, "none", "line", 1)
        _panel(canvas, center, scale, half, map_, "line", points)
    canvas.math((82, 13), "data space: **x**", size=14)
    canvas.math((278, 13), "latent space: **z**", size=14)
    canvas.arrow((166, 92), (194, 92), "one", 2)
    canvas.arrow((194, 126), (166, 126), "two", 2)
    canvas.math((180, 78), "**f**", "one")
    canvas.math((180, 142), "**g**", "two")
    canvas.text((180, 204), "each color is a quarter of the noise", "soft", 12)
    return canvas


def duality_grids() -> Canvas:
    """The same two spaces with the model above and what the data really are below."""
    canvas = Canvas(360, 366)
    draws = _draws(120)
    chance = random.Random(1)
    scale, half, side = 23.0, 2.6, 120
    # What the data are: not quite what the model says. In the latent space they are not quite round.
    off = [(z[0] * 1.25 + 0.25, z[1] * 0.75 + 0.35 * math.sin(2 * z[0]) + chance.gauss(0, 0.05)) for z in draws]
    rows = (
        (94, draws, "p(**x**|θ)", "p(**z**)", "two"),
        (256, off, "π(**x**)", "p(**z**|θ)", "one"),
    )
    for y, points, left, right, ink in rows:
        in_data = [(bend(z), ink) for z in points]
        in_noise = [(z, ink) for z in points]
        for x, map_, marks in ((62, bend, in_data), (298, _same, in_noise)):
            canvas.rect(x - side / 2, y - side / 2, side, side, "none", "line", 1)
            _panel(canvas, (x, y), scale, half, map_, "line", marks)
        canvas.math((62, y - 74), left, ink, 15)
        canvas.math((298, y - 74), right, ink, 15)
    canvas.arrow((232, 94), (128, 94), "two", 2)
    canvas.math((180, 80), "**x** = **g**(**z**)", "two", 14)
    canvas.arrow((128, 256), (232, 256), "one", 2)
    canvas.math((180, 242), "**z** = **f**(**x**)", "one", 14)
    canvas.text((180, 112), "the model", "soft", 12)
    canvas.text((180, 274), "the data", "soft", 12)
    canvas.math((62, 336), "KL(π(**x**)‖p(**x**|θ))", "ink", 13)
    canvas.math((180, 336), "=", "ink", 15)
    canvas.math((292, 336), "KL(p(**z**|θ)‖p(**z**))", "ink", 13)
    canvas.text((62, 356), "forward", "soft", 12)
    canvas.text((292, 356), "reverse", "soft", 12)
    return canvas
