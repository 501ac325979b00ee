"""Targets read off an Ensemble and the record."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError, SchemaError
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.likelihood import odds
from forecast.evaluation.reaching import reach_of
from forecast.months import Span, month, year_span
from forecast.scenarios.ensemble import Ensemble
from tests.exact.cases import frame, monthly_flows, panel_of, spans_of
from tests.unit.evaluation.ensembles import by_hand

PANEL = panel_of(frame(spans_of(monthly_flows(), 1)))
REPORTER = PANEL.first
TOTAL = monthly_flows().sum(axis=1)
ORIGIN = month(2017, 12)
START = month(2017, 1)


def ensemble(spread: float = 0.1, paths: int = 500) -> Ensemble:
    """2017 as published, 2018 and 2019 about the same."""
    rng = np.random.default_rng(0)
    known = np.broadcast_to(TOTAL[-12:], (paths, 12))
    level = np.exp(spread * rng.standard_normal((paths, 1)))
    return by_hand(np.concatenate([known, known * level, known * level], axis=1), start=START, origin=ORIGIN)


def chance(asked: Target | Joint) -> float:
    return odds(ensemble(), reach_of(PANEL, ensemble(), asked, REPORTER).reach).probability


def test_the_case_is_what_it_seems() -> None:
    assert len(TOTAL) == 120
    assert Span(int(PANEL.observations.start.min()), int(PANEL.observations.end.max())) == Span(month(2008, 1), ORIGIN)


def test_percent_is_of_the_last_twelve_months_known() -> None:
    last = float(TOTAL[-12:].sum())
    found = reach_of(PANEL, ensemble(), Target("turnover", 105.0, year_span(2019), "%"), REPORTER)
    assert found.mark_usd_bn == pytest.approx(1.05 * last)
    assert chance(Target("turnover", 105.0, year_span(2019), "%")) == chance(
        Target("turnover", found.mark_usd_bn, year_span(2019))
    )
    assert 0.0 < chance(Target("turnover", 105.0, "trailing-12", "%")) < 1.0


def test_percent_of_what_is_not_published_is_refused() -> None:
    later = by_hand(np.full((3, 24), 1.0), start=START, origin=ORIGIN + 3)
    with pytest.raises(GapError) as caught:
        reach_of(PANEL, later, Target("turnover", 105.0, year_span(2018), "%"), REPORTER, pointer="/targets/0")
    assert caught.value.pointer == "/targets/0/unit"


def test_a_span_begun_before_the_ensemble_counts_what_was_published() -> None:
    span = Span(month(2016, 1), month(2018, 6))
    before = float(TOTAL[-24:].sum())
    ahead = ensemble().flow("turnover")[:, 12:18].sum(axis=1)
    mark = before + float(np.median(ahead))
    assert chance(Target("turnover", mark, span)) == (before + ahead >= mark - 1e-9).mean() == 0.5
    assert chance(Target("turnover", mark, span, by=month(2018, 5))) < 0.5
    assert chance(Target("turnover", float(TOTAL[-24:-18].sum()), span, by=month(2016, 6))) == 1.0
    assert chance(Target("turnover", float(TOTAL[-24:-18].sum()) + 0.1, span, by=month(2016, 6))) == 0.0


def test_joint_targets_by_hand() -> None:
    values = ensemble().flow("turnover")
    first, second = values[:, 12:24].sum(axis=1), values[:, 24:27].sum(axis=1)
    a = Target("turnover", float(np.median(first)), year_span(2018))
    b = Target("turnover", None, Span(month(2019, 1), month(2019, 3)), at_most=float(np.quantile(second, 0.7)))
    assert chance(Joint("all", (a, b))) == ((first >= a.mark) & (second <= b.mark)).mean()
    assert chance(Joint("any", (a, b))) == ((first >= a.mark) | (second <= b.mark)).mean()
    assert chance(Joint("all", (a, Joint("any", (a, b))))) == chance(a)


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        (Target("exports", 1.0, year_span(2018)), "/t/flow"),
        (Target("turnover", 1.0, year_span(2018), reporter="USA"), "/t/reporter"),
        (Target("turnover", 1.0, year_span(2030)), "/t/span"),
        (Target("turnover", 1.0, "trailing-24"), "/t/span"),
        (Target("turnover", 1.0, "trailing-12", by=month(2017, 12)), "/t/by"),
        (Target("turnover", 1.0, "year-to-date", by=month(2020, 1)), "/t/by"),
        (
            Joint("all", (Target("turnover", 1.0, year_span(2018)), Target("turnover", 1.0, year_span(1990)))),
            "/t/all/1/span",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(asked: Target | Joint, pointer: str) -> None:
    with pytest.raises((GapError, SchemaError)) as caught:
        reach_of(PANEL, ensemble(), asked, REPORTER, pointer="/t")
    assert caught.value.pointer == pointer


def test_the_reporter_asked_may_be_named() -> None:
    assert chance(Target("turnover", 1.0, year_span(2018), reporter=REPORTER)) == 1.0
