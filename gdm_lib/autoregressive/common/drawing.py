"""The state of a sampler while it draws value by value: uniforms, a temperature, and the values given."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gdm_lib._shapes import described
from gdm_lib.autoregressive.laws.conditionals import Conditional


class Drawing:
    """n points being drawn: `at` draws the value of one place in all of them, and stores it in `x`.

    Parameters
    ----------
    law
        Of one value.
    x
        Zeros to be filled in, (n, *shape).
    uniforms
        (n, *shape) or (n, *shape, 2), as the distribution takes them.
    temperature
        Of each conditional; 1 leaves it alone.
    given
        The values to keep, (*shape) or (n, *shape).
    mask
        Boolean, (*shape) or (n, *shape): True where the value is that of `given`.
    """

    def __init__(
        self, law: Conditional, x: Tensor, uniforms: Tensor, temperature: float = 1.0,
        given: Tensor | None = None, mask: Tensor | None = None,
    ) -> None:
        self.law, self.x, self.uniforms, self.temperature = law, x, uniforms, temperature
        self.given, self.mask = given, mask

    def at(self, place: tuple[int, ...], params: Tensor) -> Tensor:
        """The values at one place, (n,), given the parameters of their distribution there, (n, P)."""
        if self.temperature != 1:
            params = self.law.tempered(params, self.temperature)
        here: tuple[int | slice, ...] = (slice(None), *place)
        value = self.law.sample(params, self.uniforms[here]).to(self.x.dtype)
        if self.given is not None and self.mask is not None:
            value = torch.where(self.mask[here], self.given[here], value)
        self.x[here] = value
        return value

    def embedded(self, place: tuple[int, ...], params: Tensor) -> Tensor:
        """The same values as a network reads them, (n,)."""
        return self.law.embed(self.at(place, params), params.dtype)


def check_known(
    law: Conditional, given: Tensor | None, mask: Tensor | None, shape: Sequence[int], batch: Sequence[int]
) -> tuple[Tensor | None, Tensor | None]:
    """`given` and `mask` of `sample`, each as (n, *shape), or None and None."""
    if given is None and mask is None:
        return None, None
    if given is None or mask is None:
        raise ValueError("given and mask belong together: the values, and True where they are to be kept")
    for name, tensor in (("given", given), ("mask", mask)):
        if not isinstance(tensor, Tensor) or tuple(tensor.shape) not in (tuple(shape), (*batch, *shape)):
            raise ValueError(f"{name} must be a tensor of shape {tuple(shape)} or {(*batch, *shape)}, "
                             f"got {described(tensor)}")
    if mask.dtype != torch.bool:
        raise ValueError(f"mask must be boolean, True where the value of given is kept, got {mask.dtype}")
    law.check(torch.where(mask, given, torch.zeros_like(given)))
    given, mask = given.expand(*batch, *shape), mask.expand(*batch, *shape)
    return given.reshape(-1, *shape), mask.reshape(-1, *shape)
