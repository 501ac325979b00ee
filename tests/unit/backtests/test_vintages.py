"""A pair is forecast from what had been published on the day on which the origin was first known."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from forecast.backtests import structural as adapter
from forecast.backtests.options import Options
from forecast.backtests.origins import judged_pair
from forecast.backtests.run import backtest
from forecast.data.assemble import load_panel
from forecast.data.store import drivers_of, load_driver
from forecast.errors import GapError, SchemaError
from forecast.evaluation.record import last_month_known
from forecast.models.background import Background
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.months import month
from forecast.panel import Panel
from forecast.scenarios.conditions.kinds import OIL, Pinned, Realised
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import simulate
from tests.exact.cases import PAIR, START, frame, monthly_flows, spans_of

ASKED = {"models": "drift", "origins": "2013-12..2015-12/12", "horizons": "1,12", "paths": 100}


def months_table(factor: float = 1.0, after: int = 10**6) -> pl.DataFrame:
    """Ten years of months; those after a month are multiplied."""
    rows = [(a, b, f, v * (factor if b > after else 1.0)) for a, b, f, v in spans_of(monthly_flows(), 1)]
    return frame(rows)


def test_the_day_on_which_a_month_was_first_known() -> None:
    judged = judged_pair(PAIR, months_table(), Options())
    found = judged.known_at(month(2014, 3), 12)
    assert found.known_on == "2014-04-20", "without a day of publication, 20 days after the span"
    assert (found.series.origin, found.series.start) == (month(2014, 3), START)
    assert found.panel is not None
    assert found.panel.observations.end.max() == month(2014, 3)
    assert found.known["oil"].end < month(2014, 4)
    assert found.realised["oil"].end == month(2015, 3)
    assert set(found.known) == set(drivers_of(found.panel))


def test_a_revision_is_not_known_before_its_day() -> None:
    first = months_table().with_columns(published=pl.lit(""))
    early = first.filter(pl.col("span_end") < "2016-01")
    revised = early.with_columns(value=pl.col("value") * 1.04, published=pl.lit("2016-06-01"))
    judged = judged_pair(PAIR, pl.concat([first, revised]), Options())
    before, after = judged.known_at(month(2015, 12), 12), judged.known_at(month(2016, 6), 12)
    np.testing.assert_allclose(before.series.values, monthly_flows().sum(axis=1)[:96], rtol=1e-12)
    np.testing.assert_allclose(after.series.values[:96], 1.04 * before.series.values, rtol=1e-12)
    np.testing.assert_allclose(judged.series.values[:96], after.series.values[:96], rtol=1e-12)


def test_outcomes_are_the_latest_print_and_no_forecast_sees_the_future() -> None:
    clean = backtest(PAIR, ASKED, table=months_table())
    other = backtest(PAIR, ASKED, table=months_table(3.0, after=month(2015, 12)))
    assert [c.median for c in clean.cases] == [c.median for c in other.cases]
    last = [(a.outcome, b.outcome) for a, b in zip(clean.cases, other.cases, strict=True) if a.origin == "2015-12"]
    np.testing.assert_allclose([b / a for a, b in last], 3.0)
    total = monthly_flows().sum(axis=1)
    for case in clean.cases:
        at = month(int(case.origin[:4]), int(case.origin[5:])) - START + case.horizon
        assert case.outcome == pytest.approx(total[at])
        assert case.known_on == f"{int(case.origin[:4]) + 1}-01-20"


def test_a_table_published_in_one_go_has_no_past() -> None:
    table = months_table().with_columns(published=pl.lit("2018-02-01"))
    with pytest.raises(GapError, match="'published' holds the day of a download"):
        backtest(PAIR, ASKED | {"origins": "2015-12"}, table=table)


def test_what_was_never_known_in_time_is_named() -> None:
    late = months_table().with_columns(
        published=pl.when(pl.col("span_start") == "2014-12").then(pl.lit("2015-01-31")).otherwise(pl.lit(""))
    )
    card = backtest(PAIR, ASKED, table=late)
    assert next(c.known_on for c in card.cases if c.origin == "2014-12") == "2015-01-31"
    gap = months_table().filter(pl.col("span_start") != "2014-12")
    card = backtest(PAIR, ASKED, table=gap)
    assert [each.origin for each in card.left_out] == ["2014-12"]
    assert card.origins == ("2013-12", "2015-12")


def test_the_shortest_spans_that_go_back_far_enough_are_judged() -> None:
    flows = monthly_flows()
    table = pl.concat([frame(spans_of(flows, 12, last=72)), frame(spans_of(flows, 1, first=72))])
    assert judged_pair(PAIR, table, Options()).series.step == 1
    assert judged_pair(PAIR, table, Options(origins=(month(2016, 6),))).series.step == 1
    assert judged_pair(PAIR, table, Options(origins=(month(2013, 12),))).series.step == 12
    assert judged_pair(PAIR, table, Options(step=3)).series.step == 3
    with pytest.raises(GapError, match="lie outside the record"):
        judged_pair(PAIR, table, Options(origins=(month(2009, 12),)))


def test_flow_and_reporter_of_a_pair() -> None:
    table = frame([row for row in spans_of(monthly_flows(), 12) if row[2] == "exports"])
    card = backtest(PAIR, {"models": "drift", "origins": "2015", "horizons": "12", "paths": 100}, table=table)
    assert (card.flow, card.reporter, card.step, card.unit) == ("exports", "POL", 12, "USD bn")
    assert card.cases[0].outcome == pytest.approx(monthly_flows()[96:108, 0].sum())
    with pytest.raises(SchemaError) as caught:
        backtest(PAIR, ASKED | {"reporter": "DEU"}, table=table)
    assert (caught.value.pointer, caught.value.allowed) == ("/reporter", ("POL", "CZE"))
    with pytest.raises(GapError) as gap:
        backtest(PAIR, ASKED | {"reporter": "CZE"}, table=table)
    assert gap.value.pointer == "/reporter"
    with pytest.raises(SchemaError, match="speaks of imports"):
        backtest(PAIR, ASKED | {"targets": ["imports >= 3"], "origins": "2015", "horizons": "12"}, table=table)
    with pytest.raises(SchemaError, match="is no pair"):
        backtest("POLCZE", ASKED)


def test_the_structural_model_says_what_it_says_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """One origin of China-Russia, with and without the oil price, against simulate() on a fit of what was known."""
    fits: list[Fitted] = []

    def spying(panel: Panel, background: Background, *, seed: int) -> Fitted:
        fits.append(fit(panel, background, seed=seed))
        return fits[-1]

    monkeypatch.setattr(adapter, "fit", spying)
    options = {"models": "structural", "origins": "2014", "horizons": "12,24", "paths": 300, "given_oil": True}
    card = backtest("CHN-RUS", options)
    assert [model.name for model in card.models] == ["structural", "structural, oil given", "seasonal-naive"]
    (fitted,) = fits
    panel = fitted.panel
    assert panel.as_of == date(2015, 1, 25) == date.fromisoformat(card.cases[0].known_on)
    assert panel.data_sha256 == load_panel("CHN-RUS", as_of=date(2015, 1, 25)).data_sha256
    there = judged_pair("CHN-RUS", None, Options(step=12)).known_at(month(2014, 12), 24)
    seed = there.task(2, 300, 7, given=False).seed
    for name, conditions in (("structural", ()), ("structural, oil given", (Pinned(OIL, Realised()),))):
        ensemble, _ = simulate(
            fitted,
            Scenario("x", conditions=conditions),
            reporter="CHN",
            origin=last_month_known(panel, "CHN"),
            through=month(2016, 12),
            paths=300,
            seed=seed,
            realised_oil=load_driver("oil"),
        )
        first = month(2015, 1) - ensemble.start
        sums = ensemble.flow("turnover")[:, first:].reshape(300, 2, 12).sum(axis=2)
        found = [case.median for case in card.cases if case.model == name]
        np.testing.assert_allclose(found, np.median(sums, axis=0), rtol=1e-12)
