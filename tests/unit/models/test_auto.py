"""auto: the model chosen by length and regularity of the record, and the catalogue of names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.data.assemble import load_panel
from forecast.errors import SchemaError
from forecast.models.auto import FEWEST_MONTHS, choose
from forecast.models.catalogue import REGULAR_MODELS, forecaster_named
from forecast.series import Series

PANEL = load_panel("CHN-RUS", as_of=date(2018, 10, 12))
NONE: frozenset[str] = frozenset()


def record(months: int, missing: int = 0, step: int = 1) -> Series:
    values = np.ones(months)
    values[1 : 1 + missing] = np.nan
    return Series("some flow", 24000, step, values)


def test_a_long_regular_record_is_forecast_by_the_pool() -> None:
    choice = choose(PANEL, record(FEWEST_MONTHS), oil_exporters=NONE)
    assert choice.name == "pool"
    assert f"{FEWEST_MONTHS} single months" in choice.why


@pytest.mark.parametrize(
    ("series", "why"),
    [
        (record(FEWEST_MONTHS - 1), f"fewer than {FEWEST_MONTHS}"),
        (record(100, missing=6), "6% of 100 months are missing"),
        (record(40, step=12), "sums over any span"),
        (None, "sums over any span"),
    ],
)
def test_anything_else_by_the_structural_model(series: Series | None, why: str) -> None:
    choice = choose(PANEL, series, oil_exporters=NONE)
    assert choice.name == "structural"
    assert why in choice.why
    assert f"{len(PANEL.observations)} figures" in choice.why


def test_a_country_that_sells_oil_is_read_with_its_price() -> None:
    choice = choose(PANEL, record(400), oil_exporters=frozenset({"RUS", "NOR"}))
    assert choice.name == "structural"
    assert "RUS sells oil" in choice.why
    assert choose(PANEL, record(400), oil_exporters=frozenset({"NOR"})).name == "pool"


def test_few_gaps_do_no_harm() -> None:
    assert choose(PANEL, record(100, missing=5), oil_exporters=NONE).name == "pool"


@pytest.mark.parametrize("name", REGULAR_MODELS)
def test_every_name_of_the_catalogue_is_there(name: str) -> None:
    assert callable(forecaster_named(name))


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(SchemaError, match="Did you mean 'theta'"):
        forecaster_named("tetha")


def test_series_until_an_origin_drops_what_comes_later() -> None:
    series = replace(record(48, step=1), values=np.where(np.arange(48) == 30, np.nan, 1.0))
    assert len(series.until(24000 + 40)) == 41
    assert len(series.until(24000 + 30)) == 30  # the last figure is no gap
    assert len(series.until(23990)) == 0
    assert (series.season, record(3, step=12).season) == (12, 1)
    assert record(3, step=12).origin == 24035
