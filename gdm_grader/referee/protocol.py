"""The messages between the grader and a kernel: JSON for the form, safetensors for the numbers, nothing that runs.

A frame is two lengths, the JSON and the tensors. Both ends write and read with the classes of writer.py and reader.py;
what one end cannot turn into data (functions, objects) it turns into a form of its own. Costs about 0.1 ms a message.

Messages, each a dict with "op" and "n", the number of the question that it belongs to:

| op | direction | other keys | reply |
|---|---|---|---|
| look | to the kernel | names | result: a dict of those that the notebook has |
| seed | to the kernel | seed, the kernel's own | result: None |
| call | to the kernel | target, args, kwargs, grad (whether gradients are on) | result or error |
| attribute | to the kernel | target, name | result or error |
| pull | to the kernel | tensor, leaves, grad | result: a gradient or None a leaf |
| inside | to the kernel | copy (its number), cell (source, before, seconds, token) | result: what the copy says |
| return, raise | to the kernel | value; type, message | go on with what asked |
| end | to the kernel | | none |
| result | to the referee | value, changed | |
| error | to the referee | type, base (the built-in type), message, trace, changed | |
| callback | to the referee | target, args, kwargs, grad, changed | return or raise |
| pullback | to the referee | result, inputs, seed, changed | return or raise |

"changed" is a list of [name, value]: what the student's code changed since the last message, by its name: ["same", n]
for what the referee passed, ["kept", n] for what the kernel did.

In the JSON a value is a scalar, or a list that begins with its form:

| form | direction | what it is |
|---|---|---|
| list, tuple, size, set, iterator | both | entries |
| dict, namespace | both | pairs |
| dtype; complex | both | its name; two numbers |
| data, type | both | parts, of a type in data_types.py |
| array, scalar | both | place of a tensor in the frame |
| pairs, two arrays | both | real and imaginary parts |
| texts, shape, width; objects, shape | both | entries of an array of strings; of objects |
| tensor, place | both | a tensor without a gradient |
| tensor, place, number, how | to the kernel | numbered; how: 0, "leaf" or "inside" a graph |
| numbered, number, value | to the kernel | what can be changed, and is known by this number |
| again, number | to the kernel | what stands in this message already |
| function, number, name | to the kernel | a function of the test |
| kept, number | to the kernel | what the kernel has |
| tensor, place, number, needs | to the referee | numbered; needs: whether it has a graph there |
| same, number | to the referee | what the referee passed |
| like, number, value | to the referee | an object that amounts to this list or dict, and stays there as well |
| opaque, number, type, calls | to the referee | an object that stays there; calls: whether it can be called |
"""

import json
import math
import struct
from typing import Any

import torch
from safetensors.torch import load, save

FRAME_HEADER = struct.Struct("!II")
MAX_FRAME_BYTES = 4 << 20
MAX_VALUE_DEPTH = 40  # of lists within lists
MAX_VALUES = 100_000  # in one message
MAX_KEYS = 10_000  # of one dict or set: keys of one hash cost their number squared
MAX_INT_BITS = 1023  # a whole number that a floating-point one can stand for
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (
    torch.bool, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.int8, torch.int16, torch.int32,
    torch.int64, torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64)}


class Unreadable(ValueError):
    """A frame, or a value, that is not data of this form."""


def frame(message: dict[str, Any], tensors: list[torch.Tensor]) -> bytes:
    """Return a message with its tensors as bytes; Unreadable if it is too large."""
    text = json.dumps(message).encode()
    blob = save({str(number): tensor for number, tensor in enumerate(tensors)}) if tensors else b""
    if len(text) + len(blob) > MAX_FRAME_BYTES:
        raise Unreadable(f"more than {MAX_FRAME_BYTES >> 20} MB")
    return FRAME_HEADER.pack(len(text), len(blob)) + text + blob


def size_of(start: bytes) -> int:
    """The length of the frame that begins so, 0 if its header is not there yet."""
    if len(start) < FRAME_HEADER.size:
        return 0
    size = FRAME_HEADER.size + sum(FRAME_HEADER.unpack_from(start))
    if size > MAX_FRAME_BYTES + FRAME_HEADER.size:
        raise Unreadable(f"more than {MAX_FRAME_BYTES >> 20} MB")
    return size


def parse(data: bytes) -> tuple[dict[str, Any], list[torch.Tensor]]:
    """The message and the tensors of a whole frame, from whoever wrote it."""
    text, blob = FRAME_HEADER.unpack_from(data)
    try:
        message = json.loads(data[FRAME_HEADER.size:FRAME_HEADER.size + text])
        named = load(data[FRAME_HEADER.size + text:]) if blob else {}
        tensors = [_plain(named[str(number)]) for number in range(len(named))]
    except Exception as error:  # forged data may break the parsers anywhere
        raise Unreadable(type(error).__name__) from None
    if not isinstance(message, dict) or any(tensor.dtype not in DTYPES.values() for tensor in tensors):
        raise Unreadable("a message of another form")
    for tensor in tensors:
        refuse_vast(tensor)
    return message, tensors


def refuse_vast(tensor: torch.Tensor) -> None:
    """Unreadable for an empty tensor of a shape that nothing can be computed from."""
    if math.prod(max(size, 1) for size in tensor.shape) > MAX_FRAME_BYTES:
        raise Unreadable("an empty tensor of a shape that nothing can be computed from")


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """Memory of its own, and only 0 and 1 in what says to be boolean."""
    return tensor.view(torch.uint8).ne(0) if tensor.dtype == torch.bool else tensor.clone()
