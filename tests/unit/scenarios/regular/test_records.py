"""Records cut at what all know, and the months of them that are shown."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.panel import Driver
from forecast.scenarios.regular.records import as_drivers, cut_records, drawn_flows, past_shown
from forecast.series import Series
from tests.unit.scenarios.regular.cases import MONTHS, OIL, ORIGIN, START, record, records


def test_past_is_what_was_published_from_the_january_before_last() -> None:
    start, past = past_shown(records(), OIL, ORIGIN, 5)
    assert (start, past.shape) == (12 * 2008, (5, 24, 2))
    np.testing.assert_array_equal(past[4, :, 1], records()["imports"].values[-24:])
    assert drawn_flows(records()) == ("exports", "imports")
    assert drawn_flows({"turnover": record("turnover", 1)}) == ("turnover",)


def test_a_gap_in_the_last_years_shortens_the_past() -> None:
    found = record("turnover", 1)
    values = found.values.copy()
    values[-5] = np.nan
    start, past = past_shown({"turnover": Series("turnover", START, 1, values)}, OIL, ORIGIN, 2)
    assert (start, past.shape) == (START + MONTHS - 4, (2, 4, 1))


def test_years_are_no_months_and_a_stale_record_is_named() -> None:
    with pytest.raises(GapError, match="spans of 12 months"):
        cut_records({"turnover": record("turnover", 1, step=12)}, ORIGIN)
    with pytest.raises(GapError, match="no figure for 2009-12"):
        cut_records({"turnover": record("turnover", 1, start=START - 2)}, ORIGIN)
    assert cut_records(records(), ORIGIN - 3)["exports"].origin == ORIGIN - 3


def test_records_and_drivers_by_name() -> None:
    found = as_drivers(records(), {"oil": OIL})
    assert found("oil") is OIL
    exports = found("exports")
    assert isinstance(exports, Driver)
    assert exports.end == ORIGIN
    assert found("fx:AAA") is None
