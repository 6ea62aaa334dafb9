"""A student's feedback is whole without a network, and holds nothing that runs."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from gdm_grader.course.course import Course
from gdm_grader.course.disk.whole import put_folder as put
from gdm_grader.feedback import page as pages
from gdm_grader.feedback.markdown import markdown, mathml
from gdm_grader.records.results import Graded
from gdm_grader.reports.table import remarks
from tests.conftest import HERE
from tests.grader.pages import write_page

TEXT = r"""## The density of $z = f(x)$

$$\log p(x) = \log p(z) + \log\left|\det \begin{pmatrix} 1 & 0 \\ a & b \end{pmatrix}\right|$$

| direction | price |
|---|---|
| $g$ | 5 \$ |

<script>document.title = "stolen"</script>
![from elsewhere](https://elsewhere.example/seen.png) <img src="x" onerror="document.title = 'stolen'">
[a link](javascript:alert(1)) $\href{javascript:alert(2)}{x}$ ![$y$](a.png)
"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture
def page(course, hand_in, grade):
    """The feedback for a notebook with formulas in text and output, a picture, and a text that means harm."""
    hand_in("ann", double=1)
    grade()
    path = course.autograded / "ann" / "tiny" / "tiny.ipynb"
    nb = nbformat.read(path, as_version=4)
    shown = [new_output("display_data", {"text/latex": r"$\displaystyle \sqrt{2}$"}),
             new_output("display_data", {"image/png": DOT})]
    nb.cells += [new_markdown_cell(TEXT), new_code_cell("show()", outputs=shown)]
    path.unlink()
    nbformat.write(nb, path)
    return write_page("ann", course)


def test_formulas_are_drawn_with_the_network_cut_and_nothing_is_asked_for(page, browser):
    context = browser.new_context(offline=True)
    view, asked, complaints = context.new_page(), [], []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: complaints.append(message.text))
    view.goto(page.as_uri())
    widths = view.evaluate("[...document.querySelectorAll('math')].map((e) => e.getBoundingClientRect().width)")
    roots = view.evaluate("document.querySelectorAll('.output_latex msqrt').length")
    title, text = view.title(), view.evaluate("document.body.innerText")
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert len(widths) == 5
    assert min(widths) > 4
    assert roots == 1
    assert "\\log" not in text
    assert "$$" not in text
    assert title == "tiny"


def test_the_page_fits_a_phone_and_is_whole_in_the_dark(page, browser):
    context = browser.new_context(viewport={"width": 390, "height": 800}, is_mobile=True, color_scheme="dark")
    view = context.new_page()
    wide = "<img width='1600' height='800' src='data:image/png;base64,DOT'></body>".replace("DOT", DOT)
    page.write_text(page.read_text().replace("</body>", wide))
    view.goto(page.as_uri())
    width, screen = view.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    drawn = view.evaluate("(() => { const one = [...document.images].at(-1); return one.width / one.height })()")
    colors = view.evaluate("[...['color', 'backgroundColor', 'colorScheme']].map("
                           "(one) => getComputedStyle(document.documentElement)[one])")
    context.close()
    assert (width, screen) == (390, 390)
    assert round(drawn, 2) in (1.0, 2.0)  # the shape that the picture has, or says
    assert colors == ["rgb(0, 0, 0)", "rgb(255, 255, 255)", "light"]  # light in the dark, and nothing half of it


def test_the_sum_stands_in_the_heading_alone_where_it_tells_the_bonus_apart(page):
    text = page.read_text()
    assert "<h1>tiny: " in text
    assert "<h4>tiny </h4>" in text


@pytest.mark.parametrize(("settings", "leads_to"), [
    ("html:\n  baseurl: https://course.example.edu/2026/\n", "https://course.example.edu/2026/book"),
    ("html:\n  baseurl: 'https://course.example.edu/2026'  # ours\n", "https://course.example.edu/2026/book"),
    ("html:\n  baseurl: https://example.org/\n", None), ('html:\n  baseurl: "https://example.org/"\n', None),
    (None, None)])
def test_links_lead_to_the_published_book_once_there_is_one(course, settings, leads_to):
    (course.root / "_config.yml").unlink(missing_ok=True)
    if settings is not None:
        (course.root / "_config.yml").write_text(settings)
    assert pages.book(course) == leads_to


def test_nothing_that_a_student_wrote_runs(page):
    text = page.read_text()
    assert "<script" not in text
    assert "onerror" not in text
    assert "javascript:alert" not in text
    assert "elsewhere.example" not in text
    assert text.count("<img") == text.count("alt=") == 4


@pytest.mark.parametrize("student", ["*", "a*", "[ab]nn", "an?"])
def test_a_folder_whose_name_is_a_pattern_is_one_students(course, hand_in, grade, monkeypatch, student):
    """nbgrader took its name for those of all folders that it fits."""
    hand_in("ann", double=1)
    hand_in(student, double=0, total=0)
    grade()
    made = []
    monkeypatch.setattr(pages.whole, "put_folder", lambda stage, folder: (
        made.extend(stage.parents[1].rglob("*.html")), put(stage, folder)))
    assert write_page(student, course).is_file()
    assert [path.parts[-3:] for path in made] == [(student, "tiny", "tiny.html")]


def test_every_formula_of_the_assignments_can_be_read(course):
    known = Course.find(start=HERE)
    for path in sorted((known.root / "assignments").glob("*/*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        formulas = []
        for cell in cells:
            if cell.cell_type == "markdown":
                formulas += markdown(cell.source).split("<math ")[1:]
        assert formulas
        assert not any("\\" in part.split("</math>")[0] for part in formulas)
        assert not any("$" in markdown(cell.source) for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("tex", [r"\unclosed{", r"\frac", "{" * 3000, r"\begin{nothing}"])
def test_what_is_no_formula_is_shown_as_it_was_written(tex):
    assert mathml(tex).startswith(("<code>", "<math"))
    assert "<script>" not in mathml(f"<script>{tex}")


def test_two_remarks_are_one_sentence():
    said = ["double: it ran out of time (1 s) and was interrupted.", "cell test_double was there twice"]
    assert remarks(Graded("ann", remarks=tuple(said))) == f"{said[0][:-1]}; {said[1]}"


def test_a_text_that_a_tag_holds_keeps_its_formula_as_text():
    """A formula in an attribute must not become a tag there, which would end the attribute."""
    drawn = markdown('<a title="more > less $x$" href="page.html">a</a> ![$y$](data:image/png;base64,AA)')
    assert drawn.count("<math") == 0
    assert 'alt="y"' in drawn
    assert 'title="more &gt; less $x$"' in drawn
