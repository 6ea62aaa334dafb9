"""Threads, transforms and the compiler in a student's function: the right number, or a sentence."""

import time

import pytest
import torch

from gdm_grader.referee.host.proxies import StudentError
from gdm_grader.referee.notebook.kernel_run import kernel_call

IN_THREADS = """
from concurrent.futures import ThreadPoolExecutor
def both(f, g, x):
    with ThreadPoolExecutor(8) as pool:
        for _ in range(10):
            parts = list(pool.map(lambda row: f(row[None]) - g(row[None]), x))
    return torch.cat(parts)
"""


def test_threads_that_call_what_the_test_passes_get_their_own_replies(student):
    both, x = student(IN_THREADS, "both"), torch.randn(12, 3)
    calls = []

    def f(x):
        calls.append(len(x))
        return x.sum(1)

    assert torch.allclose(both(f, lambda x: 2 * x[:, 0], x), x.sum(1) - 2 * x[:, 0])
    assert calls == [1] * 120


def test_gradients_pass_through_what_threads_computed(student):
    both, x = student(IN_THREADS, "both"), torch.randn(5, 2, requires_grad=True)
    gradient, = torch.autograd.grad(both(lambda x: x.square().sum(1), lambda x: x[:, 0], x).sum(), x)
    assert torch.allclose(gradient, 2 * x - torch.tensor([1.0, 0.0]))


def test_a_thread_that_goes_on_after_the_end_is_told_and_disturbs_nothing(student):
    first, second, said = student("""
import threading, time
said = []
def first(f):
    def late():
        time.sleep(0.3)
        try:
            f(1)
        except RuntimeError as error:
            said.append(str(error))
    threading.Thread(target=late).start()
    return 1
def second(f):
    time.sleep(0.1)
    return f(2)
def heard():
    return said
""", "first", "second", "heard")
    assert first(lambda x: x) == 1
    time.sleep(0.6)
    assert second(lambda x: 10 * x) == 20
    assert "after your own function had returned" in said()[0]


@pytest.mark.parametrize("transform", ["vmap(f)", "jacrev(f)", "grad(lambda x: f(x).sum())",
                                       "vmap(torch.func.vmap(f))"])
def test_a_transform_over_what_the_test_passes_says_so_and_the_kernel_lives(student, transform):
    use = student(f"def use(f, x): return torch.func.{transform}(x)", "use")
    with pytest.raises(StudentError, match=r"cannot be called inside torch\.func"):
        use(lambda x: 2 * x, torch.randn(3, 2))
    with pytest.raises(StudentError, match="whole batch"):
        use(lambda x: 2 * x, torch.randn(3, 2))


@pytest.mark.parametrize("line", ["@torch.compile", "@torch.compile(mode='max-autotune')", "@torch.compile()"])
def test_a_compiled_function_gives_its_values_at_once(student, line):
    source = f"{kernel_call('begin(0, ())')}\n{line}\ndef f(x): return 2 * x"
    assert torch.equal(student(source, "f")(torch.ones(2)), torch.full((2,), 2.0))
