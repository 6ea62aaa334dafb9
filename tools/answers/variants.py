"""A right answer, written in other ways: what keeps the contract of the text, and what slips in its form alone.

One way is wrong: `remembering` gives back what it gave before to arguments of the same shapes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

# How a task's batch can be cut: which arguments are its rows, and what becomes of the parts.
BATCHES = {
    "discrete_kl": ((0, 1), "join"), "mle_kl": ((0,), "mean"), "forward_kl_loss": ((2,), "mean"),
    "reverse_kl_loss": ((3,), "mean"), "duality_terms": ((4,), "join"), "mirrored_terms": ((4,), "join"),
    "pushforward_log_prob": ((0,), "join"), "diagonal_map": ((0,), "join"), "triangular_map": ((0,), "join"),
    "plu_map": ((0,), "join"), "compose": ((0,), "join"), "autoregressive_f": ((0,), "join"),
    "autoregressive_g": ((0,), "join"), "planar_map": ((0,), "join"), "bits_per_dim": ((0, 1), "mean"),
}
GRADIENTS = ("_gradient", "planar_map_log_det")  # how the names of test cells end that ask for a graph
PRELUDE = """
import torch
answer_inside = {task}

def each_part(value, change):
    if isinstance(value, (tuple, list)):
        return type(value)(each_part(entry, change) for entry in value)
    return change(value) if isinstance(value, torch.Tensor) else value

def put_together(parts, sizes):
    if isinstance(parts[0], tuple):
        return tuple(put_together(list(column), sizes) for column in zip(*parts))
    if {how!r} == "join":
        return torch.cat(parts)
    return sum(part * size for part, size in zip(parts, sizes)) / sum(sizes)

def cut(arguments, size):
    rows = [arguments[place].split(size) for place in {places!r}]
    pieces = []
    for piece in zip(*rows):
        changed = list(arguments)
        for place, entry in zip({places!r}, piece):
            changed[place] = entry
        pieces.append(changed)
    return pieces, [len(piece[0]) for piece in zip(*rows)]
"""
CUT = """
def {task}(*arguments):
    pieces, sizes = cut(arguments, {size})
    return put_together([answer_inside(*piece) for piece in pieces], sizes)
"""
THREADS = """
from concurrent.futures import ThreadPoolExecutor
def {task}(*arguments):
    pieces, sizes = cut(arguments, 1)
    with ThreadPoolExecutor(4) as pool:
        return put_together(list(pool.map(lambda piece: answer_inside(*piece), pieces)), sizes)
"""
KEYWORDS = """
import inspect
def {task}(*arguments, **named):
    bound = inspect.signature(answer_inside).bind(*arguments, **named)
    return answer_inside(**bound.arguments)
"""
MODULE = """
class OwnModule(torch.nn.Module):
    def forward(self, *arguments, **named):
        return answer_inside(*arguments, **named)
{task} = OwnModule()
"""
OWN_COPY = """
def {task}(*arguments, **named):
    own = [argument.clone().mul_(1) if isinstance(argument, torch.Tensor) else argument for argument in arguments]
    return answer_inside(*own, **named)
"""
PAIR_AS_LIST = """
def {task}(*arguments, **named):
    result = answer_inside(*arguments, **named)
    return list(result) if isinstance(result, tuple) else result
"""
CHANGED = """
def {task}(*arguments, **named):
    return each_part(answer_inside(*arguments, **named), {change})
"""
REMEMBERING = """
import torch
answer_inside, kept = {task}, {{}}

def shapes(value):
    if isinstance(value, torch.Tensor):
        return tuple(value.shape), value.dtype
    if isinstance(value, (list, tuple)):
        return tuple(map(shapes, value))
    return value if isinstance(value, (int, float, str)) else None

def {task}(*arguments):
    form = shapes(arguments)
    if form not in kept:
        kept[form] = answer_inside(*arguments)
    return kept[form]
"""
NUMPY_DETOUR = "lambda part: torch.from_numpy(part.detach().numpy().copy())"
FLOAT64 = "lambda part: part.double() if part.is_floating_point() else part"
MASKS = {"causal_mask", "raster_mask", "rgb_raster_mask", "made_masks", "receptive_field"}
ZEROS_AND_ONES = "lambda part: part.int()"
SLIPS = {
    "returns numpy": "lambda part: part.detach().numpy()",
    "returns floats or lists": "lambda part: part.tolist()",
}


@dataclass(frozen=True)
class Variant:
    """A right answer in another form; a `slip` costs the cell that asks for the form, and no other."""

    name: str
    source: str
    slip: bool = False
    graph: bool = True  # False: no gradient passes through


def variants(task: str, source: str) -> Iterator[Variant]:
    """Yield the variants of a right answer that make sense for its task."""
    if source.count(f"{task}(") > 1:
        return  # it calls itself by its name, which a variant takes
    places, how = BATCHES.get(task, ((), "join"))
    prelude = source + "\n" + PRELUDE.format(task=task, places=places, how=how)
    if places:
        yield Variant("row by row", prelude + CUT.format(task=task, size=1))
        yield Variant("in chunks", prelude + CUT.format(task=task, size=2))
        yield Variant("in threads", prelude + THREADS.format(task=task))
    for name, text in (("keyword call", KEYWORDS), ("own module class", MODULE), ("in place on an own copy", OWN_COPY),
                       ("a list for a pair", PAIR_AS_LIST)):
        yield Variant(name, prelude + text.format(task=task))
    yield Variant("returns float64", prelude + CHANGED.format(task=task, change=FLOAT64))
    if task in MASKS:
        yield Variant("a mask of 0 and 1", prelude + CHANGED.format(task=task, change=ZEROS_AND_ONES), slip=True)
    yield Variant("numpy inside", prelude + CHANGED.format(task=task, change=NUMPY_DETOUR), graph=False)
    for name, change in SLIPS.items():
        yield Variant(name, prelude + CHANGED.format(task=task, change=change), slip=True,
                      graph=False)


def remembering(task: str, source: str) -> str | None:
    """Return the answer made to remember its results by shape: wrong, but where the arguments hold no tensor."""
    if source.count(f"{task}(") > 1 or task in {"causal_mask", "raster_mask", "rgb_raster_mask"}:
        return None
    return source + "\n" + REMEMBERING.format(task=task)
