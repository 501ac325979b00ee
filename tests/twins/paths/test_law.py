"""The recursion in lanes against one path at a time."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.paths.lanes import LANES
from forecast.kernels.paths.law import (
    JOINT_T,
    NORMAL,
    SEPARATE_T,
    draw_shocks,
    lane_totals,
    lanes_for,
    law_status,
    step_levels,
)
from forecast.kernels.paths.simulate import simulate_flows
from forecast.kernels.status import OK
from tests.twins.paths import naive

KINDS = [NORMAL, JOINT_T, SEPARATE_T]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_simulate_flows_follow_the_equation(kind: int, seed: int) -> None:
    law = naive.random_law(np.random.default_rng(seed), kind)
    assert law_status(law) == OK
    flows, status = simulate_flows(law, seed, 3, LANES + 9)
    assert status == OK
    np.testing.assert_allclose(flows, naive.flows(law, seed, range(3, LANES + 12)), rtol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_lanes_for_draw_shocks_and_step_levels(kind: int) -> None:
    law = naive.random_law(np.random.default_rng(kind + 20), kind, d=3, months=4)
    lanes = lanes_for(law)
    assert lanes.words.shape == (4, LANES)
    assert lanes.x.shape == ((len(law.A) + 1) * 3, LANES)
    draw_shocks(law, 5, 70, lanes)
    for lane in (0, LANES - 1):
        expected = naive.shocks(law, 5, 70 + lane).ravel()
        np.testing.assert_allclose(lanes.e[:12, lane], expected, rtol=1e-11, atol=1e-13)
    flows = naive.flows(law, 5, range(70, 73))
    for t in range(4):
        start = step_levels(law, t, lanes)
        levels = lanes.x[start : start + 3, :3].T
        np.testing.assert_allclose(levels, np.log(flows[:, t]) - law.season[t], atol=1e-11)


@pytest.mark.parametrize("kind", KINDS)
def test_lane_totals_weigh_the_flows(kind: int) -> None:
    rng = np.random.default_rng(kind)
    law = naive.random_law(rng, kind, d=4, months=6)
    weights = rng.normal(size=4)
    totals = np.full((8, LANES), 7.0)
    lane_totals(law, weights, 11, 100, lanes_for(law), totals)
    assert (totals[:2] == 7.0).all()
    expected = naive.flows(law, 11, range(100, 100 + LANES)) @ weights
    np.testing.assert_allclose(totals[2:].T, expected, rtol=1e-10, atol=1e-10)


def test_law_status_agrees_with_numpy_s_isfinite() -> None:
    rng = np.random.default_rng(4)
    for _ in range(40):
        law = naive.random_law(rng, NORMAL)
        field = rng.choice(["history", "A", "drift", "season", "impact", "scale"])
        array = getattr(law, field).copy()
        array.flat[rng.integers(array.size)] = rng.choice([np.nan, np.inf, 0.5])
        changed = law._replace(**{field: array})
        finite = all(np.isfinite(part).all() for part in changed[:6])
        assert (law_status(changed) == OK) == finite
