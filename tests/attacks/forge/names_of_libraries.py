"""Returns namespaces with each name by which a library asks what an object is, or whose memory it may read."""

from types import SimpleNamespace

NAME = "elsewhere"
FORM = {"data": (64, True), "shape": (2,), "typestr": "<f8", "version": 3, "strides": None}
NAMES = ("__array_interface__", "__cuda_array_interface__", "__array_struct__", "__array__", "__dlpack__",
         "__dlpack_device__", "__buffer__", "__array_priority__", "__array_ufunc__", "__array_function__",
         "__torch_function__")
calls = []


def answer(*arguments, **named):
    calls.append(1)
    for argument in arguments:
        if isinstance(argument, list):
            argument[:] = [SimpleNamespace(__array_interface__=FORM)]
    one = SimpleNamespace(**{NAMES[len(calls) % len(NAMES) - 1]: FORM})
    return [one] if len(calls) < 3 else [SimpleNamespace(**dict.fromkeys(NAMES, FORM))]
