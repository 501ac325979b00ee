"""Centres: each form of a pin gives the path that it says, free where none speaks."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.oil import OilDensity
from forecast.months import Span, month
from forecast.panel import Driver
from forecast.scenarios.centres import Centre, Ground, centre_of
from forecast.scenarios.conditions.kinds import (
    OIL,
    Form,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Values,
    Width,
)
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.scenarios.relative import Start
from tests.exact.cases import FloatArray

START, MONTHS = month(2010, 1), 12
REALISED = Driver("oil", START, 60.0 + 20.0 * np.sin(np.arange(120) / 7.0))  # to 2019-12
FIRST = month(2018, 5)
KNOWN = REALISED.values[: FIRST - START]
DENSITY = OilDensity(0.3, 0.06, 5.0, float(np.log(KNOWN[-1])), 0.05)
LAST = float(KNOWN[-1])
MEDIAN = LAST * np.exp(0.3 * 0.05)  #: what the last shock carries over
FREE = np.nan


def ground(months: int = MONTHS, year_before: FloatArray | None = None) -> Ground:
    paths = density_paths(DENSITY, paths=500, months=months, seed=1)
    return Ground(
        name="the oil price",
        first=FIRST,
        median=median_path(DENSITY, months),
        log_before=DENSITY.last_log,
        year_before=year_before,
        quantile=lambda level: np.quantile(paths, level, axis=0),
        record=REALISED,
    )


def pin(form: Form, start: Start = None, until: int | None = None, width: Width = "own") -> Pinned:
    return Pinned(OIL, form, start, until, width)


def path_of(*pins: Pinned, months: int = MONTHS) -> FloatArray:
    return np.exp(centre_of(pins, ground(months)).log)


def ramp(base: float, to: float, steps: int, length: int) -> FloatArray:
    return base * (to / base) ** np.minimum(np.arange(1, length + 1) / steps, 1.0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (pin(Ramp(45.0)), np.full(12, 45.0)),
        (pin(Ramp(45.0), FIRST + 3), np.r_[np.full(3, FREE), np.full(9, 45.0)]),
        (pin(Ramp(45.0), FIRST + 3, FIRST + 4), np.r_[np.full(3, FREE), 45.0, 45.0, np.full(7, FREE)]),
        (pin(Ramp(45.0, 6)), ramp(MEDIAN, 45.0, 6, 12)),
        (pin(Ramp(45.0, 4), "next-january"), np.r_[np.full(8, FREE), ramp(MEDIAN, 45.0, 4, 4)]),
        (pin(Percent(-30.0, 3)), ramp(MEDIAN, 0.7 * LAST, 3, 12)),
        (pin(Percent(50.0)), np.full(12, 1.5 * LAST)),
        (pin(Values((50.0, 55.0)), FIRST), np.r_[50.0, np.full(11, 55.0)]),
        (pin(Values((50.0, 55.0, 70.0)), FIRST + 10), np.r_[np.full(10, FREE), 50.0, 55.0]),
        (pin(Values((50.0, 55.0, 70.0)), FIRST, FIRST + 1), np.r_[50.0, 55.0, np.full(10, FREE)]),
        (
            pin(Replay(Span(month(2014, 7), month(2014, 9)))),
            LAST * np.r_[REALISED.values[54:57], np.full(9, REALISED.values[56])] / REALISED.values[53]
            * np.exp(0.3 * 0.05),
        ),
        (
            pin(Replay(Span(month(2014, 7), month(2014, 7))), FIRST + 2),
            MEDIAN * np.r_[FREE, FREE, np.full(10, REALISED.values[54] / REALISED.values[53])],
        ),
        (pin(Realised()), REALISED.values[100:112]),
    ],
)  # fmt: skip
def test_the_path_is_what_the_pin_says(given: Pinned, expected: FloatArray) -> None:
    np.testing.assert_allclose(path_of(given), expected, rtol=1e-12)


def test_pins_follow_one_another() -> None:
    """A ramp begins where the pin before it ends."""
    both = path_of(pin(Ramp(45.0), until=FIRST + 2), pin(Ramp(90.0, 4), FIRST + 3))
    np.testing.assert_allclose(both, np.r_[np.full(3, 45.0), ramp(45.0, 90.0, 4, 9)], rtol=1e-12)
    apart = path_of(pin(Ramp(90.0), FIRST + 9), pin(Values((50.0,)), FIRST, FIRST))
    np.testing.assert_allclose(apart, np.r_[50.0, np.full(8, FREE), np.full(3, 90.0)], rtol=1e-12)


def test_a_quantile_is_the_density_s_own_month_by_month() -> None:
    paths = density_paths(DENSITY, paths=500, months=MONTHS, seed=1)
    low = centre_of([pin(Quantile(0.1))], ground()).log
    np.testing.assert_array_equal((paths <= low + 1e-12).mean(axis=0), np.full(MONTHS, 0.1))


def test_a_season_is_kept_where_there_is_one() -> None:
    """Percentages and growth copied are on the same month a year before."""
    before = np.log(np.arange(1.0, 13.0))
    seasonal = ground(24, before)
    grown = np.exp(centre_of([pin(Percent(10.0))], seasonal).log)
    np.testing.assert_allclose(grown, 1.1 * np.tile(np.arange(1.0, 13.0), 2), rtol=1e-12)
    copied = np.exp(centre_of([pin(Replay(Span(month(2014, 1), month(2015, 12))))], seasonal).log)
    record = REALISED.values
    np.testing.assert_allclose(copied[:12], np.arange(1.0, 13.0) * record[48:60] / record[36:48], rtol=1e-12)
    np.testing.assert_allclose(copied[12:], np.arange(1.0, 13.0) * record[60:72] / record[36:48], rtol=1e-12)


def test_what_is_certain() -> None:
    def certain(*pins: Pinned, months: int = MONTHS) -> Centre:
        return centre_of(pins, ground(months))

    assert not certain(pin(Ramp(45.0))).certain.any()
    assert certain(pin(Ramp(45.0), FIRST + 3, width="none")).certain.tolist() == [False] * 3 + [True] * 9
    known = certain(pin(Realised()), months=30)
    assert known.certain.sum() == (~np.isnan(known.log)).sum() == 20


@pytest.mark.parametrize(
    "given",
    [
        pin(Ramp(45.0), FIRST - 1),
        pin(Percent(-30.0), month(2017, 1)),
        pin(Values((50.0, 55.0)), FIRST - 1),
        pin(Replay(Span(month(2014, 7), month(2014, 9))), FIRST - 1),
        pin(Replay(Span(month(2009, 12), month(2010, 3)))),
        pin(Replay(Span(START, START + 3))),
        pin(Replay(Span(month(2019, 11), month(2020, 2)))),
        pin(Ramp(45.0), FIRST + 3, FIRST + 2),
    ],
)
def test_paths_about_what_is_known_or_unknown_are_refused(given: Pinned) -> None:
    with pytest.raises(ScenarioError, match=r"20\d\d-\d\d"):
        path_of(given)


def test_two_pins_of_a_month_are_refused_by_its_name() -> None:
    with pytest.raises(ScenarioError, match="both pin 2018-08"):
        path_of(pin(Ramp(45.0), until=FIRST + 5), pin(Ramp(90.0), FIRST + 3))


def test_nothing_realised_yet_is_refused() -> None:
    from dataclasses import replace

    with pytest.raises(ScenarioError, match="realised"):
        centre_of([pin(Realised())], replace(ground(), record=Driver("oil", START, KNOWN)))


@pytest.mark.parametrize(
    "given",
    [
        pin(Ramp(45.0, 3), FIRST + 12),
        pin(Values((50.0,)), FIRST + 40),
        pin(Percent(5.0), FIRST + 13),
        pin(Replay(Span(month(2014, 7), month(2014, 9))), FIRST + 12),
    ],
)
def test_a_path_beyond_the_horizon_leaves_everything_free(given: Pinned) -> None:
    assert np.isnan(path_of(given)).all()
