"""The same weights in programs that no one here wrote give the same densities."""

import pytest
import torch
from torch.distributions import (
    AffineTransform,
    ComposeTransform,
    Independent,
    MultivariateNormal,
    Normal,
    TransformedDistribution,
)

from gdm_lib.flows import (
    PLU,
    AffineCoupling,
    Compose,
    Diagonal,
    GaussianAutoregressive,
    NormalizingFlow,
    StandardNormal,
    Triangular,
)
from tests.gdm_lib.flows_table import points

nflows_transforms = pytest.importorskip("nflows.transforms", reason="pip install .[peers]")
zuko = pytest.importorskip("zuko", reason="pip install .[peers]")
SAME = {"atol": 1e-6, "rtol": 1e-6}


def shaken(transform, seed=0):
    torch.manual_seed(seed)
    for parameter in transform.double().parameters():
        parameter.data.normal_(std=0.3)
    return NormalizingFlow(StandardNormal(transform.m), transform).double()


def standard_normal(m):
    return Independent(Normal(torch.zeros(m, dtype=torch.float64), 1.0), 1)


def sorted_by_degree(width, kinds):
    """The places of the hidden units, whose degrees come in turn elsewhere, when sorted."""
    return (torch.arange(width) % kinds).argsort(stable=True)


def load_masked_network(theirs, ours, kinds):
    """Copy our masked layers into theirs, unit by unit; an output there is (x_1's, ...), here (mus, as)."""
    below = torch.arange(theirs[0].in_features)
    for mine, other in zip(ours, theirs, strict=True):
        last = mine is ours[-1]
        above = (torch.arange(mine.out_features).view(2, -1).T.flatten().argsort() if last
                 else sorted_by_degree(mine.out_features, kinds))
        other.weight.data[above[:, None], below] = mine.weight.data
        other.bias.data[above] = mine.bias.data
        assert torch.equal(other.mask[above[:, None], below].bool(), mine.mask.bool())
        below = above


@pytest.mark.parametrize("m", [2, 5, 16])
def test_a_masked_autoregressive_flow_in_zuko(m):
    flow = shaken(GaussianAutoregressive(m, (24, 32)))
    peer = zuko.flows.MaskedAutoregressiveTransform(
        m, hidden_features=(24, 32), univariate=lambda mu, a: AffineTransform(mu, a.exp()).inv).double()
    network = [layer for layer in peer.hyper if hasattr(layer, "mask")]
    load_masked_network(network, list(flow.transform.layers), kinds=m - 1)
    x, transform = points(50, m), peer()
    z, log_det = transform.call_and_ladj(x)
    torch.testing.assert_close(flow.log_prob(x), standard_normal(m).log_prob(z) + log_det, **SAME)
    torch.testing.assert_close(flow.transform.g(z)[0], transform.inv(z), **SAME)


def test_a_masked_autoregressive_flow_in_nflows():
    flow = shaken(GaussianAutoregressive(6, (20, 20)))
    made = nflows_transforms.made.MADE(6, 20, num_blocks=1, output_multiplier=2, use_residual_blocks=False).double()
    theirs = [made.initial_layer, made.blocks[0].linear, made.final_layer]
    load_masked_network(theirs, list(flow.transform.layers), kinds=5)
    x = points(50, 6)
    mu, a = made(x).view(50, 6, 2).unbind(-1)
    expected = Normal(mu, a.exp()).log_prob(x).sum(-1)                      # a Gaussian for each conditional
    torch.testing.assert_close(flow.log_prob(x), expected, **SAME)


def load_lu(peer, lower, upper, diagonal):
    peer.lower_entries.data = lower[peer.lower_indices]
    peer.upper_entries.data = upper[peer.upper_indices]
    peer.unconstrained_upper_diag.data = (diagonal - peer.eps).expm1().log()


def test_plu_in_nflows():
    flow = shaken(PLU(8))
    ours, peer = flow.transform, nflows_transforms.LULinear(8).double()
    ours.sign.fill_(1.0)                                                    # nflows has positive diagonals only
    load_lu(peer, ours.lower.data, ours.upper.data, ours.log_diagonal.data.exp())
    permute = nflows_transforms.Permutation(ours.order)
    y, log_det = peer(points(50, 8))
    z = permute(y)[0] + ours.bias
    torch.testing.assert_close(flow.log_prob(points(50, 8)), standard_normal(8).log_prob(z) + log_det, **SAME)
    back = peer.inverse(permute.inverse(z - ours.bias)[0])[0]
    torch.testing.assert_close(ours.g(z)[0], back, **SAME)


def test_plu_without_its_permutation_in_zuko():
    flow = shaken(PLU(8))
    ours = flow.transform
    # zuko's upper factor has the unit diagonal: L U = (L D) (D^-1 U)
    diagonal = ours.triangle().diagonal()
    lower = ours.lower.tril(-1) * diagonal + torch.diag(diagonal)
    upper = (ours.triangle() / diagonal[:, None]).triu(1)
    peer = zuko.transforms.LULinearTransform(lower + upper)
    y, log_det = peer.call_and_ladj(points(50, 8))
    expected = standard_normal(8).log_prob(y[:, ours.order] + ours.bias) + log_det
    torch.testing.assert_close(flow.log_prob(points(50, 8)), expected, **SAME)


def test_triangular_is_a_gaussian_by_its_cholesky_factor():
    flow = shaken(Triangular(6))
    factor = torch.linalg.inv(flow.transform.matrix().detach())             # x = factor (z - b)
    law = MultivariateNormal(-factor @ flow.transform.bias.detach(), scale_tril=factor.tril())
    torch.testing.assert_close(flow.log_prob(points(50, 6)), law.log_prob(points(50, 6)), **SAME)


def test_stacked_diagonals_are_affine_transforms_of_torch():
    flow = shaken(Compose(Diagonal(4), Diagonal(4)))
    affine = [AffineTransform(t.bias, t.log_diagonal.exp(), event_dim=1) for t in flow.transform.transforms]
    law = TransformedDistribution(standard_normal(4), ComposeTransform(affine).inv)
    torch.testing.assert_close(flow.log_prob(points(50, 4)), law.log_prob(points(50, 4)), **SAME)


@pytest.mark.parametrize("m", [2, 5])
def test_an_affine_coupling_in_nflows(m):
    flow = shaken(AffineCoupling(m, (16,)))
    moved = m - m // 2

    class Network(torch.nn.Module):
        """Our mu and a, as the unconstrained scale and the shift that nflows expects: z = s x + t."""

        def forward(self, x_a, context=None):
            mu, a = flow.transform.conditionals(x_a)
            scale = torch.exp(-a)
            return torch.cat((scale, -mu * scale), -1)

    class Coupling(nflows_transforms.AffineCouplingTransform):
        def _scale_and_shift(self, params):
            return params[:, :moved], params[:, moved:]

    mask = (torch.arange(m) >= m // 2).int()
    peer = Coupling(mask, lambda n_in, n_out: Network())
    z, log_det = peer(points(50, m))
    torch.testing.assert_close(flow.log_prob(points(50, m)), standard_normal(m).log_prob(z) + log_det, **SAME)
    torch.testing.assert_close(flow.transform.g(z)[0], peer.inverse(z)[0], **SAME)
