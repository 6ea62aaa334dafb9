"""Every transform of the library once, by name; each property in test_flows.py runs over the whole table."""

from collections.abc import Callable

import torch

from gdm_lib.flows import (
    PLU,
    QR,
    AffineCoupling,
    Compose,
    Diagonal,
    GaussianAutoregressive,
    Inverse,
    NormalizingFlow,
    Orthogonal,
    PatchAutoregressive,
    Permute,
    Planar,
    Reverse,
    StandardNormal,
    Transform,
    Triangular,
    maf,
    transformer_flow,
)

TRANSFORMS: dict[str, Callable[[int], Transform]] = {
    "Permute": lambda m: Permute(torch.randperm(m)),
    "Reverse": Reverse,
    "Diagonal": Diagonal,
    "Triangular lower": Triangular,
    "Triangular upper": lambda m: Triangular(m, lower=False),
    "PLU": PLU,
    "Orthogonal": Orthogonal,
    "Orthogonal of one reflection": lambda m: Orthogonal(m, 1),
    "QR": QR,
    "Planar": Planar,
    "Inverse of Planar": lambda m: Inverse(Planar(m)),
    "AffineCoupling": lambda m: AffineCoupling(m, (8,)) if m > 1 else Diagonal(m),
    "MAF": lambda m: GaussianAutoregressive(m, (12, 9)),
    "MAF without a hidden layer": lambda m: GaussianAutoregressive(m, ()),
    "IAF": lambda m: Inverse(GaussianAutoregressive(m, (12,))),
    "deep MAF": lambda m: maf(m, 3, (10,)),
    "transformer": lambda m: PatchAutoregressive(m, 1, width=8, heads=2, depth=1),
    "transformer over patches": lambda m: PatchAutoregressive(m, 2 if m % 2 == 0 else m, 8, 2),
    "transformer flow": lambda m: transformer_flow((1, 1, m), 1, 2, 4, 1, 1),
    "a bit of everything": lambda m: Compose(PLU(m), Planar(m), maf(m, 2, (8,)), Inverse(Triangular(m)), QR(m)),
}

TRAINABLE = [name for name in TRANSFORMS if name not in ("Permute", "Reverse")]


def make(name: str, m: int, seed: int = 0, spread: float = 0.1) -> Transform:
    """The transform in float64 with every parameter moved off its start by normal noise of size `spread`."""
    torch.manual_seed(seed)
    transform = TRANSFORMS[name](m).double()
    with torch.no_grad():
        for parameter in transform.parameters():
            parameter += spread * torch.randn_like(parameter)
    return transform


def flow(name: str, m: int, seed: int = 0, spread: float = 0.1) -> NormalizingFlow:
    return NormalizingFlow(StandardNormal(m), make(name, m, seed, spread)).double()


def points(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
