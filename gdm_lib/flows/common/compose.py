"""New transforms from old ones: one after another, the other way round, coordinates in another order."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from gdm_lib._shapes import check_int, check_ints
from gdm_lib.flows.common.transform import Transform, check_transform, given


class Compose(Transform):
    """f = f_K o ... o f_1: the first transform listed meets the data first.

    log|det J_f(x)| = sum_k log|det J_{f_k}|, each at the point that f_k meets.
    Cost: the sum of the parts' costs.

    Parameters
    ----------
    *transforms
        f_1, ..., f_K. Those that take a context all take the same one.

    Raises
    ------
    ValueError
        If the dimensions, or the lengths of the contexts, of the parts differ.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import Compose, Permute
    >>> turn = Permute([1, 0])
    >>> z, log_det = Compose(turn, turn).f(torch.tensor([3.0, 5.0]))
    >>> z.tolist(), log_det.item()
    ([3.0, 5.0], 0.0)
    """

    transforms: Sequence[Transform]

    def __init__(self, *transforms: Transform) -> None:
        super().__init__()
        for transform in transforms:
            check_transform("each transform", transform)
        self.transforms = nn.ModuleList(transforms)     # type: ignore[assignment]
        self.m = _shared("dimension m", [t.m for t in transforms if t.m is not None], None)
        self.context_size = _shared("length of context", [t.context_size for t in transforms if t.context_size], 0) or 0

    def f(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check_point("x", x)                                            # each part checks the rest
        log_det = None
        for transform in self.transforms:
            x, step = transform.f(x, *given(transform, context))
            log_det = step if log_det is None else log_det + step
        return x, x.new_zeros(x.shape[:-1]) if log_det is None else log_det

    def g(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        self.check_point("z", z)
        log_det = None
        for transform in reversed(self.transforms):
            z, step = transform.g(z, *given(transform, context))
            log_det = step if log_det is None else log_det + step
        return z, z.new_zeros(z.shape[:-1]) if log_det is None else log_det


def _shared(name: str, values: Sequence[int], default: int | None) -> int | None:
    if len(set(values)) > 1:
        raise ValueError(f"all transforms of a composition must have one {name}, got {list(values)}")
    return values[0] if values else default


class Inverse(Transform):
    """The same map read backwards: f and g change places.

    `Inverse(GaussianAutoregressive(m))` is the inverse autoregressive flow (IAF): sampling takes one pass
    of the network, the density of a given x takes m steps.

    References
    ----------
    Kingma, Salimans, Jozefowicz, Chen, Sutskever & Welling (2016), Improving Variational Inference with
    Inverse Autoregressive Flow.
    """

    def __init__(self, transform: Transform) -> None:
        super().__init__()
        self.transform = check_transform("transform", transform)
        self.m, self.context_size = transform.m, transform.context_size

    def f(self, x: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.transform.g(x, *given(self.transform, context))

    def g(self, z: Tensor, context: Tensor | None = None) -> tuple[Tensor, Tensor]:
        return self.transform.f(z, *given(self.transform, context))


class Reverse(Transform):
    """z_j = x_{m + 1 - j}: the coordinates in opposite order. Both log-dets are 0. Cost: O(m) a point.

    Between two autoregressive layers it lets the second condition in the other order.
    """

    def __init__(self, m: int) -> None:
        super().__init__()
        self.m = check_int("m", m)

    def f(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.check_point("x", x)
        return x.flip(-1), x.new_zeros(x.shape[:-1])

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check_point("z", z)
        return z.flip(-1), z.new_zeros(z.shape[:-1])


class Permute(Transform):
    """z_j = x_{order[j]}. A permutation keeps volume: both log-dets are 0. Cost: O(m) a point.

    Parameters
    ----------
    order
        Each of 0, ..., m - 1 once.

    Raises
    ------
    ValueError
        If `order` is no permutation.

    Examples
    --------
    >>> import torch
    >>> from gdm_lib.flows import Permute
    >>> Permute([2, 0, 1]).f(torch.tensor([10.0, 20.0, 30.0]))[0].tolist()
    [30.0, 10.0, 20.0]
    """

    order: Tensor

    def __init__(self, order: Sequence[int] | Tensor) -> None:
        super().__init__()
        places = order.tolist() if isinstance(order, Tensor | np.ndarray) else order
        places = check_ints("order", places, least=0)
        if sorted(places) != list(range(len(places))):
            raise ValueError(f"order must hold each of 0..m-1 once, got {list(places)}")
        self.m = len(places)
        self.register_buffer("order", torch.tensor(places, dtype=torch.long))       # a copy: the caller may reuse his

    def f(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.check_point("x", x)
        return x.index_select(-1, self.order), x.new_zeros(x.shape[:-1])

    def g(self, z: Tensor) -> tuple[Tensor, Tensor]:
        self.check_point("z", z)
        return z.index_select(-1, self.order.argsort()), z.new_zeros(z.shape[:-1])
