"""Values of unusual types on their way from a student's function to a test, and what cannot be read at all."""


import numpy as np
import pytest
import torch

from gdm_grader.referee.host.proxies import StudentError
from gdm_grader.referee.protocol import Unreadable

LIKE_A_PAIR = {
    "a dataclass that unpacks": "from dataclasses import astuple, dataclass\n@dataclass\nclass Pair:\n"
                                "    x: object\n    y: object\n    def __iter__(self): return iter((self.x, self.y))",
    "a ParameterList": "Pair = lambda *parts: torch.nn.ParameterList(parts)",
    "a deque": "from collections import deque\nPair = lambda *parts: deque(parts)",
    "a tuple of sparse tensors": "Pair = lambda *parts: tuple(part.to_sparse() for part in parts)",
}


@pytest.mark.parametrize("what", LIKE_A_PAIR)
def test_what_unpacks_like_a_pair_is_one(student, what):
    x = torch.eye(2, requires_grad=True)
    one, two = student(LIKE_A_PAIR[what] + "\ndef f(x): return Pair(3 * x, x)", "f")(x)
    assert torch.equal(one, 3 * x)
    assert torch.equal(two, x)


UNREADABLE = {
    "an array of objects": "import numpy as np\nodd = np.array([1, None], dtype=object)",
    "an array of strings": "import numpy as np\nodd = np.array(['a', 'b'])",
    "a number of a kind of its own": "import numpy as np\nodd = np.longdouble(1) ** 2",
    "a sparse tensor": "odd = torch.eye(3).to_sparse()",
    "a tensor of another dtype": "odd = torch.zeros(2, dtype=torch.complex128)",
    "a list that holds itself": "odd = []\nodd.append(odd)",
    "a tensor larger than a frame": "odd = torch.zeros(3_000_000)",
    "an empty tensor of a vast shape": "odd = torch.zeros(0, 10**9)",
    "a number beyond 64 bits": "odd = 1 << 200",
    "more keys than are read": "odd = dict.fromkeys(range(20_000))",
    "a list that raises": "class Odd(list):\n    def __iter__(self): raise RuntimeError('no entries')\nodd = Odd()",
    "half a character": "odd = chr(0xD83D)",
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_name_that_cannot_be_read_costs_nothing_but_itself(student, what):
    odd, double, number = student(UNREADABLE[what] + "\nnumber = 3\ndef double(x): return 2 * x", "odd", "double",
                                  "number")
    assert (double(4), number) == (8, 3)
    assert repr(odd)


ODD = {
    "range": ("range(2, 8, 3)", "range(2, 8, 3)"),
    "bytes": ("b'a\\xff'", "bytearray(b'a\\xff')"),
    "views of a dict": ("[{1: 2}.keys() == {1}, list({1: 2}.values()), {1: 2}.items() == {(1, 2)}]",
                        "[{1: 0}.keys() == {1}, {1: 2}.values() and [2], True]"),
    "deque": ("deque([1, 2], 2)", "deque([0, 1, 2], 2)"),
    "fraction": ("0.5", "Fraction(1, 2)"),
    "decimal": ("Decimal('0.10')", "Decimal('0.1')"),
    "date and time": ("[datetime(2020, 1, 2, 3), date(2020, 1, 2), timedelta(hours=1)]",
                      "[datetime(2020, 1, 2, 3), date(2020, 1, 2), timedelta(minutes=60)]"),
    "path": ("Path('a') / 'b'", "Path('a/b')"),
    "a number beyond 64 bits": ("2 ** 200", "1 << 200"),
    "a mapping": ("{'a': 1}", "MappingProxyType({'a': 1})"),
    "a user's dict": ("{'a': 1}", "UserDict(a=1)"),
    "a user's text": ("'ab'", "UserString('ab')"),
    "a text of NumPy's": ("'ab'", "np.str_('ab')"),
    "a wide number of NumPy's": ("0.5", "np.longdouble(0.5)"),
    "a wide complex number of NumPy's": ("2j", "np.complex128(2j)"),
    "an enumeration of numbers": ("1", "IntEnum('E', 'one').one"),
    "a set of the student's": ("{1, 2}", "Odds()"),
}
ODD_NAMES = ("import numpy as np\nfrom collections import UserDict, UserString, deque, namedtuple\n"
             "from collections.abc import Set\nfrom datetime import date, datetime, timedelta\n"
             "from decimal import Decimal\nfrom enum import IntEnum\nfrom fractions import Fraction\n"
             "from pathlib import Path\nfrom types import MappingProxyType\n"
             "class Odds(Set):\n    def __contains__(self, one): return one in (1, 2)\n"
             "    def __iter__(self): return iter((1, 2))\n    def __len__(self): return 2\n")


def test_what_equals_the_plain_answer_in_one_process_equals_it_here(student):
    space = {}
    exec(ODD_NAMES, space)
    kept = student(ODD_NAMES + "answers = [" + ",\n".join(f"lambda: {odd}" for _, odd in ODD.values()) + "]\n"
                   "def answer(number): return answers[number]()", "answer")
    for number, (what, (plain, _)) in enumerate(ODD.items()):
        assert kept(number) == eval(plain, space), what


def test_arrays_of_texts_objects_and_complex_numbers_are_arrays(student):
    texts, mixed, roots = student("import numpy as np\ndef f():\n    return (np.array([['a', 'bc']]), np.array([1, "
                                  "None], dtype=object), np.array([1 + 2j]))", "f")()
    assert (texts == [["a", "bc"]]).all()
    assert mixed.tolist() == [1, None]
    assert np.allclose(roots, [1 + 2j])


def test_a_table_is_an_array_and_a_sequence_of_the_students_a_list(student):
    table, sequence = student("class Table:\n    def __array__(self, *_, **__): return np.array([[1, 2]])\n"
                              "class Row:\n    def __len__(self): return 2\n    def __getitem__(self, place):\n"
                              "        return (5, 6)[place]\n"
                              "import numpy as np\ndef f(): return Table(), Row()", "f")()
    assert table.sum() == 3
    assert sequence == [5, 6]


def test_a_tuple_keeps_the_names_of_its_entries(student):
    pair, found = student("from collections import namedtuple\nPair = namedtuple('Pair', 'left right')\n"
                          "def f(x): return Pair(1, 2), torch.max(x, 0)", "f")(torch.tensor([1.0, 3.0]))
    assert (pair.left, pair.right, pair == (1, 2)) == (1, 2, True)
    assert found.indices == 1
    with pytest.raises(AttributeError, match="entries have names"):
        pair.middle  # noqa: B018


VAST = ["range(10**9)", "__import__('decimal').Decimal('1e999999999')", "10 ** 400", "object()"]


@pytest.mark.parametrize("value", VAST)
def test_nothing_vast_is_made_of_a_few_bytes(student, value):
    f, double = student(f"def f(): return {value}\ndef double(x): return 2 * x", "f", "double")
    try:
        said = repr(f())
    except StudentError as error:
        said = str(error)
    assert said.startswith(("<a", "a whole number of more than", "a value that is nested too deeply"))
    assert double(2) == 4


def test_an_error_of_the_students_own_type_is_caught_as_what_it_is(student):
    f = student("class Empty(ValueError): pass\ndef f(): raise Empty('nothing')", "f")
    with pytest.raises(ValueError, match="nothing") as caught:
        f()
    assert caught.value.kind == "Empty"


def test_what_a_test_passes_may_be_of_these_types_too(student):
    from fractions import Fraction

    f = student("def f(span, part): return [type(span).__name__, part + 1]", "f")
    assert f(range(3), Fraction(1, 2)) == ["range", Fraction(3, 2)]


KINDS_OF_ITS_OWN = """
import itertools
class Stack:
    def __init__(self): self.kept = []
    def __iter__(self): return iter(self.kept)
    def push(self, one): self.kept.append(one); return self
    def both(self, other): return self.kept + other.kept
class Endless:
    def __iter__(self): return itertools.count()
    def name(self): return "all"
"""


def test_an_object_that_unpacks_can_be_asked_for_the_rest(student):
    stack, endless = student(KINDS_OF_ITS_OWN, "Stack", "Endless")
    one = stack().push(4)
    assert list(one) == [4]
    assert one.both(stack().push(5)) == [4, 5]
    assert endless().name() == "all"


def test_a_namespace_with_a_name_that_numpy_asks_for_is_no_value(student):
    """NumPy would read where it says, in the grader's memory: the process ends, or shows what lies there."""
    make = student("from types import SimpleNamespace\ndef make(name): return SimpleNamespace(**{name: {\n"
                   "    'data': (64, True), 'shape': (3,), 'typestr': '<f8', 'version': 3}})", "make")
    assert make("_own")._own["shape"] == (3,)
    with pytest.raises(Unreadable, match="keep for themselves"):
        make("__array_interface__")
