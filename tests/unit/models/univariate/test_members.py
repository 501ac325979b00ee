"""What holds for every member: units, seeds, bits, gaps, zeros, short and strange records."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError, InputError
from forecast.models.task import Forecaster, Task
from forecast.models.univariate.members import MEMBERS, members_with
from tests.unit.models.univariate.records import flow, passengers, series, task

NAMES = tuple(MEMBERS)
FEWEST = {"seasonal-naive": 14, "drift": 3, "ets": 3, "arima": 3, "theta": 4, "airline": 17, "local-level": 2}


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def member(name: str) -> Forecaster:
    return MEMBERS[name]


def test_names() -> None:
    assert NAMES == ("seasonal-naive", "drift", "ets", "arima", "theta", "airline", "local-level")
    assert tuple(members_with(np.array([693_000], dtype=np.int64))) == NAMES


@pytest.mark.parametrize("step", [1, 3, 12])
def test_shapes_and_signs(member: Forecaster, step: int) -> None:
    ahead = member(task(flow(96 // step, step), horizon=9, paths=50, step=step))
    assert ahead.paths.shape == (50, 9)
    assert ahead.point.shape == (9,)
    assert (ahead.paths >= 0.0).all()
    assert (ahead.point > 0.0).all()
    assert ahead.said
    assert not ahead.paths.flags.writeable
    assert not ahead.point.flags.writeable


def test_task_is_left_alone(member: Forecaster) -> None:
    asked = task(flow(96))
    before = asked.series.values.copy()
    member(asked)
    assert np.array_equal(asked.series.values, before)


def test_units_do_not_matter(member: Forecaster) -> None:
    one, thousand = member(task(flow(96))), member(task(1000.0 * flow(96)))
    assert thousand.point == pytest.approx(1000.0 * one.point, rel=1e-4)
    assert np.quantile(thousand.paths, [0.1, 0.9], axis=0) == pytest.approx(
        1000.0 * np.quantile(one.paths, [0.1, 0.9], axis=0), rel=1e-3
    )


def test_units_do_not_matter_near_one(member: Forecaster) -> None:
    """A logarithm near zero is no reason to fall back to zero."""
    noise = 1.0 + 0.05 * np.random.default_rng(5).standard_normal(60)
    one, million = member(task(noise)), member(task(1e6 * noise))
    assert million.point == pytest.approx(1e6 * one.point, rel=1e-4)


def test_same_seed_same_bits_another_seed_others(member: Forecaster) -> None:
    first, again, other = (member(task(flow(96), seed=seed)) for seed in (7, 7, 8))
    assert np.array_equal(first.paths, again.paths)
    assert not np.isclose(first.paths, other.paths).any(axis=1).all()
    assert np.array_equal(first.point, other.point)


def test_more_paths_only_append(member: Forecaster) -> None:
    few, many = member(task(flow(96), paths=37)), member(task(flow(96), paths=300))
    assert np.array_equal(few.paths, many.paths[:37])


def test_longer_horizons_only_append(member: Forecaster) -> None:
    short, long = member(task(flow(96), horizon=7)), member(task(flow(96), horizon=36))
    assert np.allclose(short.paths, long.paths[:, :7], rtol=1e-9)
    assert np.allclose(short.point, long.point[:7], rtol=1e-9)


def test_median_of_the_paths_is_near_the_point(member: Forecaster) -> None:
    ahead = member(task(flow(120), horizon=12, paths=4000))
    low, middle, high = np.quantile(ahead.paths, [0.1, 0.5, 0.9], axis=0)
    assert (np.abs(middle - ahead.point) < 0.15 * (high - low)).all()


def test_bands_widen_and_hold_the_future(member: Forecaster) -> None:
    """Eighty records whose law is known: 90 % bands of the next year hold 75 to 100 % of it."""
    held = []
    for seed in range(12):
        whole = flow(108, seed=seed)
        ahead = member(task(whole[:96], horizon=12, paths=300))
        low, high = np.quantile(ahead.paths, [0.05, 0.95], axis=0)
        held.append((low <= whole[96:]) & (whole[96:] <= high))
        assert high[0] > low[0]
    assert 0.75 <= np.mean(held) <= 1.0


def test_paths_are_joint(member: Forecaster) -> None:
    """Months of one path go together: a year's sum spreads more than independent months would."""
    paths = member(task(np.exp(np.cumsum(0.05 * np.random.default_rng(2).standard_normal(120)) + 3.0), 12, 2000)).paths
    assert np.var(paths.sum(axis=1)) > 1.5 * np.var(paths, axis=0).sum()


def test_gaps_are_taken(member: Forecaster) -> None:
    whole = flow(96)
    holed = whole.copy()
    holed[[7, 8, 30, 31, 32, 60, 90]] = np.nan
    full, ahead = member(task(whole)), member(task(holed))
    assert np.isfinite(ahead.paths).all()
    assert np.abs(np.log(ahead.point / full.point)).max() < 0.15


def test_zeros_are_taken(member: Forecaster) -> None:
    few = flow(96)
    few[[5, 40, 77]] = 0.0
    rare = np.where(np.random.default_rng(1).uniform(size=96) < 0.7, 0.0, 3.0)
    for values in (few, rare):
        ahead = member(task(values, horizon=36))
        assert np.isfinite(ahead.paths).all()
        assert (ahead.paths >= 0.0).all()
        assert ahead.paths.max() < 20.0 * values.max()


def test_all_zeros_stay_zeros(member: Forecaster) -> None:
    ahead = member(task(np.zeros(60)))
    assert ahead.point == pytest.approx(np.zeros(18), abs=1e-12)
    assert ahead.paths == pytest.approx(np.zeros((400, 18)), abs=1e-12)


def test_a_constant_stays(member: Forecaster) -> None:
    ahead = member(task(np.full(60, 7.3)))
    assert ahead.point == pytest.approx(np.full(18, 7.3))
    assert ahead.paths == pytest.approx(np.full((400, 18), 7.3))


def test_a_falling_line_never_leads_below_zero(member: Forecaster) -> None:
    ahead = member(task(100.0 - 1.6 * np.arange(60) + np.random.default_rng(0).uniform(size=60), horizon=36))
    assert (ahead.paths >= 0.0).all()
    assert (ahead.point >= 0.0).all()


def test_wild_records_keep_their_heads(member: Forecaster) -> None:
    """Logarithms that jump by one and a half a month: no path reaches heights that no month came near."""
    wild = np.exp(1.5 * np.random.default_rng(3).standard_normal(72))
    ahead = member(task(wild, horizon=36))
    assert ahead.paths.max() < 100.0 * wild.max()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 12, 13, 14, 17, 20, 23, 25])
def test_short_records_are_forecast_or_refused_by_number(name: str, member: Forecaster, count: int) -> None:
    asked = task(flow(count))
    if count < FEWEST[name]:
        with pytest.raises(GapError, match=rf"{count} figures; {name} needs at least {FEWEST[name]}"):
            member(asked)
        return
    ahead = member(asked)
    assert np.isfinite(ahead.paths).all()
    assert np.median(ahead.paths) == pytest.approx(50.0, rel=0.7)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8])
def test_short_yearly_records(member: Forecaster, count: int) -> None:
    try:
        ahead = member(task(flow(count, 12), horizon=3, step=12))
    except GapError as error:
        assert f"has {count} figures" in error.message  # noqa: PT017
        assert count < 5
    else:
        assert ahead.point == pytest.approx(np.full(3, 55.0), rel=0.5)


def test_every_second_month_is_forecast_or_refused(name: str, member: Forecaster) -> None:
    """No February, April, ... was ever seen."""
    values = flow(71)
    values[1::2] = np.nan
    if name in ("seasonal-naive", "airline"):
        with pytest.raises(GapError, match="gaps"):
            member(task(values))
    else:
        assert np.isfinite(member(task(values)).paths).all()


def test_many_gaps_do_not_change_the_forecast_much(name: str, member: Forecaster) -> None:
    """A third of the figures missing: the searches go by a bridged record, the last fit by what is known."""
    whole = flow(120)
    holed = whole.copy()
    holed[np.random.default_rng(8).choice(np.arange(1, 119), 40, replace=False)] = np.nan
    full, ahead = member(task(whole)), member(task(holed))
    # What the seasonal naive forecast repeats lies years further back by now.
    assert np.abs(np.log(ahead.point / full.point)).max() < (0.35 if name == "seasonal-naive" else 0.25)


def test_nothing_but_gaps_is_refused(member: Forecaster) -> None:
    with pytest.raises(GapError, match="0 figures"):
        member(task(np.full(40, np.nan)))


@pytest.mark.parametrize("wrong", [-1.0, np.inf, -np.inf])
def test_figures_that_no_trade_has_are_named(member: Forecaster, wrong: float) -> None:
    values = flow(60)
    values[14] = wrong
    with pytest.raises(InputError, match="2005-03"):
        member(task(values))


def test_no_horizon_and_no_paths_are_refused(member: Forecaster) -> None:
    for horizon, paths in ((0, 10), (12, 0), (-1, 10)):
        with pytest.raises(InputError, match="at least 1"):
            member(Task(series(flow(60)), horizon, paths))


def test_what_was_fitted_is_said() -> None:
    said = {name: MEMBERS[name](Task(passengers(dated=False), 12, 10)).said for name in NAMES}
    assert said["seasonal-naive"].startswith("seasonal-naive, absolute errors, sd 36.3, carried over 0.")
    assert said["ets"].startswith("ETS(M,Ad,M)")
    assert said["arima"] == "ARIMA(0,1,1)(0,1,1)[12] of logarithms"
    assert said["theta"].startswith("Theta(DOTM), alpha")
    assert said["airline"] == "airline of logarithms, theta -0.40, Theta -0.56"
