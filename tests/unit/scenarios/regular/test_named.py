"""The models of single months on a published record: China's monthly count of its trade with Russia."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pytest

from forecast.data.assemble import load_panel
from forecast.data.background import load_background
from forecast.data.store import drivers_of
from forecast.errors import SchemaError
from forecast.evaluation.regular import regular_series
from forecast.models.catalogue import forecaster_named
from forecast.months import Span, month
from forecast.panel import FLOWS
from forecast.scenarios.common import CommonDraws, SumPin
from forecast.scenarios.regular.flows_ahead import each_flow
from forecast.scenarios.regular.named import common_of
from forecast.scenarios.regular.record_draws import Asked
from forecast.series import Series
from tests.unit.scenarios.regular.cases import elasticities, log_sum, pins_of

PANEL = load_panel("CHN-RUS", as_of=date(2024, 2, 25))
ORIGIN = month(2023, 12)


@cache
def records() -> dict[str, Series]:
    return {flow: regular_series(PANEL, flow, "CHN", step=1) for flow in FLOWS}


def asked(model: str, paths: int = 500) -> Asked:
    known = drivers_of(PANEL)
    return Asked(model, "CHN", PANEL.as_of, ORIGIN, ORIGIN + 24, paths, 7, known, load_background())


@cache
def common() -> CommonDraws:
    return common_of(records(), asked("theta"), elasticities(500, 2))[0]


def test_past_and_baseline_are_the_records_and_the_forecasters() -> None:
    np.testing.assert_array_equal(common().past_usd_bn[7, -1], [records()[flow].values[-1] for flow in FLOWS[:2]])
    theta = forecaster_named("theta", load_background())
    found, _ = each_flow(theta)(records(), 24, 500, 7, drivers_of(PANEL))
    np.testing.assert_allclose(np.exp(common().free.flows).sum(axis=2), found["turnover"], rtol=1e-12)
    turnover = common().record_of("turnover")
    assert turnover is not None
    assert turnover.values[-1] == pytest.approx(common().past_usd_bn[0, -1].sum(), rel=1e-3)


def test_cheap_oil_lowers_imports_most_and_a_year_is_met() -> None:
    slump = common().law.condition(common().free, pins_of(common(), oil=common().free.oil - 0.5))
    fall = (slump.flows - common().free.flows).mean(axis=(0, 1))
    assert fall[1] < fall[0] < 0.0
    year = SumPin((0, 1), Span(ORIGIN + 1, ORIGIN + 12), np.log(np.full(1, 200.0)))
    low = common().law.condition(common().free, pins_of(common(), sums=(year,)))
    np.testing.assert_allclose(log_sum(common(), low.flows, year), np.full(500, np.log(200.0)), atol=1e-12)
    assert low.oil.mean() < common().free.oil.mean()


def test_whole_blocks_of_paths_only_append() -> None:
    """Of one flow: exports and imports are joined over all paths there are."""
    turnover = {"turnover": records()["turnover"]}
    few, many = (common_of(turnover, asked("theta", n), elasticities(n, 1))[0] for n in (4000, 4500))
    year = SumPin((0,), Span(ORIGIN + 1, ORIGIN + 12), np.log(np.full(1, 200.0)))
    one, two = (c.law.condition(c.free, pins_of(c, sums=(year,))) for c in (few, many))
    np.testing.assert_array_equal(one.oil, two.oil[:4000])
    np.testing.assert_array_equal(one.flows, two.flows[:4000])


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(SchemaError, match="no model 'thetta'"):
        common_of(records(), asked("thetta"))
