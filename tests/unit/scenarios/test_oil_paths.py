"""Oil paths: each form gives the median that it says, and keeps or drops the density's width."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.oil import OilDensity
from forecast.months import Span, month
from forecast.panel import Driver
from forecast.scenarios.conditions import OilPath, OilPercent, OilRamp, OilRealised, OilReplay, OilValues
from forecast.scenarios.oil_paths import density_paths, median_path, move_paths, scenario_path
from tests.exact.cases import FloatArray

START, MONTHS = month(2010, 1), 12
REALISED = Driver("oil", START, 60.0 + 20.0 * np.sin(np.arange(120) / 7.0))  # to 2019-12
KNOWN = Driver("oil", START, REALISED.values[:100])  # to 2018-04
FIRST = month(2018, 5)
DENSITY = OilDensity(0.3, 0.06, 5.0, float(np.log(KNOWN.values[-1])), 0.05)
LAST = float(KNOWN.values[-1])
MEDIAN = LAST * np.exp(0.3 * 0.05)  #: what the last shock carries over


def path_of(condition: OilPath, months: int = MONTHS) -> tuple[FloatArray, FloatArray, FloatArray]:
    path, pinned, certain = scenario_path(condition, KNOWN, REALISED, DENSITY, months)
    return np.exp(path), pinned, certain


def ramp(base: float, to: float, steps: int, length: int) -> FloatArray:
    return base * (to / base) ** np.minimum(np.arange(1, length + 1) / steps, 1.0)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (OilRamp(45.0), np.full(12, 45.0)),
        (OilRamp(45.0, start=FIRST + 3), np.r_[np.full(3, MEDIAN), np.full(9, 45.0)]),
        (OilRamp(45.0, 6), ramp(MEDIAN, 45.0, 6, 12)),
        (OilRamp(45.0, 4, "next-january"), np.r_[np.full(8, MEDIAN), ramp(MEDIAN, 45.0, 4, 4)]),
        (OilPercent(-30.0, 3), ramp(MEDIAN, 0.7 * LAST, 3, 12)),
        (OilPercent(50.0), np.full(12, 1.5 * LAST)),
        (OilValues(FIRST, (50.0, 55.0)), np.r_[50.0, np.full(11, 55.0)]),
        (OilValues(FIRST + 10, (50.0, 55.0, 70.0)), np.r_[np.full(10, MEDIAN), 50.0, 55.0]),
        (
            OilReplay(Span(month(2014, 7), month(2014, 9))),
            LAST * np.r_[REALISED.values[54:57], np.full(9, REALISED.values[56])] / REALISED.values[53],
        ),
        (
            OilReplay(Span(month(2014, 7), month(2014, 7)), FIRST + 2),
            MEDIAN * np.r_[1, 1, np.full(10, REALISED.values[54] / REALISED.values[53])],
        ),
        (OilRealised(), REALISED.values[100:112]),
    ],
)
def test_median_path_is_what_the_condition_says(condition: OilPath, expected: FloatArray) -> None:
    path, pinned, _ = path_of(condition)
    np.testing.assert_allclose(path, expected, rtol=1e-12)
    free = density_paths(DENSITY, paths=4000, months=MONTHS, seed=1)
    log_path, pinned, certain = scenario_path(condition, KNOWN, REALISED, DENSITY, MONTHS)
    moved = move_paths(free, DENSITY, log_path, pinned, certain)
    error = 1.25 * free.std(axis=0) / np.sqrt(4000)
    assert (np.abs(np.median(moved, axis=0) - log_path) < 5 * error + 1e-12).all()


def test_own_width_is_the_density_s_own() -> None:
    free = density_paths(DENSITY, paths=500, months=MONTHS, seed=1)
    path, pinned, certain = scenario_path(OilRamp(45.0, 6), KNOWN, REALISED, DENSITY, MONTHS)
    moved = move_paths(free, DENSITY, path, pinned, certain)
    np.testing.assert_allclose(moved - path, free - median_path(DENSITY, MONTHS), atol=1e-12)


def test_no_width_is_certain_from_the_start_of_the_path() -> None:
    free = density_paths(DENSITY, paths=500, months=MONTHS, seed=1)
    path, pinned, certain = scenario_path(OilRamp(45.0, 0, FIRST + 3, "none"), KNOWN, REALISED, DENSITY, MONTHS)
    moved = move_paths(free, DENSITY, path, pinned, certain)
    assert np.ptp(moved[:, 3:]) == 0.0
    np.testing.assert_allclose(np.exp(moved[0, 3:]), 45.0)
    np.testing.assert_array_equal(moved[:, :3], free[:, :3])


def test_realised_is_certain_where_known_and_grows_anew_after() -> None:
    months = 30
    free = density_paths(DENSITY, paths=4000, months=months, seed=1)
    path, pinned, certain = scenario_path(OilRealised(), KNOWN, REALISED, DENSITY, months)
    moved = move_paths(free, DENSITY, path, pinned, certain)
    assert pinned.sum() == certain.sum() == 20
    np.testing.assert_allclose(np.exp(moved[:, :20]), np.tile(REALISED.values[100:], (4000, 1)))
    np.testing.assert_allclose(np.exp(path[20:]), REALISED.values[-1])
    spread = moved[:, 20:].std(axis=0)
    assert (np.diff(spread) > 0).all()
    step = DENSITY.shock_sd * np.sqrt(1 + DENSITY.theta**2)
    assert spread[0] == pytest.approx(step, rel=0.15), "one month ahead of the last known, as from any last month"


@pytest.mark.parametrize(
    "condition",
    [
        OilRamp(45.0, start=FIRST - 1),
        OilPercent(-30.0, start=month(2017, 1)),
        OilValues(FIRST - 1, (50.0, 55.0)),
        OilReplay(Span(month(2014, 7), month(2014, 9)), FIRST - 1),
        OilReplay(Span(month(2009, 12), month(2010, 3))),
        OilReplay(Span(START, START + 3)),
        OilReplay(Span(month(2019, 11), month(2020, 2))),
    ],
)
def test_paths_about_what_is_known_or_unknown_are_refused(condition: OilPath) -> None:
    with pytest.raises(ScenarioError, match=r"20\d\d-\d\d"):
        scenario_path(condition, KNOWN, REALISED, DENSITY, MONTHS)


def test_nothing_realised_yet_is_refused() -> None:
    with pytest.raises(ScenarioError, match="realised"):
        scenario_path(OilRealised(), REALISED, REALISED, DENSITY, MONTHS)


def test_a_path_beyond_the_horizon_changes_nothing() -> None:
    for condition in (OilRamp(45.0, 3, FIRST + 12), OilValues(FIRST + 40, (50.0,)), OilPercent(5.0, 0, FIRST + 13)):
        path, pinned, certain = scenario_path(condition, KNOWN, REALISED, DENSITY, MONTHS)
        np.testing.assert_array_equal(path, median_path(DENSITY, MONTHS))
        assert not pinned.any()
        assert not certain.any()
    replay = OilReplay(Span(month(2014, 7), month(2014, 9)), FIRST + 12)
    path, pinned, _ = scenario_path(replay, KNOWN, REALISED, DENSITY, MONTHS)
    np.testing.assert_array_equal(path, median_path(DENSITY, MONTHS))
    assert not pinned.any()
