"""Write every figure, and the colors that they have in a page, into book/_static/figures/."""

from gdm_figures import FIGURES, FOLDER, draw
from gdm_figures.canvas import page_style

FOLDER.mkdir(exist_ok=True)
(FOLDER / "drawn.css").write_text(page_style(), encoding="utf-8")
for name in FIGURES:
    (FOLDER / f"{name}.svg").write_text(draw(name), encoding="utf-8")
    print(FOLDER / f"{name}.svg")
