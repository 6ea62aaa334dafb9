"""Models of sequences: the Markov MLP of the lecture, and four numbers through a masked autoregressive flow."""

from __future__ import annotations

from gdm_figures.canvas import Canvas


def markov_mlp() -> Canvas:
    """d = 2: each h_j reads the two values before it, and softmax makes a distribution of it."""
    canvas = Canvas(360, 232)
    xs = [86 + 53 * k for k in range(5)]
    y_x, y_h, y_pi = 200, 122, 40
    names = ("x_{j−3}", "x_{j−2}", "x_{j−1}", "x_j", "x_{j+1}")
    here = 3
    for k in range(len(xs)):
        strong = k == here
        role, width = ("one", 2) if strong else ("line", 1.2)
        for back in (1, 2):
            if k - back >= 0:
                canvas.arrow((xs[k - back] + 3 * back, y_x - 18), (xs[k] - 5 * back + 4, y_h + 18), role, width)
        canvas.arrow((xs[k], y_h - 17), (xs[k], y_pi + 17), role, width)
    for k, (x, name) in enumerate(zip(xs, names, strict=True)):
        strong, read = k == here, k in (here - 1, here - 2)
        index = name[1:]
        canvas.circle((x, y_x), 18, "one-pale" if read else "pale", "one" if read else "line")
        canvas.rect(x - 20, y_h - 16, 40, 32, "one-pale" if strong else "pale", "one" if strong else "line")
        canvas.rect(x - 20, y_pi - 16, 40, 32, "one-pale" if strong else "pale", "one" if strong else "line")
        canvas.math((x, y_x), name)
        canvas.math((x, y_h), "**h**" + index)
        canvas.math((x, y_pi), "**π**" + index)
    for y, words in ((y_x, "values"), (y_h, "MLP"), (y_pi, "softmax")):
        canvas.text((2, y), words, "soft", 12, "start")
    canvas.text((334, y_x), "…", "soft")
    return canvas


# The numbers of the page on Gaussian autoregressive flows: noise, and what its network by hand makes of it.
Z = (-1.0, 0.5, 0.2, 1.0)


def by_hand(z: tuple[float, ...] = Z) -> list[tuple[float, float, float]]:
    """(mu_j, sigma_j, x_j): mu_j is half of the sum of all x before j, sigma_j = 1 + x_{j-1}^2."""
    rows: list[tuple[float, float, float]] = []
    for value in z:
        before = [x for _, _, x in rows]
        mu = sum(before) / 2
        sigma = 1 + before[-1] ** 2 if before else 1.0
        rows.append((mu, sigma, mu + sigma * value))
    return rows


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def maf_by_hand() -> Canvas:
    """z_j goes straight down; mu_j and sigma_j come from all x to the left."""
    canvas = Canvas(360, 252)
    xs = [88 + 78 * k for k in range(4)]
    y_z, y_box, y_x = 28, 108, 222
    rows = by_hand()
    for j, (center, z, (mu, sigma, x)) in enumerate(zip(xs, Z, rows, strict=True)):
        for i in range(j):
            end = (center - 30 + 8 * i, y_box + 30)  # at the lower edge: no arrow runs through a box
            canvas.arrow((xs[i] + 17, y_x - 12), end, "line", 1.2, 5)
        canvas.arrow((center, y_z + 20), (center, y_box - 31), "one", 2)
        canvas.arrow((center, y_box + 31), (center, y_x - 21), "one", 2)
        canvas.circle((center, y_z), 20, "pale")
        canvas.rect(center - 36, y_box - 29, 72, 58, "two-pale", "two")
        canvas.circle((center, y_x), 20, "one-pale", "one")
        canvas.text((center, y_z), _number(z), size=13)
        canvas.math((center, y_box - 13), f"μ_{j + 1} = {_number(mu)}", size=13)
        canvas.math((center, y_box + 13), f"σ_{j + 1} = {_number(sigma)}", size=13)
        canvas.text((center, y_x), _number(x), size=13)
    canvas.text((2, y_z), "noise", "soft", 12, "start")
    canvas.text((2, y_box - 7), "from", "soft", 12, "start")
    canvas.text((2, y_box + 9), "before", "soft", 12, "start")
    canvas.text((2, y_x), "data", "soft", 12, "start")
    return canvas
