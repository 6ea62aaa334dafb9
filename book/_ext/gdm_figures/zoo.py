"""The zoo of generative models, with the branches of the lecture."""

from __future__ import annotations

from gdm_figures.canvas import Canvas

# name, x of the center, y, width of the box, parent
BOXES: tuple[tuple[str, float, float, float, str | None], ...] = (
    ("generative models", 180, 22, 142, None),
    ("likelihood-based", 122, 82, 128, "generative models"),
    ("implicit density", 296, 82, 118, "generative models"),
    ("tractable density", 68, 142, 128, "likelihood-based"),
    ("approximate density", 212, 142, 148, "likelihood-based"),
    ("autoregressive", 60, 198, 118, "tractable density"),
    ("normalizing flows", 72, 238, 142, "tractable density"),
    ("VAE", 186, 198, 48, "approximate density"),
    ("diffusion", 212, 238, 84, "approximate density"),
    ("GAN", 326, 142, 50, "implicit density"),
)
HERE = ("autoregressive", "normalizing flows")


def zoo() -> Canvas:
    canvas = Canvas(360, 262)
    places = {name: (x, y) for name, x, y, _, _ in BOXES}
    for name, x, y, _, parent in BOXES:
        if parent is None:
            continue
        start = places[parent]
        role = "one" if name in HERE or name in ("tractable density", "likelihood-based") else "line"
        if name in ("normalizing flows", "diffusion"):  # the second leaf hangs beside the first
            side = x + 26 if name == "diffusion" else x + 52
            canvas.line((side, start[1] + 14), (side, y - 14), role)
        else:
            canvas.line((start[0] + (x - start[0]) * 0.3, start[1] + 14), (x, y - 14), role)
    for name, x, y, width, _ in BOXES:
        own = name in HERE
        canvas.rect(x - width / 2, y - 14, width, 28, "one-pale" if own else "pale", "one" if own else "line", radius=6)
        canvas.text((x, y), name, "ink", 13, bold=own)
    return canvas
