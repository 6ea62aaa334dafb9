"""The catalogue is read as text, and says where it is not as expected."""

import pytest

from gdm_grader.course import catalogue
from gdm_grader.errors import GraderError


def test_every_answer_is_read_with_its_decorator(catalogue_folder):
    answers = catalogue.load(catalogue_folder)
    assert list(answers) == ["double", "total"]
    adding, multiplying, squares = answers["double"]
    assert (adding.kind, adding.name, adding.task) == ("right", "by adding", "double")
    assert multiplying.source == "def double(x):\n    return 2 * x"
    assert (squares.kind, squares.page, squares.loses) == ("wrong", "numbers/double", {"test_double_values": 2})
    assert squares.says.startswith("You square x")


def test_an_answer_keeps_its_comments_and_loses_its_decorator(catalogue_folder):
    source = catalogue.load(catalogue_folder)["double"][0].source
    assert source == "def double(x):\n    # twice the same summand\n    return x + x"


def test_the_files_are_not_run(tmp_path):
    (tmp_path / "f.py").write_text('raise SystemExit\n@right("a")\ndef f(): ...\n')
    assert catalogue.load(tmp_path)["f"][0].name == "a"


RIGHT = '@right("a")\ndef f(): ...\n'


@pytest.mark.parametrize(("text", "message"), [
    ("def f(: ...", "line 1: expected Python"),
    ('@wrong("a", says="s", page="p", loses={"test_f": 1})\ndef f(): ...', "at least one @right"),
    (RIGHT + "def f(): ...", "line 3: expected one decorator"),
    (RIGHT + '@right("b")\ndef g(): ...', r"expected an answer to f \(the file's name\), got def g"),
    (RIGHT + RIGHT, "two answers are called 'a'"),
    (RIGHT + "@staticmethod\ndef f(): ...", "expected @right"),
    (RIGHT + '@wrong("b", page="p", loses={"t": 1})\ndef f(): ...', r"expected @wrong\(name, says, page, loses\)"),
    (RIGHT + '@right("b", says="s")\ndef f(): ...', r"expected @right\(name\)"),
    (RIGHT + "@right(name())\ndef f(): ...", "expected a literal for name"),
    (RIGHT + "@right(3)\ndef f(): ...", "expected a str that is not empty for name, got 3"),
    (RIGHT + '@wrong("b", says="", page="p", loses={"t": 1})\ndef f(): ...', "not empty for says"),
])
def test_a_file_that_is_not_as_expected_is_refused_with_a_sentence(tmp_path, text, message):
    (tmp_path / "f.py").write_text(text)
    with pytest.raises(GraderError, match=message) as caught:
        catalogue.load(tmp_path)
    assert "f.py" in str(caught.value)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(GraderError, match="found none"):
        catalogue.load(tmp_path)
