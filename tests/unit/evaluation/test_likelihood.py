"""First month, hazard and never by: they belong together, and meet the exact law of a walk."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.evaluation.bands import bands
from forecast.evaluation.likelihood import Odds, odds, probability_of
from forecast.evaluation.targets import (
    Reach,
    reach_all,
    reach_any,
    reach_over_span,
    reach_trailing,
    reach_year_to_date,
)
from forecast.months import Span, format_month, month, year_span
from forecast.scenarios.ensemble import Ensemble
from tests.twins.paths.naive import walk_reached_by
from tests.unit.evaluation.ensembles import by_hand

JANUARY = month(2019, 1)
START, ORIGIN = month(2017, 1), month(2018, 9)


def random_ensemble(paths: int = 2000) -> Ensemble:
    rng = np.random.default_rng(3)
    values = np.exp(rng.normal(2.1, 0.25, (paths, 36)))
    values[:, : ORIGIN - START + 1] = values[0, : ORIGIN - START + 1]
    return by_hand(values, start=START, origin=ORIGIN, crisis_start=np.where(rng.uniform(size=paths) < 0.3, 24_219, -1))


def every_kind(ensemble: Ensemble) -> list[Reach]:
    return [
        reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0),
        reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0, by=month(2019, 11)),
        reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0, at_most=True),
        reach_over_span(ensemble, "turnover", 102.0, year_span(2018), 0.0),
        reach_trailing(ensemble, "turnover", 108.0),
        reach_trailing(ensemble, "turnover", 34.0, 3, by=month(2019, 6)),
        reach_trailing(ensemble, "turnover", 96.0, at_most=True),
        reach_year_to_date(ensemble, "turnover", 103.0),
        reach_year_to_date(ensemble, "turnover", 103.0, by=month(2019, 11)),
    ]


@pytest.mark.parametrize("weighted", [False, True])
def test_hazard_survival_and_first_months_belong_together(weighted: bool) -> None:
    plain = random_ensemble()
    weights = np.random.default_rng(5).exponential(size=2000) if weighted else None
    ensemble = plain if weights is None else _with_weights(plain, weights / weights.sum())
    parts = every_kind(ensemble)
    for reach in (*parts, reach_all(ensemble, parts[:2]), reach_any(ensemble, parts[4:6])):
        found = odds(ensemble, reach)
        assert 0.0 < found.probability < 1.0
        _survives(found)
        assert sum(found.first_month.values()) == pytest.approx(1.0)
        assert list(found.never_by)[-1] == format_month(reach.last)
        assert found.never_by[format_month(reach.last)] == pytest.approx(1.0 - found.probability)
        assert set(found.first_month) - {"known", "never"} <= set(found.never_by)
        assert found.first_month_error.keys() == found.first_month.keys()
        assert all(0.0 < error < 0.1 for error in found.never_by_error.values())
        assert probability_of(ensemble, reach) == pytest.approx((found.probability, found.mc_error), rel=1e-12)


def _with_weights(ensemble: Ensemble, weights: np.ndarray) -> Ensemble:
    return Ensemble(
        ensemble.start,
        ensemble.origin,
        ensemble.flows,
        ensemble.values_usd_bn,
        ensemble.oil_usd,
        ensemble.crisis_start,
        ensemble.draw,
        weights,
    )


def _survives(found: Odds) -> None:
    left = 1.0 - found.first_month.get("known", 0.0)
    for name, risk in found.hazard.items():
        assert found.first_month.get(name, 0.0) == pytest.approx(left * risk, abs=1e-12)
        left *= 1.0 - risk
        assert found.never_by[name] == pytest.approx(left, abs=1e-12)


def test_methods_golden_hazard_of_a_first_passage() -> None:
    """Steps N(.1, 1), barrier 3: by month 1/6/12 .001866 .213025 .423706, and every hazard of the exact convolution."""
    paths = 200_000
    steps = 0.1 + np.random.default_rng(2).standard_normal((paths, 12))
    ensemble = by_hand(steps, start=JANUARY, origin=JANUARY - 1)
    found = odds(ensemble, reach_over_span(ensemble, "turnover", 3.0, year_span(2019), 0.0))
    exact = walk_reached_by(0.1, 1.0, 3.0, 12)
    np.testing.assert_allclose(exact[[0, 5, 11]], [0.001866, 0.213025, 0.423706], atol=6e-7)
    before = np.concatenate([[0.0], exact[:-1]])
    for k in range(12):
        name = format_month(JANUARY + k)
        assert abs(found.never_by[name] - (1.0 - exact[k])) < 5 * found.never_by_error[name]
        risk = (exact[k] - before[k]) / (1.0 - before[k])
        assert abs(found.hazard[name] - risk) < 5 * found.hazard_error[name]
        assert found.hazard_error[name] == pytest.approx(np.sqrt(risk * (1 - risk) / paths / (1 - before[k])), rel=0.1)


def test_methods_golden_summed_bands_are_too_wide() -> None:
    """5 and 95 % bands of single months add up to 74.49..142.42; the year's own are 78.02..137.43."""
    paths = 100_000
    steps = 0.01 + 0.08 * np.random.default_rng(1).standard_normal((paths, 12))
    values = 8.0 * np.exp(np.cumsum(steps, axis=1))
    of_months = bands(values, (90,))
    assert of_months.lower[90].sum() == pytest.approx(74.49, abs=0.3)
    assert of_months.upper[90].sum() == pytest.approx(142.42, abs=0.5)
    of_year = bands(values.sum(axis=1)[:, None], (90,))
    assert (of_year.lower[90][0], of_year.upper[90][0]) == pytest.approx((78.02, 137.43), abs=0.5)


def test_by_cuts_the_months_that_count() -> None:
    ensemble = random_ensemble()
    whole = odds(ensemble, reach_trailing(ensemble, "turnover", 108.0))
    cut = odds(ensemble, reach_trailing(ensemble, "turnover", 108.0, by=month(2019, 6)))
    assert cut.probability == pytest.approx(1.0 - whole.never_by["2019-06"])
    assert cut.never_by == {name: value for name, value in whole.never_by.items() if name <= "2019-06"}
    year = odds(ensemble, reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0))
    early = odds(ensemble, reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0, by=month(2019, 11)))
    assert early.probability == pytest.approx(1.0 - year.never_by["2019-11"])


def test_at_most_is_the_other_side() -> None:
    ensemble = random_ensemble()
    over = odds(ensemble, reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0))
    under = odds(ensemble, reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0, at_most=True))
    assert over.probability + under.probability == pytest.approx(1.0)
    assert set(under.first_month) == {"2019-12", "never"}
    values, reach = ensemble.flow("turnover"), reach_trailing(ensemble, "turnover", 96.0, at_most=True)
    for p in range(200):
        hits = [
            m for m in range(ORIGIN + 1, ensemble.end + 1) if values[p, m - START - 11 : m - START + 1].sum() <= 96.0
        ]
        assert reach.first[p] == (hits[0] if hits else -1)


def test_a_mark_already_exceeded_is_certainly_not_kept() -> None:
    ensemble = random_ensemble()
    known = float(ensemble.flow("turnover")[0, 12:21].sum())
    for mark in (known - 1.0, known + 1.0):
        found = odds(ensemble, reach_over_span(ensemble, "turnover", mark, year_span(2018), 0.0, at_most=True))
        assert found.probability == 0.0
        assert (found.mc_error == 0.0) == (mark < known)
    before = odds(
        ensemble, reach_over_span(ensemble, "turnover", 60.0, Span(START - 12, ensemble.end), 70.0, at_most=True)
    )
    assert (before.probability, before.mc_error) == (0.0, 0.0)


# ---- several targets -------------------------------------------------------------------------------


def test_joint_probabilities() -> None:
    ensemble = random_ensemble()
    over = [
        reach_over_span(ensemble, "turnover", mark, year_span(year), 0.0)
        for mark, year in ((101.0, 2018), (103.0, 2019))
    ]
    under = [
        reach_over_span(ensemble, "turnover", mark, year_span(year), 0.0, at_most=True)
        for mark, year in ((101.0, 2018), (103.0, 2019))
    ]
    single = [odds(ensemble, one).probability for one in over]
    both, either = odds(ensemble, reach_all(ensemble, over)), odds(ensemble, reach_any(ensemble, over))
    assert max(0.0, sum(single) - 1.0) <= both.probability <= min(single)
    assert max(single) <= either.probability <= min(1.0, sum(single))
    assert both.probability + either.probability == pytest.approx(sum(single))
    not_both = odds(ensemble, reach_any(ensemble, under))
    assert both.probability + not_both.probability == pytest.approx(1.0)
    assert both.given_crisis is not None
    assert both.given_no_crisis is not None


def test_joint_first_month_is_the_last_or_the_first_of_the_parts() -> None:
    ensemble = random_ensemble(4)
    parts = [Reach(np.array([24_220, -1, 24_219, -1]), 24_230), Reach(np.array([24_225, 24_222, 24_218, -1]), 24_231)]
    assert reach_all(ensemble, parts).first.tolist() == [24_225, -1, 24_219, -1]
    assert reach_any(ensemble, parts).first.tolist() == [24_220, 24_222, 24_218, -1]
    assert reach_all(ensemble, parts).last == 24_231


def test_a_joint_with_a_part_that_is_lost_is_certain() -> None:
    ensemble = random_ensemble()
    lost = reach_over_span(ensemble, "turnover", 1e6, year_span(2017), 0.0)
    open_ = reach_over_span(ensemble, "turnover", 103.0, year_span(2019), 0.0)
    done = reach_over_span(ensemble, "turnover", 1.0, year_span(2017), 0.0)
    none = odds(ensemble, reach_all(ensemble, [lost, open_]))
    assert (none.probability, none.mc_error) == (0.0, 0.0)
    sure = odds(ensemble, reach_any(ensemble, [done, open_]))
    assert (sure.probability, sure.mc_error, sure.first_month) == (1.0, 0.0, {"known": 1.0, "never": 0.0})
    assert odds(ensemble, reach_any(ensemble, [lost, open_])).mc_error > 0.0
    assert odds(ensemble, reach_all(ensemble, [done, open_])).probability == odds(ensemble, open_).probability
