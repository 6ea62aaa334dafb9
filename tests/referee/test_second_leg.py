"""Tests that compare an answer with itself have a second leg: an answer that agrees with itself alone gains nothing."""

import pytest

from tools.sheet import read_sheet

SELF_CONSISTENT = {
    "planar_map": [
        "import math, torch\ndef planar_map(x, u, w, b):\n"
        "    return 0.9 * x, torch.full(x.shape[:1], x.shape[1] * math.log(0.9), dtype=x.dtype)",
        "def planar_map(x, u, w, b):\n    return x.clone(), 0 * x.sum(1)",
        "def planar_map(x, u, w, b):\n    return x + u + b, 0 * x.sum(1)",
    ],
    "reverse_kl_loss": [
        "def reverse_kl_loss(g, log_p_z, log_pi, z):\n    x, d = g(z)\n    return (x.sum() + d.sum()) * 0",
        "def reverse_kl_loss(g, log_p_z, log_pi, z):\n    return (log_p_z(z) + 0 * g(z)[1]).mean()",
    ],
    "forward_kl_loss": [
        "def forward_kl_loss(f, log_p_z, x):\n    z, d = f(x)\n    return (z.sum() + d.sum()) * 0",
    ],
}
ASSIGNMENTS = {"planar_map": "log_dets", "reverse_kl_loss": "kl_losses", "forward_kl_loss": "kl_losses"}


@pytest.mark.parametrize("task", SELF_CONSISTENT)
def test_an_answer_that_agrees_with_itself_alone_gets_no_point(task):
    sheet = read_sheet(ASSIGNMENTS[task])
    for answer in SELF_CONSISTENT[task]:
        for seed in range(5):
            assert set(sheet.lost(task, answer, seed)) == set(sheet.tests_of(task)), answer
