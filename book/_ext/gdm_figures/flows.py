"""Flows: the chain of densities from noise to data, and a coupling layer in both directions."""

from __future__ import annotations

import math

from gdm_figures.canvas import Canvas, Point

POINTS = 161


def _steps(z: float, count: int) -> tuple[float, float]:
    """z after `count` steps, and its slope there. Each step is increasing: it pushes mass away from 0, or shifts it."""
    value, slope = z, 1.0
    for k in range(count):
        pull = (1.1, 0.9, 0.8)[k]
        center = (0.0, 0.9, -1.0)[k]
        bend = math.tanh(2.2 * (value - center))
        slope *= 0.62 + pull * 2.2 * (1 - bend**2) * 0.5
        value = 0.62 * value + pull * 0.5 * bend
    return value, slope


def density_after(count: int) -> list[Point]:
    """(x, p(x)) of a standard normal after `count` steps, by the change of variables: p(z) / slope."""
    curve = []
    for i in range(POINTS):
        z = -3.2 + 6.4 * i / (POINTS - 1)
        x, slope = _steps(z, count)
        curve.append((x, math.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) / slope))
    return curve


def flow_chain() -> Canvas:
    """z_0 -> z_1 -> ... -> z_K = x, each with its density above it."""
    canvas = Canvas(360, 204)
    centers, base = (44, 134, 226, 316), 118
    roles = ("two", "three", "three", "one")
    for k, (center, role) in enumerate(zip(centers, roles, strict=True)):
        curve = density_after(k)
        shape = [(center + 12.5 * x, base - 118 * p) for x, p in curve]
        canvas.path([(shape[0][0], base), *shape, (shape[-1][0], base)], role, 0, fill=f"{role}-pale", closed=True)
        canvas.path(shape, role, 2)
        canvas.line((center - 40, base), (center + 40, base), "soft", 1)
    names = ("**z**_0 = **z**", "**z**_1", "**z**_{K−1}", "**z**_K = **x**")
    for center, name, words in zip(centers, names, ("noise", "", "", "data"), strict=True):
        canvas.math((center, 138), name)
        if words:
            canvas.text((center, 20), words, "soft", 12)
    for k, (name, back) in enumerate((("**g**_K", "**f**_K"), ("…", "…"), ("**g**_1", "**f**_1"))):
        start, end = centers[k] + 20, centers[k + 1] - 20
        middle = (start + end) / 2
        canvas.arrow((start, 162), (end, 162), "two", 2)
        canvas.arrow((end, 176), (start, 176), "one", 2)
        canvas.math((middle, 149), name, "two", 14)
        canvas.math((middle, 190), back, "one", 14)
    return canvas


def _half(canvas: Canvas, left: float, top_in: str, top_out: str, inverse: bool) -> None:
    """One direction: the first half passes unchanged and feeds the network that moves the second half."""
    first, second = left + 26, left + 130
    top, bottom = 46, 214
    role = "two" if inverse else "one"
    start, end = (bottom, top) if inverse else (top, bottom)
    for x, index in ((first, "A"), (second, "B")):
        canvas.rect(x - 24, top - 15, 48, 30, "pale")
        canvas.rect(x - 24, bottom - 15, 48, 30, "pale")
        canvas.math((x, top), f"**{top_in}**_{index}")
        canvas.math((x, bottom), f"**{top_out}**_{index}")
    sign = 1 if end > start else -1
    canvas.arrow((first, start + 15 * sign), (first, end - 15 * sign), role)
    canvas.arrow((first, 130), (first + 22, 130), role)
    canvas.rect(first + 23, 114, 34, 32, "three-pale", "three")
    canvas.text((first + 40, 130), "NN", size=12)
    canvas.arrow((first + 57, 130), (second - 29, 130), "three")
    canvas.arrow((second, start + 15 * sign), (second, 130 - 17 * sign), role)
    canvas.arrow((second, 130 + 17 * sign), (second, end - 15 * sign), role)
    canvas.rect(second - 29, 114, 58, 32, f"{role}-pale", role)
    canvas.math((second, 130), "·σ + μ" if inverse else "−μ, /σ", size=13)


def coupling_layer() -> Canvas:
    """f to the left, g to the right: the same network serves both, and is never inverted."""
    canvas = Canvas(360, 236)
    canvas.math((84, 14), "**f**: data to noise", "one", 14)
    canvas.math((276, 14), "**g**: noise to data", "two", 14)
    _half(canvas, 6, "x", "z", inverse=False)
    _half(canvas, 198, "x", "z", inverse=True)
    return canvas
