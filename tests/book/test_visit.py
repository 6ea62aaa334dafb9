"""The visit must notice what it is there to notice: each kind of bad page is tried once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.browser.visit import Visit, open_page

THEME = """<script>
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
  follow();
  dark.addEventListener("change", follow);
</script>"""
STYLE = """<style>
  body { background: white; color: black }
  html[data-theme=dark] body { background: black; color: white }
</style>"""
Try = Callable[[str], Visit]


@pytest.fixture
def visit_page(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> Try:
    def visit(article: str) -> Visit:
        (tmp_path / "page.html").write_text(
            f"<!doctype html><html lang=en><head><title>A page</title><link rel=icon href=data:,>{THEME}{STYLE}"
            f"<meta name=viewport content='width=device-width'></head>"
            f"<body><main><article><h1>A page</h1>{article}</article></main></body></html>"
        )
        origin = serve(tmp_path)
        return open_page(browser, origin + "page.html", origin)

    return visit


def test_a_good_page_has_nothing_wrong(visit_page: Try) -> None:
    visit = visit_page("<p>Good, at 5 dollars ($5).</p>")
    assert visit == Visit(barriers={look: [] for look in visit.barriers})


def test_a_script_from_elsewhere_is_noticed(visit_page: Try) -> None:
    visit = visit_page("<script src='https://cdn.invalid/a.js'></script>")
    assert visit.requests_outside == ["https://cdn.invalid/a.js"]


@pytest.mark.parametrize("script", ["console.error('oh')", "throw new Error('oh')", "fetch('missing.json')"])
def test_an_error_is_noticed(visit_page: Try, script: str) -> None:
    assert visit_page(f"<script>{script}</script>").errors


@pytest.mark.parametrize(
    "formula",
    [
        r"<p>\(x\)</p>",
        r"<p>$x^2$ and more</p>",
        "<p>$$x$$</p>",
        "<span class=math>x</span>",
        "<span class=katex-error>x</span>",
        "<span class='math katex'><span class=katex-html>x</span></span>",  # without its fonts
    ],
)
def test_a_formula_that_is_not_rendered_is_noticed(visit_page: Try, formula: str) -> None:
    assert visit_page(formula).raw_formulas


@pytest.mark.parametrize("alt", ["", "alt=''", "alt='../_images/abc.png'"])
def test_an_image_without_words_is_noticed(visit_page: Try, alt: str) -> None:
    assert visit_page(f"<img {alt} src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>").wordless_images


def test_what_the_tab_key_does_not_come_to_is_noticed(visit_page: Try) -> None:
    trap = "addEventListener('keydown', (e) => { if (e.key === 'Tab') { yes.focus(); e.preventDefault(); } })"
    visit = visit_page(f"<button id=yes>Yes</button><button id=no>No</button><script>{trap}</script>")
    assert visit.unreached == ['<button id="no">No</button>']


def test_the_weight_of_a_page_is_that_of_all_its_files(visit_page: Try, tmp_path: Path) -> None:
    (tmp_path / "a.css").write_bytes(bytes(i * i % 251 for i in range(1000)) * 3)
    (tmp_path / "a.png").write_bytes(bytes(5000))
    visit = visit_page("<link rel=stylesheet href=a.css><img alt='nothing' src=a.png>")
    assert set(visit.weights) == {"/page.html", "/a.css", "/a.png"}
    assert visit.weights["/a.png"] == 5000  # a picture is packed already
    assert visit.weights["/a.css"] < 2000


def test_a_page_weighs_the_same_when_it_is_visited_again(browser: Browser, serve: Callable[[Path], str], tmp_path: Path
                                                         ) -> None:
    (tmp_path / "a.css").write_text("p { color: black }")
    (tmp_path / "page.html").write_text("<!doctype html><link rel=stylesheet href=a.css><link rel=icon href=data:,><p>")
    origin = serve(tmp_path)
    first, second, third = (open_page(browser, origin + "page.html", origin, []).weights for _ in range(3))
    assert set(first) == {"/page.html", "/a.css"}
    assert first == second == third


@pytest.mark.parametrize("overflow", ["visible", "hidden"])
def test_what_is_too_wide_for_a_phone_is_noticed(visit_page: Try, overflow: str) -> None:
    assert visit_page(f"<div style='overflow: {overflow}'><pre style='width: 500px'>x</pre></div>").cut_off


def test_what_scrolls_inside_itself_is_fine(visit_page: Try) -> None:
    assert not visit_page("<div style='overflow: auto' tabindex=0><pre style='width: 500px'>x</pre></div>").cut_off


def test_a_formula_that_has_to_be_broken_is_noticed(visit_page: Try) -> None:
    formula = "<span class=katex-display style='display: block; overflow: auto' tabindex=0>{}</span>"
    wide = formula.format("<span style='display: block; width: 500px'>x</span>")
    assert [found[:14] for found in visit_page(wide).cut_off] == ["116 px too wid"]
    assert not visit_page(formula.format("x")).cut_off


def test_faint_text_is_noticed_in_the_theme_where_it_is_faint(visit_page: Try) -> None:
    barriers = visit_page("<style>html[data-theme=dark] p { color: #333 }</style><p>Faint</p>").barriers
    assert [look for look, found in barriers.items() if found] == ["dark, 1280 px", "dark, 400 px"]


def test_what_is_wrong_is_said_with_its_kind() -> None:
    visit = Visit(errors=["oh"], barriers={"light, 400 px": ["faint"], "dark, 400 px": []}, weights={"/a.css": 1})
    assert visit.findings() == ["errors: oh", "light, 400 px: faint"]
    assert Visit().findings() == []


def test_a_button_that_only_a_phone_makes_too_small_is_noticed(visit_page: Try) -> None:
    small = "<style>@media (max-width: 600px) { button { display: block; width: 9px; height: 9px } }</style>"
    visit = visit_page(small + "<button aria-label=a></button><button aria-label=b></button>")
    assert [barrier.split(":")[0] for barrier in visit.structure] == ["target-size"] * 2


def test_only_the_looks_that_are_asked_for_are_judged(browser: Browser, serve: Callable[[Path], str], tmp_path) -> None:
    (tmp_path / "page.html").write_text("<!doctype html><html data-theme=light><p>x</p>")
    origin = serve(tmp_path)
    assert set(open_page(browser, origin + "page.html", origin, [("light", 400)]).barriers) == {"light, 400 px"}
    visit = open_page(browser, origin + "page.html", origin, [])
    assert (visit.barriers, visit.structure) == ({}, [])


def test_what_is_folded_is_looked_at_too(visit_page: Try) -> None:
    visit = visit_page("<details><summary>Fold</summary><p style='color: #ddd'>Faint</p></details>")
    assert visit.barriers["light, 1280 px"]


def test_a_control_too_small_for_a_finger_is_noticed(visit_page: Try) -> None:
    visit = visit_page("<div class=explorable><button>Go</button><button style='height: 44px'>Stay</button></div>")
    assert len(visit.small) == 1
    assert "Go" in visit.small[0]
