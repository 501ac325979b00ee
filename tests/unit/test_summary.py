"""summary: what an Ensemble and the record say of months, years and targets."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.months import Span, month, year_span
from forecast.question import Question, Target
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
