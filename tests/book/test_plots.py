"""A plot becomes a part of its page: light, sharp, and in the page's colors."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch
from gdm_book.labels import flowing
from gdm_book.plots import MANY, ROLES, for_page

from gdm_lib import plot
from tools.pictures import architecture


def drawn(points: int = 500, title: str = "$x_1$ & more") -> str:
    """A plot as a kernel of the build makes it."""
    plot.style()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gdm"}):
        figure, axis = plt.subplots(figsize=(4, 3))
        cloud = torch.randn(2, points)
        axis.scatter(*cloud, s=1, c=[plot.COLORS[k % 2] for k in range(points)])
        axis.plot([0, 1], [0, 1], color=plot.COLORS[2])
        axis.set_title(title)
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    return file.getvalue()


@pytest.mark.parametrize(("typed", "printed"), [
    ("from -3", "from −3"),
    ("3 x 3", "3 × 3"),
    ("1, 2, 4, ...", "1, 2, 4, …"),
    ("log-det: slope 3.0", "log-det: slope 3.0"),
])
def test_a_label_has_the_marks_of_print(typed: str, printed: str) -> None:
    assert f">{printed}<" in for_page(drawn(title=typed), "a cloud")


def test_it_is_valid_and_named() -> None:
    svg = for_page(drawn(), 'a "cloud"')
    root = ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))
    assert root.get("aria-label") == 'a "cloud"'
    assert root.get("role") == "img"


def test_its_colors_are_roles_and_its_type_is_the_pages() -> None:
    svg = for_page(drawn(), "cloud")
    assert "var(--one)" in svg
    assert "var(--three)" in svg
    assert not re.search("|".join(ROLES), svg, re.IGNORECASE)
    assert "DejaVu" not in svg


def test_a_cloud_is_one_path_for_each_color_with_all_its_points() -> None:
    raw = drawn(500)
    svg = for_page(raw, "cloud")
    steps = [path for path in re.findall(r' d="([^"]*)"', svg) if "h0" in path]
    assert len(steps) == 2
    assert sum(path.count("h0") for path in steps) == 500
    assert len(svg) < len(raw) / 3


def test_clouds_that_share_a_marker_are_all_drawn() -> None:
    plot.style()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gdm"}):
        figure, axes = plt.subplots(1, 3)
        for axis in axes:
            axis.scatter(*torch.randn(2, 100), s=1, color=plot.COLORS[0])
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    svg = for_page(file.getvalue(), "three clouds")
    assert svg.count("h0") == 300
    known = set(re.findall(r'\bid="([^"]+)"', svg))
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= known


def test_a_few_points_stay_what_they_are() -> None:
    assert "h0" not in for_page(drawn(MANY - 1), "few")


def test_ids_of_two_plots_differ_and_each_reference_has_its_target() -> None:
    first, second = for_page(drawn(30), "one"), for_page(drawn(31), "two")
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    for svg, known in zip((first, second), ids, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) <= known


def test_every_color_of_the_library_has_a_role() -> None:
    assert {plot.INK, *plot.COLORS, architecture.INK} == set(ROLES)


def test_what_is_no_plot_is_refused() -> None:
    with pytest.raises(ValueError, match="by Matplotlib"):
        for_page("<svg></svg>", "none")


def figure_with(label: str, **imshow: object) -> str:
    """A plot with a legend, a title, both logarithmic axes and an image."""
    plot.style()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gdm", "image.interpolation": "none"}):
        figure, (axis, other) = plt.subplots(1, 2)
        axis.loglog([1, 1000], [1, 1000], label=label)
        axis.set(title=label, ylabel=label)
        axis.legend()
        other.imshow([[0, 1], [1, 0]], **imshow)
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    return file.getvalue()


def test_a_label_with_a_formula_is_one_line_of_text_in_reading_order() -> None:
    raw = figure_with(r"target $\pi(x_1)$")
    lines = re.findall(r"<text x=.*?</text>", for_page(raw, "labels"))
    words = [re.sub("<[^>]*>", "", line).replace("\xa0", " ") for line in lines]
    assert words.count("target π(x1)") == 3
    assert {"100", "103"} <= set(words)
    assert not any(re.search(r"<tspan[^>]* x=", line) for line in lines)


def test_a_label_stays_where_it_was_aligned() -> None:
    svg = for_page(figure_with("$x$ and $y$"), "labels")
    lines = re.findall(r'<text x="[^"]*" y="[^"]*" style="text-anchor: (\w+)">(.*?)</text>', svg)
    anchors = [(anchor, re.sub("<[^>]*>", "", text)[:2]) for anchor, text in lines]
    assert {anchor for anchor, text in anchors if text == "10"} == {"middle", "end"}
    assert sorted(anchor for anchor, text in anchors if text != "10") == ["middle", "middle", "start"]


def test_a_plain_label_is_left_alone() -> None:
    raw = figure_with("plain")
    assert flowing(raw).count(">plain</text>") == raw.count(">plain</text>") == 3


@pytest.mark.parametrize("extent", [None, (0, 5, 0, 5)])
def test_an_image_has_a_frame_of_its_own_size(extent: tuple[int, ...] | None) -> None:
    svg = for_page(figure_with("plain", extent=extent), "image")
    place = r"((?: (?:x|y|width|height|transform)=\"[^\"]*\")+)"
    frame = re.search(rf'<rect class="frame"{place}/>', svg)
    assert frame is not None
    image = re.search("<image [^>]*/>", svg)
    assert image is not None
    assert all(part in image[0] for part in re.findall(r' \w+="[^"]*"', frame[1]))
    assert "width" in frame[1]
