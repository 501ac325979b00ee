"""Oil behind a record and ahead of it."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import InputError
from forecast.models.oil import fit_oil
from forecast.models.univariate.oil_ahead import (
    OilCourse,
    oil_column_paths,
    oil_columns,
    oil_columns_ahead,
    oil_course,
)
from forecast.panel import Driver
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.series import Series

START = 24_000
RECORD = Series("x", START, 1, np.ones(60))


def oil(start: int, months: int) -> Driver:
    steps = 0.08 * np.random.default_rng(5).standard_normal(months)
    return Driver("oil", start, np.exp(4.0 + np.cumsum(steps)))


def course_of(known: Driver, given: Driver | None = None, record: Series = RECORD) -> OilCourse:
    found = oil_course(record, {"oil": known}, {"oil": given} if given else {})
    assert found is not None
    return found


def test_columns_are_means_over_groups_of_lags() -> None:
    known = oil(START - 30, 90)
    log_price = np.log(known.values)
    columns = oil_columns(course_of(known), 1)
    for t in (0, 17, 59):
        at = 30 + t
        expected = [log_price[at - b : at - a + 1].mean() for a, b in ((0, 2), (3, 6), (7, 12))]
        assert columns[t] == pytest.approx(expected)


def test_columns_of_quarters_are_means_of_their_months() -> None:
    known = oil(START - 30, 90)
    monthly = oil_columns(course_of(known), 1)
    quarters = oil_columns(course_of(known, record=Series("x", START, 3, np.ones(20))), 3)
    assert quarters == pytest.approx(monthly.reshape(20, 3, 3).mean(axis=1))


def test_paths_are_those_of_the_scenarios() -> None:
    known = oil(START - 30, 90)
    density = fit_oil(known)
    drawn = oil_column_paths(course_of(known), 1, 24, 300, 11)
    free = density_paths(density, paths=300, months=24, seed=11)
    assert drawn[:, 23, 0] == pytest.approx(free[:, 21:24].mean(axis=1))
    ahead = oil_columns_ahead(course_of(known), 1, 24)
    assert ahead[23, 0] == pytest.approx(median_path(density, 24)[23])


def test_given_months_are_met_and_the_density_goes_on_from_there() -> None:
    known = oil(START - 30, 90)
    given = Driver("oil", known.end + 1, np.full(6, 200.0))
    drawn = oil_column_paths(course_of(known, given), 1, 12, 500, 3)
    assert drawn[:, 5, 0] == pytest.approx(np.full(500, np.log(200.0)))
    assert np.median(drawn[:, 11, 0]) == pytest.approx(np.log(200.0), abs=0.05)
    assert drawn[:, 11, 0].std() > 0.1


def test_months_known_beyond_the_record_are_used() -> None:
    known = oil(START - 30, 96)
    ahead = course_of(known).ahead
    assert ahead == pytest.approx(np.log(known.values[90:]))


def test_known_months_go_before_given_ones() -> None:
    known = oil(START - 30, 96)
    given = Driver("oil", START + 60, np.full(12, 200.0))
    ahead = course_of(known, given).ahead
    assert ahead[:6] == pytest.approx(np.log(known.values[90:]))
    assert ahead[6:] == pytest.approx(np.full(6, np.log(200.0)))


def test_a_month_that_is_late_takes_the_last_price() -> None:
    known = oil(START - 30, 88)
    assert course_of(known).behind[-2:] == pytest.approx(np.full(2, np.log(known.values[-1])))
    late = Driver("oil", START + 58, np.full(8, 200.0))
    assert course_of(known, late).behind[-2:] == pytest.approx(np.full(2, np.log(200.0)))


@pytest.mark.parametrize(
    ("start", "months"), [(START - 100, 150), (START + 40, 60), (START - 30, 50), (START + 90, 70)]
)
def test_prices_that_cover_too_little_are_left_out(start: int, months: int) -> None:
    assert oil_course(RECORD, {"oil": oil(start, months)}, {}) is None


def test_no_oil_no_course() -> None:
    assert oil_course(RECORD, {}, {"oil": oil(START, 100)}) is None


def test_prices_at_zero_are_refused() -> None:
    values = oil(START - 30, 90).values.copy()
    values[5] = 0.0
    with pytest.raises(InputError, match="above zero"):
        oil_course(RECORD, {"oil": Driver("oil", START - 30, values)}, {})
