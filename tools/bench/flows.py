"""The measurements of the flows."""

from collections.abc import Iterator

import nflows.transforms as nt
import torch
import zuko
from torch.autograd.functional import jacobian as jacobian_of_one
from torch.profiler import profile

from gdm_lib.check.jacobian import jacobians
from gdm_lib.flows import PLU, NormalizingFlow, StandardNormal, maf
from gdm_lib.losses import nll
from gdm_lib.nn import MaskedLinear
from tools.bench.peers import PEERS, Zuko
from tools.bench.timing import Result, Run, Work

BATCH = 1024


def ours(m: int) -> NormalizingFlow:
    torch.manual_seed(0)
    return NormalizingFlow(StandardNormal(m), maf(m, layers=5, hidden=(64, 64)))


def without_gradients(run: Run) -> Run:
    return torch.no_grad()(run)


def products(flow: NormalizingFlow, x: torch.Tensor, backward: bool = False) -> Run:
    """The matrix products of one pass of a MAF, with the masked weights at hand; `backward` adds those of gradients."""
    weights = [layer.masked().detach() for layer in flow.modules() if isinstance(layer, MaskedLinear)]
    inputs = [torch.randn(len(x), weight.shape[1]) for weight in weights]
    outputs = [torch.randn(len(x), weight.shape[0]) for weight in weights]

    def run() -> None:
        for weight, below, above in zip(weights, inputs, outputs, strict=True):
            below @ weight.mT
            if backward:
                above @ weight
                above.mT @ below
    return run


def maf_sampling() -> Iterator[Work]:
    """A sample takes m steps; each of our steps computes only the units that are new."""
    for m, passes in ((16, 3), (64, 4)):
        flow, x = ours(m), torch.randn(BATCH, m)
        floor, name = products(flow, x), f"MAF sampling, D = {m}"
        peers = {"zuko": Zuko(m).sample, "nflows": PEERS["nflows"](m).sample}
        runs = {peer: lambda draw=draw: draw(BATCH) for peer, draw in peers.items()}
        yield Work(name, 1, lambda f=flow: f.sample(BATCH), runs, floor=floor)
        yield Work(f"{name}, in forward passes", passes, lambda f=flow: f.sample(BATCH),
                   {"our own log_prob": without_gradients(lambda f=flow, x=x: f.log_prob(x))}, True, floor)


def maf_log_prob() -> Iterator[Work]:
    """One pass of the network for everybody; frozen, the masks are multiplied before the clock starts."""
    for m, least in ((2, 1.2), (16, 1.3), (64, 1.3)):
        flow, x = ours(m), torch.randn(BATCH, m)
        models = {name: build(m) for name, build in PEERS.items()}
        peers = {name: without_gradients(lambda f=model, x=x: f.log_prob(x)) for name, model in models.items()}
        mine, floor = without_gradients(lambda f=flow, x=x: f.log_prob(x)), products(flow, x)
        yield Work(f"MAF log_prob, D = {m}", least, mine, peers, floor=floor)
        with flow.frozen():
            yield Work(f"MAF log_prob, frozen, D = {m}", 1.7, mine, peers, floor=floor)


def maf_training_step() -> Iterator[Work]:
    """Loss, gradients, one step of Adam: ours fused, as `fit` takes it, theirs as their documentation shows it."""
    x = torch.randn(BATCH, 64)

    def step_of(model: torch.nn.Module, fused: bool) -> Run:
        optimizer = torch.optim.Adam(model.parameters(), 1e-5, fused=fused)

        def step() -> None:
            optimizer.zero_grad()
            nll(model, x).backward()
            optimizer.step()
        return step

    peers = {name: step_of(build(64), False) for name, build in PEERS.items()}
    flow = ours(64)
    floor = products(flow, x, backward=True)
    yield Work("MAF training step, D = 64", 1.25, step_of(flow, True), peers, floor=floor)


def plu_inverse() -> Iterator[Work]:
    """Two triangular inverses and one product; the product alone is the floor."""
    for m, times in ((64, 3), (256, 2.5)):
        z, flow, theirs = torch.randn(BATCH, m), PLU(m), nt.LULinear(m)
        square = torch.randn(m, m)
        lu = zuko.transforms.LULinearTransform(torch.randn(m, m) / m + torch.eye(m))
        mine = without_gradients(lambda f=flow, z=z: f.g(z))
        product: Run = lambda z=z, square=square: z @ square  # noqa: E731
        yield Work(f"PLU inverse, D = {m}, in products", times, mine, {"one product": product}, True, product)
        peers = {"zuko": without_gradients(lambda f=lu, z=z: f.inv(z)),
                 "nflows": without_gradients(lambda f=theirs, z=z: f.inverse(z))}
        yield Work(f"PLU inverse, D = {m}", 1, mine, peers, floor=product)


def exact_jacobian() -> Iterator[Work]:
    """vmap(jacrev) over all points against a loop of autograd over points and outputs."""
    x, transform = torch.randn(64, 16), ours(16).transform

    def f(point: torch.Tensor) -> torch.Tensor:
        return transform.f(point)[0]

    yield Work("exact Jacobian, 64 points, m = 16", 50, lambda: jacobians(f, x),
               {"a loop of autograd": lambda: [jacobian_of_one(f, point) for point in x]})


def sampling_memory() -> Result:
    """The most that lives at once while sampling, against the activations of one pass with gradients."""
    flow = ours(64)
    z = torch.randn(BATCH, 64)
    with torch.no_grad():
        mine = peak_bytes(lambda: flow.transform.g(z))
    one_pass = peak_bytes(lambda: flow.transform.f(z))
    return Result("memory of MAF sampling, D = 64", mine / 2**20, "one forward pass", one_pass / 2**20, 1, True, "MiB")


def peak_bytes(run: Run) -> int:
    """The largest sum of what was allocated and not yet freed during `run`."""
    with profile(profile_memory=True) as record:
        kept = run()                                                        # alive until the record is closed
    del kept
    live = top = 0
    for event in record.profiler.kineto_results.events():
        if event.name() == "[memory]":
            live += event.nbytes()
            top = max(top, live)
    return top


WORKS = [maf_sampling, maf_log_prob, maf_training_step, plu_inverse, exact_jacobian]
"""Functions that set up their works; the peers' slow ones are measured once a round."""
FIGURES = [sampling_memory]
"""Functions that measure something other than time."""
