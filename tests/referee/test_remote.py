"""A student's function behind its proxy behaves as if it were here."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from gdm_grader.referee.host.proxies import StudentError


@pytest.mark.parametrize("value", [
    None, True, 3, -0.5, "text", [1, (2, "b")], {"a": [1.5], 2: None}, {1, 2}, torch.Size([2, 3]), torch.float64, 2j,
    SimpleNamespace(a=1, b=[2]),
])
def test_data_comes_back_as_it_went(student, value):
    got = student("def same(value): return type(value)(value) if isinstance(value, list) else value", "same")(value)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize("dtype", [torch.bool, torch.long, torch.float32, torch.float64, torch.uint8, torch.complex64])
def test_tensors_keep_shape_and_dtype(student, dtype):
    given = (3 * torch.randn(2, 3)).to(dtype)
    got = student("def f(x): return x.clone(), x[0].T if x.dim() == 1 else x.mT, x.sum(), x[:0]", "f")(given)
    for one, other in zip(got, (given, given.mT, given.sum(), given[:0]), strict=True):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)


def test_arrays_and_their_scalars_stay_arrays_and_scalars(student):
    array, number = student("import numpy as np\ndef f(x): return 2 * x, np.float32(x.sum())", "f")(np.arange(3))
    assert np.array_equal(array, [0, 2, 4])
    assert type(number) is np.float32


def test_nan_and_infinity_are_data(student):
    got = student("def f(): return float('nan'), torch.tensor([float('inf'), float('nan')])", "f")()
    assert np.isnan(got[0])
    assert torch.isinf(got[1][0])


def test_what_was_passed_comes_back_as_the_same_object(student):
    x, f = torch.ones(2), (lambda x: x)
    got = student("def g(x, f): return [x, (f, x)]", "g")(x, f)
    assert got[0] is x
    assert got[1] == (f, x)


def test_a_generator_can_be_unpacked(student):
    first, second = student("def f(): return (torch.full((1,), k) for k in (1, 2))", "f")()
    assert (first.item(), second.item()) == (1, 2)


def test_an_object_that_is_no_data_stays_there_and_can_be_asked(student):
    counter = student("class Counter:\n    def __init__(self, n): self.n = n\n"
                      "    def add(self, k): self.n += k; return self\n"
                      "    def __eq__(self, other): return True", "Counter")(3)
    assert counter.add(4).n == 7
    assert counter != counter.add(0)
    assert counter not in [1, None]
    with pytest.raises(TypeError):
        len(counter)


def test_an_error_has_its_type_its_words_and_the_students_lines(student):
    f = student("def f(x):\n    if x < 0:\n        raise ValueError('below zero')\n    return x", "f")
    with pytest.raises(ValueError, match="below zero") as caught:
        f(-1)
    assert isinstance(caught.value, StudentError)
    assert "raise ValueError" in caught.value.trace
    assert f(1) == 1


def test_a_function_of_the_test_is_called_here(student):
    calls = []

    def f(x, scale=1.0):
        calls.append(x)
        return scale * x, [len(calls)]

    got, count = student("def twice(f, x): return f(f(x)[0], scale=3.0)", "twice")(f, torch.ones(2))
    assert torch.equal(got, torch.full((2,), 3.0))
    assert count == [2]
    assert len(calls) == 2


def test_functions_in_lists_and_namespaces_can_be_called(student):
    run = student("def run(model, layers):\n    x = model.sample(3)\n    for f, g in layers: x = f(x) + g(x)\n"
                  "    return model.log_prob(x)", "run")
    model = SimpleNamespace(sample=lambda n: torch.arange(n), log_prob=lambda x: -x)
    layers = [(lambda x: 2 * x, lambda x: x + 1), (lambda x: x, lambda x: 0 * x)]
    assert run(model, layers).tolist() == [-1, -4, -7]


def test_an_error_of_a_function_of_the_test_can_be_caught_there(student):
    def fails(x):
        raise KeyError("no such key")

    f = student("def f(g):\n    try: g(1)\n    except KeyError as error: return str(error)", "f")
    assert "no such key" in f(fails)


def test_changes_of_arguments_show_here(student):
    x, values, model = torch.zeros(2), [1, 2], SimpleNamespace(n=1)
    same = x, values
    student("def f(x, values, model): x.add_(1); values.append(values.pop(0)); model.n = 5", "f")(x, values, model)
    assert (same[0].tolist(), same[1], model.n) == ([1.0, 1.0], [2, 1], 5)


def test_a_change_shows_before_a_function_of_the_test_is_called(student):
    seen = []
    x = torch.zeros(2)
    student("def f(x, g): x += 1; g(x); x += 1", "f")(x, lambda now: seen.append(now.clone()))
    assert seen[0].tolist() == [1, 1]
    assert x.tolist() == [2, 2]


def test_a_gradient_flows_to_the_arguments(student):
    x = torch.randn(3, dtype=torch.float64, requires_grad=True)
    f = student("def f(x): return (x ** 3).sum()", "f")
    f(x).backward()
    assert torch.allclose(x.grad, 3 * x.detach() ** 2)
    assert torch.autograd.gradcheck(f, x)


def test_a_jacobian_is_that_of_the_function(student):
    x = torch.randn(2, 3, dtype=torch.float64)
    got = torch.autograd.functional.jacobian(student("def f(x): return x.cumsum(1).sin()", "f"), x)
    want = torch.autograd.functional.jacobian(lambda x: x.cumsum(1).sin(), x)
    assert torch.allclose(got, want)


def whole(f, theta, z):
    net = lambda x: (torch.sin(x) * theta[0], theta[1] * torch.tanh(x))  # noqa: E731
    return sum(part.cos().sum() for part in f(z, net))


LOOP = '''def f(z, net):
    x = torch.zeros_like(z)
    for _ in range(3):
        mu, alpha = net(x)
        x = mu + alpha.exp() * z
    return x, alpha.sum()'''


def test_a_gradient_flows_through_functions_of_the_test_to_what_they_hold(student):
    theta, z = torch.randn(2).double().requires_grad_(), torch.randn(4).double().requires_grad_()
    space = {"torch": torch}
    exec(LOOP, space)
    got = torch.autograd.grad(whole(student(LOOP, "f"), theta, z), (theta, z))
    want = torch.autograd.grad(whole(space["f"], theta, z), (theta, z))
    assert all(map(torch.allclose, got, want))


@pytest.mark.parametrize(("source", "needs"), [
    ("def f(x): return 2 * x", True),
    ("def f(x): return 2 * x.detach()", False),
    ("@torch.no_grad()\ndef f(x): return 2 * x", False),
    ("def f(x): return x.new_ones(2)", False),
    ("def f(x): return x.new_ones(2).requires_grad_()", True),
])
def test_what_cuts_the_graph_there_cuts_it_here(student, source, needs):
    f = student(source, "f")
    assert f(torch.ones(2, requires_grad=True)).requires_grad is needs
    assert f(torch.ones(2)).requires_grad is ("ones(2).requires" in source)
    with torch.no_grad():
        assert not f(torch.ones(2, requires_grad=True)).requires_grad or "ones(2).requires" in source


def test_no_grad_there_holds_for_functions_of_the_test(student):
    theta = torch.ones(1, requires_grad=True)
    f = student("def f(g):\n    with torch.no_grad(): return g(torch.ones(1))", "f")
    assert not f(lambda x: theta * x).requires_grad


def test_a_students_own_gradient_may_pass_through_a_function_of_the_test(student):
    f = student("def slope(z, g):\n    z = z.detach().clone().requires_grad_(True)\n"
                "    return torch.autograd.grad(g(z).sum(), z)[0]", "slope")
    assert torch.allclose(f(torch.tensor([1.0, 2.0]), lambda z: z ** 3), torch.tensor([3.0, 12.0]))


def test_a_function_of_the_test_may_call_a_students(student):
    double, compose = student("def double(x): return 2 * x\ndef compose(f, x): return f(f(x))", "double", "compose")
    x = torch.ones(2, requires_grad=True)
    got = compose(lambda x: double(x) + 1, x)
    assert got.tolist() == [7, 7]
    got.sum().backward()
    assert x.grad.tolist() == [4, 4]


def test_in_place_on_what_a_graph_needs_is_the_error_that_it_is(student):
    x = torch.ones(2, requires_grad=True)
    f, g = student("def f(x):\n    y = x.exp()\n    z = y * y\n    y.mul_(2)\n    return z\n"
                   "def g(x): x.mul_(2)", "f", "g")
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        f(x).sum().backward()
    with pytest.raises(RuntimeError, match="leaf Variable"):
        g(x)


WRITES = ("def f(g):\n    x = torch.ones(2, 2)\n    for j in range(2):\n"
          "        x[:, j] = g(x)[:, j]\n    return x\n"
          "def h(x, g):\n    y = g(x)\n    x[:, 0] = 3\n    return y")


def test_in_place_on_what_a_function_of_the_test_kept_is_the_error_that_it_is(student):
    theta = torch.ones(2, requires_grad=True)
    f, h = student(WRITES, "f", "h")
    for whole in (f(lambda x: theta * x.sin()), h(torch.ones(2, 2), lambda x: theta * x)):
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            whole.sum().backward()


def test_in_place_on_what_no_graph_kept_is_no_error(student):
    theta = torch.ones(2, requires_grad=True)
    f, h = student(WRITES, "f", "h")
    f(lambda x: theta + x).sum().backward()
    h(torch.ones(2, 2), lambda x: theta + x).sum().backward()
    assert theta.grad.tolist() == [4, 4]
