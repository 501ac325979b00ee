"""bvar() and bvar_joint(): a task in, paths out, with drivers known, late, given or absent."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.models.bvar.forecaster import bvar, bvar_joint
from forecast.models.task import Ahead, Task
from forecast.panel import Driver
from tests.unit.models.bvar.cases import START, background, episode, world

MONTHS, HORIZON = 160, 12


def task(seed: int = 3, given: dict[str, Driver] | None = None) -> Task:
    """Known to month 159 of 160 + 12, the last month of activity missing."""
    flow, oil, activity = world(seed, MONTHS + HORIZON)
    known = {
        "oil": replace(oil, values=oil.values[:MONTHS]),
        "activity": replace(activity, values=activity.values[: MONTHS - 1]),
    }
    return Task(flow.cut(MONTHS), HORIZON, paths=200, seed=7, known=known, given=given or {})


@cache
def free_ahead(seed: int) -> Ahead:
    return bvar(task(seed))


def test_paths_are_joint_positive_and_read_only() -> None:
    got = bvar(task(), background(episode(START + 70)))
    assert got.paths.shape == (200, HORIZON)
    assert (got.paths > 0.0).all()
    np.testing.assert_array_equal(got.point, np.median(got.paths, axis=0))
    assert not got.paths.flags.writeable
    assert not got.point.flags.writeable
    steps = np.diff(np.log(got.paths), axis=1).std(axis=0)
    assert np.log(got.paths)[:, -1].std() > 1.5 * steps.mean(), "months of a path hang together"
    assert got.said.startswith("BVAR(13) of flow + oil + activity; 1995-01 to 2008-03; lambda ")
    assert "crises made up x" in got.said
    assert "draws refused as explosive" in got.said


def test_same_seed_same_bits() -> None:
    np.testing.assert_array_equal(bvar(task(3)).paths, free_ahead(3).paths)


def test_the_realised_oil_price_brings_the_forecast_nearer_and_the_bands_in() -> None:
    """Half of oil's moves are in the flow. The bands gain less: a month's noise hides how much of oil lasts."""
    near, wide = [], []
    for seed in (1, 2, 3):
        flow, oil, _ = world(seed, MONTHS + HORIZON)
        truth = np.log(flow.values[MONTHS:])
        free, given = free_ahead(seed), bvar(task(seed, {"oil": oil}))
        assert "given oil" in given.said
        near.append([np.abs(np.log(a.point) - truth).mean() for a in (free, given)])
        wide.append([np.log(a.paths)[:, -1].std() for a in (free, given)])
    free_error, given_error = np.mean(near, axis=0)
    assert given_error < 0.8 * free_error
    free_width, given_width = np.mean(wide, axis=0)
    assert given_width < 0.98 * free_width


def test_a_dear_oil_price_lifts_the_flow() -> None:
    _, oil, _ = world(3, MONTHS + HORIZON)
    last = oil.values[MONTHS - 1]
    dear, cheap = (Driver("oil", START + MONTHS, np.full(HORIZON, last * f)) for f in (2.0, 0.5))
    ratio = np.log(bvar(task(3, {"oil": dear})).point[-1] / bvar(task(3, {"oil": cheap})).point[-1])
    # Half of log 4 went into the record; thirteen years of noise and the prior leave more than a third of that.
    assert 0.33 * 0.5 * np.log(4.0) < ratio < 1.67 * 0.5 * np.log(4.0)


def test_no_driver_at_all_is_an_autoregression_of_the_flow() -> None:
    got = bvar(replace(task(), known={}))
    assert got.said.startswith("BVAR(13) of flow; 1995-01 to 2008-04")


def test_a_driver_given_only_ahead_is_said_to_have_no_effect() -> None:
    ahead = Driver("oil", START + MONTHS, np.full(HORIZON, 50.0))
    got = bvar(replace(task(), known={}, given={"oil": ahead}))
    assert "without effect although given: oil" in got.said
    np.testing.assert_array_equal(got.paths, bvar(replace(task(), known={})).paths)


def test_a_given_course_fills_the_months_in_which_a_driver_was_late() -> None:
    _, oil, _ = world(3, MONTHS + HORIZON)
    late = {"oil": replace(oil, values=oil.values[: MONTHS - 4])}
    got = bvar(replace(task(), known=late, given={"oil": oil}))
    assert "to 2008-04" in got.said
    on_time = {"oil": replace(oil, values=oil.values[:MONTHS])}
    np.testing.assert_array_equal(got.paths, bvar(replace(task(), known=on_time, given={"oil": oil})).paths)


def test_exports_and_imports_together_move_together() -> None:
    exports, oil, _ = world(3, MONTHS)
    rng = np.random.default_rng(1)
    imports = replace(exports, name="imports", values=exports.values * np.exp(0.05 * rng.normal(size=MONTHS)))
    got = bvar_joint((exports, imports), HORIZON, paths=200, seed=1, known={"oil": oil}, given={})
    assert (got.start, got.paths.shape, got.point.shape) == (START + MONTHS, (200, HORIZON, 2), (HORIZON, 2))
    logs = np.log(got.paths[:, -1])
    assert np.corrcoef(logs.T)[0, 1] > 0.8


def test_a_flow_known_longer_is_met_and_pulls_the_other() -> None:
    exports, oil, _ = world(3, MONTHS)
    rng = np.random.default_rng(1)
    twin = replace(exports, name="imports", values=exports.values * np.exp(0.03 * rng.normal(size=MONTHS)))
    got = bvar_joint((exports, twin.cut(MONTHS - 3)), 2, paths=200, seed=1, known={"oil": oil}, given={})
    assert (got.start, got.paths.shape) == (START + MONTHS - 3, (200, 5, 2))
    assert np.ptp(got.paths[:, :3, 0], axis=0).max() == 0.0
    np.testing.assert_allclose(got.paths[0, :3, 0], exports.values[-3:], rtol=1e-12)
    assert np.abs(np.log(got.point[:3, 1] / twin.values[-3:])).max() < 0.15


def test_a_record_too_short_is_a_gap() -> None:
    with pytest.raises(GapError, match="needs 36 months"):
        bvar(replace(task(), series=task().series.cut(21)))


def test_a_record_from_before_the_days_of_lunar_new_year_goes_without_them() -> None:
    flow, _, _ = world(3, 60)
    got = bvar(Task(replace(flow, start=0), 3, paths=10), background())
    assert np.isfinite(got.paths).all()
