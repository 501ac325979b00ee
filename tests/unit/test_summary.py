"""summary: what an Ensemble and the record say of months, years and targets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.months import Span, month, year_span
from forecast.question import Joint, Question, Target
from forecast.scenarios.scenario import BASELINE
from forecast.summary import month_bands, record_answers, scenario_answer
from tests.exact.cases import PAIR, flagship, frame, monthly_fit, monthly_flows, panel_of, paths_of, spans_of

FLAGSHIP = Question("CHN-RUS", reporter="CHN", levels=(80,))


def test_months_begin_after_the_origin() -> None:
    ensemble, _ = paths_of(monthly_fit(), through=month(2018, 6), paths=400)
    found = month_bands(ensemble.flow("exports"), ensemble, (80,))
    assert found.month == tuple(f"2018-{m:02d}" for m in range(1, 7))
    ahead = ensemble.flow("exports")[:, month(2018, 1) - ensemble.start :]
    np.testing.assert_allclose(found.median, np.median(ahead, axis=0))
    np.testing.assert_allclose(found.upper["80"], np.quantile(ahead, 0.9, axis=0))


def test_half_a_year_is_no_year() -> None:
    ensemble, plausible = paths_of(monthly_fit(), through=month(2018, 6), paths=400)
    answer = scenario_answer(monthly_fit().panel, BASELINE, ensemble, plausible, Question(PAIR, levels=(80,)))
    assert answer.flows["turnover"].years.year == ()
    assert answer.flows["turnover"].years.lower == {"80": ()}


def test_flagship_year_holds_the_coarse_known_part() -> None:
    ensemble, plausible = paths_of(flagship(), through=month(2019, 12), paths=2000, reporter="CHN")
    answer = scenario_answer(flagship().panel, BASELINE, ensemble, plausible, FLAGSHIP)
    years = answer.flows["turnover"].years
    assert years.year == (2018, 2019)
    assert years.known_part == (77.0, 0.0)
    assert years.lower["80"][0] > 77.0
    assert answer.crisis_prob == pytest.approx((ensemble.crisis_start >= 0).mean())


def test_target_beginning_before_the_ensemble_takes_the_published_part() -> None:
    ensemble, plausible = paths_of(flagship(), through=month(2018, 12), paths=500, reporter="CHN")
    since_2015 = Target("turnover", 318.0, Span(month(2015, 1), month(2018, 12)))
    question = Question("CHN-RUS", reporter="CHN", targets=(since_2015,))
    found = scenario_answer(flagship().panel, BASELINE, ensemble, plausible, question).targets[0]
    yearly = [known for year, known in zip(*_years(), strict=True) if 2015 <= year <= 2016]
    total = sum(yearly) + ensemble.flow("turnover")[:, :24].sum(axis=1)
    assert found.probability == pytest.approx((total >= 318.0).mean())


def _years() -> tuple[tuple[int, ...], tuple[float, ...]]:
    history, _ = record_answers(flagship().panel, flagship().panel, "CHN", month(2018, 9), month(2018, 12))
    return history["turnover"].years.year, history["turnover"].years.value


def test_target_over_what_was_never_published_is_refused() -> None:
    ensemble, plausible = paths_of(monthly_fit(), through=month(2018, 12), paths=100)
    question = Question(PAIR, targets=(Target("turnover", 1.0, Span(month(2000, 1), month(2018, 12))),))
    with pytest.raises(GapError) as caught:
        scenario_answer(monthly_fit().panel, BASELINE, ensemble, plausible, question)
    assert caught.value.pointer == "/targets/0/span"


def test_joint_target_holds_the_answers_of_its_parts() -> None:
    ensemble, plausible = paths_of(flagship(), through=month(2019, 12), paths=500, reporter="CHN")
    parts = (Target("exports", 50.0, year_span(2019)), Target("imports", None, year_span(2019), at_most=70.0))
    question = Question("CHN-RUS", reporter="CHN", targets=(Joint("all", parts, "both"), Joint("any", parts), *parts))
    both, either, one, other = scenario_answer(flagship().panel, BASELINE, ensemble, plausible, question).targets
    sums = [ensemble.flow(flow)[:, -12:].sum(axis=1) for flow in ("exports", "imports")]
    assert both.probability == ((sums[0] >= 50.0) & (sums[1] <= 70.0)).mean()
    assert either.probability == ((sums[0] >= 50.0) | (sums[1] <= 70.0)).mean()
    assert both.all == either.any == (one, other)
    assert (both.name, both.flow, both.at_least, both.unit, both.span, both.any) == ("both", None, None, None, None, ())
    assert both.text == "exports >= 50 USD bn in 2019 and imports <= 70 USD bn in 2019"
    assert (other.at_least, other.at_most, other.mark_usd_bn) == (None, 70.0, 70.0)


def test_weights_move_every_figure() -> None:
    ensemble, plausible = paths_of(flagship(), through=month(2019, 12), paths=500, reporter="CHN")
    crisis = ensemble.crisis_start >= 0
    weights = np.where(crisis, 0.5 / crisis.sum(), 0.5 / (~crisis).sum())
    question = Question("CHN-RUS", reporter="CHN", targets=(Target("turnover", 115.0, year_span(2019)),), levels=(80,))
    plain, odd, even = (
        scenario_answer(flagship().panel, BASELINE, replace(ensemble, weights=w), plausible, question)
        for w in (None, weights, np.full(500, 1 / 500))
    )
    assert plain.effective_paths == even.effective_paths == 500
    assert odd.effective_paths < 400
    assert odd.crisis_prob == pytest.approx(0.5)
    then, now = plain.targets[0], odd.targets[0]
    assert now.given_crisis == pytest.approx(then.given_crisis)
    assert then.given_crisis is not None
    assert then.given_no_crisis is not None
    assert now.probability == pytest.approx(0.5 * (then.given_crisis + then.given_no_crisis))
    assert now.mc_error > then.mc_error
    years = [each.flows["turnover"].years for each in (plain, odd, even)]
    assert years[1].mean[1] < years[0].mean[1]
    assert years[1].median[1] < years[0].median[1]
    assert years[2].upper["80"] == pytest.approx(years[0].upper["80"], rel=1e-12)
    assert odd.oil_usd.mean != plain.oil_usd.mean


def test_record_before_and_after_the_origin() -> None:
    rows = spans_of(monthly_flows(), 1)
    then = panel_of(frame(rows[: 2 * 110]))
    history, outcome = record_answers(then, panel_of(frame(rows)), "POL", month(2017, 2), month(2017, 12))
    assert history["exports"].months.month[-1] == "2017-02"
    assert outcome["exports"].months.month == tuple(f"2017-{m:02d}" for m in range(3, 13))
    assert outcome["turnover"].years.year == (2017,)
    assert outcome["turnover"].years.value == (pytest.approx(monthly_flows()[108:].sum()),)
    _, near = record_answers(then, panel_of(frame(rows)), "POL", month(2017, 2), month(2017, 6))
    assert near["exports"].months.month[-1] == "2017-06"
    assert near["turnover"].years.year == ()


def test_target_of_a_year_already_whole() -> None:
    ensemble, plausible = paths_of(monthly_fit(), through=month(2018, 12), paths=100)
    total = float(monthly_flows()[108:].sum())
    question = Question(PAIR, targets=tuple(Target("turnover", total + d, year_span(2017)) for d in (-0.01, 0.01)))
    low, high = scenario_answer(monthly_fit().panel, BASELINE, ensemble, plausible, question).targets
    assert (low.probability, high.probability) == (1.0, 0.0)
    assert low.first_month == {"known": 1.0, "never": 0.0}
