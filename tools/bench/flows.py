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
from tools.bench.peers import PEERS, NflowsDefault, Zuko
from tools.bench.timing import Result, Run, Work

BATCH = 1024


def ours(m: int) -> NormalizingFlow:
    torch.manual_seed(0)
    return NormalizingFlow(StandardNormal(m), maf(m, layers=5, hidden=(64, 64)))


def without_gradients(run: Run) -> Run:
    return torch.no_grad()(run)


def maf_sampling() -> Iterator[Work]:
    """A sample takes m steps; each of our steps computes only the units that are new."""
    for m, over_zuko in ((16, 12), (64, 30)):
        flow, zuko_maf, x = ours(m), Zuko(m), torch.randn(BATCH, m)
        name = f"MAF sampling, D = {m}"
        yield Work(name, over_zuko, lambda f=flow: f.sample(BATCH), {"zuko": lambda f=zuko_maf: f.sample(BATCH)})
        yield Work(f"{name}, in forward passes", 4, lambda f=flow: f.sample(BATCH),
                   {"our own log_prob": without_gradients(lambda f=flow, x=x: f.log_prob(x))}, at_most=True)
    flow = ours(64)
    for peer, build in (("nflows, its default network", NflowsDefault), ("nflows, the same network", PEERS["nflows"])):
        theirs = build(64)
        yield Work("MAF sampling, D = 64", 45, lambda: flow.sample(BATCH), {peer: lambda f=theirs: f.sample(BATCH)})


def maf_log_prob() -> Iterator[Work]:
    """One pass of the network for everybody."""
    for m in (2, 16, 64):
        flow, x = ours(m), torch.randn(BATCH, m)
        models = {name: build(m) for name, build in PEERS.items()}
        peers = {name: without_gradients(lambda f=model, x=x: f.log_prob(x)) for name, model in models.items()}
        yield Work(f"MAF log_prob, D = {m}", 1.4, without_gradients(lambda f=flow, x=x: f.log_prob(x)), peers)


def maf_training_step() -> Iterator[Work]:
    """Loss, gradients, one step of Adam: the same optimizer for everybody."""
    x = torch.randn(BATCH, 64)

    def step_of(model: torch.nn.Module) -> Run:
        optimizer = torch.optim.Adam(model.parameters(), 1e-5)

        def step() -> None:
            optimizer.zero_grad()
            nll(model, x).backward()
            optimizer.step()
        return step

    peers = {name: step_of(build(64)) for name, build in PEERS.items()}
    yield Work("MAF training step, D = 64", 1.3, step_of(ours(64)), peers)


def plu_inverse() -> Iterator[Work]:
    """Two triangular solves with the batch as columns."""
    for m, over_zuko, over_nflows in ((64, 80, 2), (256, 150, 1.5)):
        z, flow, theirs = torch.randn(BATCH, m), PLU(m), nt.LULinear(m)
        lu = zuko.transforms.LULinearTransform(torch.randn(m, m) / m + torch.eye(m))
        mine = without_gradients(lambda f=flow, z=z: f.g(z))
        yield Work(f"PLU inverse, D = {m}", over_zuko, mine, {"zuko": without_gradients(lambda f=lu, z=z: f.inv(z))})
        yield Work(f"PLU inverse, D = {m}", over_nflows, mine,
                   {"nflows": without_gradients(lambda f=theirs, z=z: f.inverse(z))})


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
    return Result("memory of MAF sampling, D = 64", mine / 2**20, "one forward pass", one_pass / 2**20, 2, True, "MiB")


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
