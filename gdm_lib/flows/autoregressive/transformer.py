"""Gaussian autoregressive flows over patches, with attention for the masked network: the mask is the attention's."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.flows.common.compose import Compose, Permute, Reverse
from gdm_lib.flows.common.transform import Transform


class CausalAttention(nn.Module):
    """h -> h + attention(h) + MLP: token t looks at tokens 1, ..., t, as a kernel of type B does. (*, T, w) -> same.

    Written out where PyTorch has one, to show the one line that makes it causal.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, h: Tensor) -> Tensor:
        parts = self.qkv(self.before[0](h)).unflatten(-1, (3, self.heads, -1))          # (*, T, 3, heads, w / heads)
        q, k, v = parts.movedim(-4, -2).unbind(-4)                                      # (*, heads, T, w / heads)
        future = torch.ones(h.shape[-2], h.shape[-2], dtype=torch.bool, device=h.device).triu(1)
        weights = (q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(future, -math.inf).softmax(-1)
        h = h + self.out((weights @ v).movedim(-3, -2).flatten(-2))                     # (*, T, w)
        return h + self.mlp(self.before[1](h))


class PatchAutoregressive(Transform):
    """x_t = mu_t + sigma_t z_t for patches t = 1, ..., T, where mu_t and sigma_t are functions of x_1, ..., x_{t-1}.

    The formula of `GaussianAutoregressive` with a patch of m / T values in the place of one, so that
    log|det dz/dx| = -sum log sigma over all m values. A transformer reads the patches, moved on by one place
    behind a first token that holds nothing but the context, and gives mu_t and a_t = log sigma_t at place t.
    Within a patch no value looks at another. The last layer starts at 0, and so the flow as the identity.

    Parameters
    ----------
    m
        The dimension. The values of a patch stand side by side; `patch_order` brings an image into this order.
    patch
        Values of one patch, a divisor of m; 1 for the order value by value.
    width
        The length of a token in the transformer, a multiple of `heads`.
    heads
        How many parts of a token attend on their own.
    depth
        The number of the transformer's layers.
    context_size
        The length of a vector that is added, after a linear map, to every token.

    Notes
    -----
    `f` is one pass, O(T^2 w + T w^2) a layer. `g` takes T passes, one a patch, each of all T tokens.

    References
    ----------
    Zhai et al. (2025), Normalizing Flows are Capable Generative Models.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import PatchAutoregressive
    >>> flow = PatchAutoregressive(12, patch=4, width=8, heads=2)
    >>> z, log_det = flow.f(torch.randn(5, 12))
    >>> z.shape, log_det.shape
    (torch.Size([5, 12]), torch.Size([5]))
    """

    m: int

    def __init__(
        self, m: int, patch: int, width: int = 64, heads: int = 4, depth: int = 2, context_size: int = 0
    ) -> None:
        super().__init__()
        self.m, self.patch, width = check_int("m", m), check_int("patch", patch), check_int("width", width)
        self.context_size, heads = check_int("context_size", context_size, least=0), check_int("heads", heads)
        for name, whole, part in (("m", self.m, self.patch), ("width", width, heads)):
            if whole % part:
                raise ValueError(f"{name} must be a multiple of {'patch' if name == 'm' else 'heads'} = {part}, "
                                 f"got {whole}")
        self.patches = self.m // self.patch
        self.read = nn.Linear(self.patch, width)
        self.place = nn.Parameter(torch.randn(self.patches, width) / math.sqrt(width))
        self.told = nn.Linear(self.context_size, width, bias=False) if self.context_size else None
        self.layers = nn.Sequential(*(CausalAttention(width, heads) for _ in range(check_int("depth", depth))))
        self.write = nn.Linear(width, 2 * self.patch)
        for parameter in self.write.parameters():
            nn.init.zeros_(parameter)

    def conditionals(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """mu and a = log sigma of every patch given those before it, each (*, m), in one pass."""
        past = self.read(x.unflatten(-1, (self.patches, self.patch)))[..., :-1, :]      # (*, T - 1, w)
        tokens = nn.functional.pad(past, (0, 0, 1, 0)) + self.place                     # (*, T, w)
        if self.told is not None and context is not None:
            tokens = tokens + self.told(context).unsqueeze(-2)
        mu, a = self.write(self.layers(tokens)).chunk(2, -1)
        return mu.flatten(-2), a.flatten(-2)

    def f(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("x", x, context)
        mu, a = self.conditionals(x, context)
        return (x - mu) * torch.exp(-a), -a.sum(-1)

    def g(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check("z", z, context)
        x = torch.zeros_like(z)
        for _ in range(self.patches):                                       # pass t makes patch t right
            mu, a = self.conditionals(x, context)
            x = mu + torch.exp(a) * z
        return x, a.sum(-1)


def patch_order(shape: Sequence[int], size: int) -> Tensor:
    """Which pixel of a flattened image (C, H, W) comes first, second, ...: patch by patch, `size` x `size` each.

    Examples
    --------
    >>> from gdm_lib.flows import patch_order
    >>> patch_order((1, 2, 4), 2).tolist()
    [0, 1, 4, 5, 2, 3, 6, 7]
    """
    size = check_int("size", size)
    shape = check_ints("shape", shape)
    if len(shape) != 3 or shape[1] % size or shape[2] % size:
        raise ValueError(f"shape must be (C, H, W) with H and W multiples of size = {size}, got {shape}")
    pixels = torch.arange(math.prod(shape)).reshape(shape)
    tiles = pixels.unfold(1, size, size).unfold(2, size, size)              # (C, H / s, W / s, s, s)
    return tiles.permute(1, 2, 0, 3, 4).flatten()


def transformer_flow(
    shape: Sequence[int], size: int, blocks: int = 4, width: int = 64, heads: int = 4, depth: int = 2,
    context_size: int = 0,
) -> Compose:
    """`blocks` autoregressive transforms over the patches of an image (C, H, W); between two the order is reversed.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import transformer_flow
    >>> flow = transformer_flow((1, 4, 4), size=2, blocks=2, width=8, heads=2)
    >>> flow.f(torch.randn(3, 16))[0].shape
    torch.Size([3, 16])
    """
    order = patch_order(shape, size)
    m, patch = len(order), shape[0] * size**2
    parts: list[Transform] = [Permute(order)]
    for k in range(check_int("blocks", blocks)):
        parts += [Reverse(m)] if k else []
        parts.append(PatchAutoregressive(m, patch, width, heads, depth, context_size))
    return Compose(*parts)
