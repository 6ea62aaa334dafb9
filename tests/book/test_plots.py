"""A plot becomes a part of its page: light, sharp, and in the page's colors."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch
from gdm_book.plots import MANY, ROLES, for_page

from gdm_lib import plot


def drawn(points: int = 500) -> str:
    """A plot as a kernel of the build makes it."""
    plot.style()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gdm"}):
        figure, axis = plt.subplots(figsize=(4, 3))
        cloud = torch.randn(2, points)
        axis.scatter(*cloud, s=1, c=[plot.COLORS[k % 2] for k in range(points)])
        axis.plot([0, 1], [0, 1], color=plot.COLORS[2])
        axis.set_title("$x_1$ & more")
        file = io.StringIO()
        figure.savefig(file, format="svg")
        plt.close(figure)
    return file.getvalue()


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
    assert {plot.INK, *plot.COLORS} == set(ROLES)


def test_what_is_no_plot_is_refused() -> None:
    with pytest.raises(ValueError, match="by Matplotlib"):
        for_page("<svg></svg>", "none")
