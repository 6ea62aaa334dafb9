"""The protocol, both directions, against any bytes and any JSON: an answer, or Unreadable, and nothing else.

`make fuzz` runs this for ten minutes; here it is a short run.
"""

import contextlib
import json
import os
import resource

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gdm_grader.referee.data_types import DATA_TYPES
from gdm_grader.referee.host.proxies import StudentError
from gdm_grader.referee.host.remote import MAX_STALE, RemoteKernel
from gdm_grader.referee.protocol import FRAME_HEADER, MAX_FRAME_BYTES, Unreadable, frame, parse, size_of
from gdm_grader.referee.reader import Reader
from gdm_grader.referee.writer import Writer

EXAMPLES = int(os.environ.get("GDM_FUZZ_EXAMPLES", "0"))  # by `make fuzz`: many, and others each time
MAX_GROWTH_BYTES = 300 << 20
FORMS = ("list", "tuple", "size", "set", "iterator", "dict", "namespace", "dtype", "complex", "array", "scalar",
         "tensor", "same", "kept", "opaque", "again", "numbered", "function", "__init__", "value", "", "data", "pairs",
         "texts", "objects", "like", *DATA_TYPES)
PAIRED = ("dict", "namespace")
quick = settings(max_examples=EXAMPLES or 300, derandomize=not EXAMPLES, deadline=None,
                 suppress_health_check=list(HealthCheck))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(FORMS)
nodes = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner,
                                                                                          max_size=2)
                     | st.builds(lambda form, rest: [form, *rest], st.sampled_from(FORMS), st.lists(inner, max_size=3))
                     | st.builds(lambda form, pairs: [form, *pairs], st.sampled_from(PAIRED),
                                 st.lists(st.tuples(inner, inner).map(list), max_size=3)),
                     max_leaves=20)
messages = st.fixed_dictionaries(
    {"op": st.sampled_from(["result", "error", "callback", "pullback", "look", "x"]), "n": st.just(1) | scalars,
     "changed": st.just([]) | nodes},
    optional=dict.fromkeys(("value", "target", "args", "kwargs", "grad", "result", "inputs", "seed", "type",
                            "message", "trace"), nodes))
TENSORS = [torch.zeros(2), torch.tensor(1.0), torch.zeros(0, 3), torch.tensor([True]), torch.arange(3)]


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_unreadable(data):
    try:
        size = size_of(data)
        assert 0 <= size <= MAX_FRAME_BYTES + FRAME_HEADER.size
        if size and len(data) >= size:
            assert isinstance(parse(data[:size])[0], dict)
    except Unreadable:
        pass


@quick
@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_two_parts_are_a_message_or_unreadable(text, blob):
    with contextlib.suppress(Unreadable):
        parse(FRAME_HEADER.pack(len(text), len(blob)) + text + blob)


@quick
@given(nodes)
def test_any_json_is_a_value_or_unreadable(node):
    with contextlib.suppress(Unreadable):
        Reader(list(TENSORS)).value(node)


@quick
@given(st.lists(messages, min_size=1, max_size=5))
def test_a_kernel_that_says_anything_changes_nothing_but_what_it_was_given(replies):
    x, secret = torch.ones(2), torch.full((2,), 7.0)
    calls = []

    def function(value, scale=1.0):
        calls.append(value)
        return secret

    waiting = [frame(message, list(TENSORS)) for message in replies]
    remote = RemoteKernel(lambda _: waiting.pop(0) if waiting else frame({"op": "result", "n": 1, "changed": []}, []))
    with contextlib.suppress(Unreadable, StudentError):
        remote.call(["kept", 1], (x, function), {})
    assert torch.equal(secret, torch.full((2,), 7.0))
    assert remote._depth == 0


@quick
@given(nodes.filter(lambda node: not isinstance(node, dict)))
def test_what_was_read_can_be_written_and_read_again(node):
    try:
        value = Reader(list(TENSORS)).value(node)
        writer = Writer()
        text = json.loads(json.dumps(writer.value(value)))
    except Unreadable:
        return
    Reader(parse(frame({}, writer.tensors))[1]).value(text)


def test_messages_out_of_turn_end_the_exchange():
    asked = []

    def ask(question):
        asked.append(question)
        return frame({"op": "result", "n": -1, "changed": []}, [])

    with pytest.raises(Unreadable, match="not asked"):
        RemoteKernel(ask).look(["f"])
    assert len(asked) == MAX_STALE


def test_an_empty_tensor_of_a_huge_shape_is_unreadable():
    with pytest.raises(Unreadable, match="shape"):
        parse(frame({}, [torch.zeros(2**26, 0)]))


def test_all_of_this_cost_little_memory():
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10 < (2 << 30) + MAX_GROWTH_BYTES
