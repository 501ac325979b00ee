"""Targets: the goldens of METHODS s5, and brute force."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.evaluation.bands import bands, year_sums
from forecast.evaluation.likelihood import odds
from forecast.evaluation.targets import Reach, reach_over_span, reach_trailing, reach_year_to_date
from forecast.months import Span, format_month, month, year_span
from forecast.scenarios.ensemble import Ensemble
from tests.unit.evaluation.ensembles import by_hand

JANUARY = month(2019, 1)


# ---- goldens of METHODS s5 ---------------------------------------------------------------------------


def test_methods_golden_sum_of_a_log_random_walk() -> None:
    """x0 = 8, mu .01, sd .08, twelve months: mean 104.709113, sd 18.296187, P(sum >= 100) .567."""
    paths = 200_000
    steps = 0.01 + 0.08 * np.random.default_rng(1).standard_normal((paths, 12))
    ensemble = by_hand(8.0 * np.exp(np.cumsum(steps, axis=1)), start=JANUARY, origin=JANUARY - 1)
    total = year_sums(ensemble.flow("turnover"), JANUARY, 2019, 2019)
    found = bands(total, (90,))
    sd = 18.296187
    assert found.mean[0] == pytest.approx(104.709113, abs=5 * sd / np.sqrt(paths))
    assert total.std() == pytest.approx(sd, abs=5 * sd * np.sqrt(0.5 / paths) * 1.3)
    assert (found.lower[90][0], found.upper[90][0]) == pytest.approx((78.02, 137.43), abs=0.45)
    answer = odds(ensemble, reach_over_span(ensemble, "turnover", 100.0, year_span(2019), 0.0))
    assert answer.probability == pytest.approx(0.567, abs=5 * np.sqrt(0.567 * 0.433 / paths) + 0.0008)
    assert answer.mc_error == pytest.approx(np.sqrt(0.567 * 0.433 / paths), rel=0.02)


def test_methods_golden_first_passage() -> None:
    """Steps N(.1, 1), barrier 3, by month 1/6/12: .001866 .213025 .423706; the continuous formula's .507 is wrong."""
    paths = 200_000
    steps = 0.1 + np.random.default_rng(2).standard_normal((paths, 12))
    ensemble = by_hand(steps, start=JANUARY, origin=JANUARY - 1)
    first = odds(ensemble, reach_over_span(ensemble, "turnover", 3.0, year_span(2019), 0.0)).first_month
    for months, expected in ((1, 0.001866), (6, 0.213025), (12, 0.423706)):
        share = sum(first.get(format_month(JANUARY + m), 0.0) for m in range(months))
        assert share == pytest.approx(expected, abs=5 * np.sqrt(expected * (1 - expected) / paths)), months


# ---- brute force -------------------------------------------------------------------------------------

START, ORIGIN = month(2017, 1), month(2018, 9)


def random_ensemble(paths: int = 300, months: int = 36) -> Ensemble:
    rng = np.random.default_rng(3)
    values = np.exp(rng.normal(2.0, 0.3, (paths, months)))
    values[:, : ORIGIN - START + 1] = values[0, : ORIGIN - START + 1]
    crisis = np.where(rng.uniform(size=paths) < 0.3, START + rng.integers(21, 36, paths), -1)
    return by_hand(values, start=START, origin=ORIGIN, crisis_start=crisis)


def test_span_by_brute_force() -> None:
    ensemble = random_ensemble()
    span, before, mark = Span(month(2016, 10), month(2019, 6)), 20.0, 255.0
    reach = reach_over_span(ensemble, "turnover", mark, span, before)
    for p in range(300):
        total, first = before, -1
        for m in range(START, span.end + 1):
            total += ensemble.flow("turnover")[p, m - START]
            if total >= mark:
                first = m
                break
        assert reach.first[p] == first
    assert reach.last == span.end
    assert 0 < (reach.first >= 0).mean() < 1


def test_trailing_twelve_by_brute_force() -> None:
    ensemble = random_ensemble()
    values, mark = ensemble.flow("turnover"), 105.0
    reach = reach_trailing(ensemble, "turnover", mark)
    for p in range(300):
        hits = [
            m for m in range(ORIGIN + 1, ensemble.end + 1) if values[p, m - START - 11 : m - START + 1].sum() >= mark
        ]
        assert reach.first[p] == (hits[0] if hits else -1)
    assert 0 < (reach.first >= 0).mean() < 1


def test_year_to_date_by_brute_force() -> None:
    ensemble = random_ensemble()
    values, mark = ensemble.flow("turnover"), 100.0
    reach = reach_year_to_date(ensemble, "turnover", mark)
    for p in range(300):
        hits = []
        for m in range(ORIGIN + 1, ensemble.end + 1):
            january = m - m % 12
            if values[p, january - START : m - START + 1].sum() >= mark:
                hits.append(m)
        assert reach.first[p] == (hits[0] if hits else -1)
    assert 0 < (reach.first >= 0).mean() < 1


def test_probability_falls_with_the_mark() -> None:
    ensemble = random_ensemble()
    for reach in (
        lambda mark: reach_over_span(ensemble, "turnover", mark, year_span(2018), 0.0),
        lambda mark: reach_trailing(ensemble, "turnover", mark),
        lambda mark: reach_year_to_date(ensemble, "turnover", mark),
    ):
        found = [odds(ensemble, reach(mark)).probability for mark in (1.0, 80, 90, 95, 100, 105, 120, 1e4)]
        assert found == sorted(found, reverse=True)
        assert found[0] == 1.0
        assert found[-1] == 0.0


def test_first_months_and_never_add_to_one() -> None:
    ensemble = random_ensemble()
    for mark in (50.0, 92.0, 1e4):
        answer = odds(ensemble, reach_over_span(ensemble, "turnover", mark, year_span(2018), 0.0))
        assert sum(answer.first_month.values()) == pytest.approx(1.0)
        assert answer.first_month["never"] == pytest.approx(1 - answer.probability)
    months = [name for name in answer.first_month if name not in ("known", "never")]
    assert months == sorted(months)


def test_parts_given_crisis_recombine_to_the_total() -> None:
    ensemble = random_ensemble()
    answer = odds(ensemble, reach_over_span(ensemble, "turnover", 105.0, year_span(2019), 0.0))
    share = (ensemble.crisis_start >= 0).mean()
    assert answer.given_crisis is not None
    assert answer.given_no_crisis is not None
    assert share * answer.given_crisis + (1 - share) * answer.given_no_crisis == pytest.approx(answer.probability)


def test_a_crisis_after_the_span_is_no_crisis_of_the_span() -> None:
    values = np.full((4, 24), 8.0)
    ensemble = by_hand(
        values, start=JANUARY, origin=JANUARY - 1, crisis_start=[month(2020, 3), -1, month(2019, 12), -1]
    )
    answer = odds(ensemble, reach_over_span(ensemble, "turnover", 90.0, year_span(2019), 0.0))
    assert (answer.given_crisis, answer.given_no_crisis) == (1.0, 1.0)
    none = odds(by_hand(values, start=JANUARY, origin=JANUARY - 1), Reach(np.full(4, JANUARY), month(2019, 12)))
    assert none.given_crisis is None
    assert none.given_no_crisis == 1.0


def test_what_is_known_is_certain() -> None:
    ensemble = random_ensemble()
    known = float(ensemble.flow("turnover")[0, :21].sum())
    reached = odds(ensemble, reach_over_span(ensemble, "turnover", known - 1.0, Span(START, month(2019, 12)), 0.0))
    assert reached.first_month == {"known": 1.0, "never": 0.0}
    assert (reached.probability, reached.mc_error) == (1.0, 0.0)
    missed = odds(ensemble, reach_over_span(ensemble, "turnover", known + 1.0, Span(START, ORIGIN), 0.0))
    assert (missed.probability, missed.mc_error, missed.first_month) == (0.0, 0.0, {"never": 1.0})


@pytest.mark.parametrize("end", [month(2016, 12), month(2016, 6)])
@pytest.mark.parametrize(("mark", "expected"), [(69.0, 1.0), (70.0, 0.0)])
def test_a_span_before_the_ensemble_is_answered_by_what_was_published(end: int, mark: float, expected: float) -> None:
    ensemble = random_ensemble()
    answer = odds(ensemble, reach_over_span(ensemble, "turnover", mark, Span(month(2016, 1), end), 69.5))
    assert (answer.probability, answer.mc_error) == (expected, 0.0)
    assert answer.first_month == ({"known": 1.0} if expected else {}) | {"never": 1.0 - expected}


def test_spans_out_of_reach_are_refused() -> None:
    ensemble = random_ensemble()
    with pytest.raises(GapError, match="2019-12"):
        reach_over_span(ensemble, "turnover", 100.0, Span(START, month(2020, 1)), 0.0)
    short = by_hand(np.full((2, 12), 8.0), start=month(2018, 3), origin=ORIGIN)
    with pytest.raises(GapError, match="2017-11"):
        reach_trailing(short, "turnover", 100.0)
    with pytest.raises(GapError, match="2018-01"):
        reach_year_to_date(short, "turnover", 100.0)


def test_error_is_calibrated_over_seeds() -> None:
    """The spread of P over many seeds is what each seed says its error is, also when paths share parameter draws."""
    clusters, each = 50, 8
    found, said = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        level = np.repeat(rng.normal(8.3, 0.4, clusters), each)
        values = level[:, None] + 0.2 * rng.standard_normal((clusters * each, 12))
        one = by_hand(values, start=JANUARY, origin=JANUARY - 1)
        ensemble = Ensemble(
            one.start,
            one.origin,
            one.flows,
            one.values_usd_bn,
            one.oil_usd,
            one.crisis_start,
            np.repeat(np.arange(clusters), each),
        )
        answer = odds(ensemble, reach_over_span(ensemble, "turnover", 100.0, year_span(2019), 0.0))
        found.append(answer.probability)
        said.append(answer.mc_error)
    assert np.std(found) == pytest.approx(np.mean(said), rel=0.15)
    naive = np.sqrt(0.5 * 0.5 / (clusters * each))
    assert np.mean(said) > 1.5 * naive, "clustered draws are worth less than independent ones"


def test_nothing_and_everything_carry_an_error() -> None:
    values = np.full((100, 12), 8.0)
    ensemble = by_hand(values, start=JANUARY, origin=JANUARY - 1)
    for mark in (1.0, 1e6):
        answer = odds(ensemble, reach_over_span(ensemble, "turnover", mark, year_span(2019), 0.0))
        assert 0.0 < answer.mc_error < 0.02
