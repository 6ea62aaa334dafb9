"""The bench itself: who is faster, by how much, and what the slope of a power law is."""

import time

import pytest

from tools.bench.growth import Growth, fitted_slope
from tools.bench.timing import Work, measure


def busy(ms):
    def run():
        start = time.thread_time()
        while time.thread_time() - start < ms / 1e3:
            pass
    return run


def test_the_ratio_is_the_fastest_peers_time_over_ours():
    result = measure(Work("wait", 2.5, busy(1), {"slow": busy(9), "fast": busy(3)}), seconds=0.1)
    assert result.peer == "fast"
    assert result.ratio == pytest.approx(3, rel=0.1)
    assert result.reached
    assert not measure(Work("wait", 3.5, busy(1), {"fast": busy(3)}), seconds=0.1).reached


def test_at_most_turns_the_ratio_and_the_target_round():
    result = measure(Work("wait", 4, busy(3), {"a pass": busy(1)}, at_most=True), seconds=0.1)
    assert result.ratio == pytest.approx(3, rel=0.1)
    assert result.reached
    assert set(result.as_json()) == {"work", "ours_ms", "peer", "peer_ms", "ratio", "target", "at_most", "unit",
                                     "floor_ms", "over_floor"}


def test_the_floor_is_no_peer():
    result = measure(Work("wait", 2, busy(4), {"slow": busy(9)}, floor=busy(2)), seconds=0.1)
    assert result.peer == "slow"
    assert result.over_floor == pytest.approx(2, rel=0.1)


def test_the_slope_of_a_power_law_is_its_power():
    sizes = [2, 4, 8, 16, 32]
    assert fitted_slope(sizes, [7 * m**3 for m in sizes]) == pytest.approx(3)
    assert Growth("w", "m^2", sizes, [1, 1, 5 * 8**2, 5 * 16**2, 5 * 32**2]).slope == pytest.approx(2)
