"""Mixtures: their probabilities are those of the members by their odds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.evaluation.bands import bands, year_sums
from forecast.evaluation.likelihood import odds
from forecast.evaluation.mixing import mix
from forecast.evaluation.targets import reach_over_span
from forecast.evaluation.weighted import effective_size, share_of
from forecast.months import month, year_span
from forecast.scenarios.ensemble import Ensemble
from tests.unit.evaluation.ensembles import by_hand

JANUARY = month(2019, 1)


def member(level: float, seed: int = 0, paths: int = 2000, weighted: bool = False) -> Ensemble:
    rng = np.random.default_rng(seed)
    values = level * np.exp(0.2 * rng.standard_normal((paths, 1)) + 0.05 * rng.standard_normal((paths, 12)))
    crisis = np.where(rng.uniform(size=paths) < 0.2, JANUARY + 3, -1)
    one = by_hand(values, start=JANUARY, origin=JANUARY - 1, crisis_start=crisis)
    weights = rng.exponential(size=paths)
    return replace(one, draw=np.arange(paths) % 100, weights=weights / weights.sum() if weighted else None)


def chance(ensemble: Ensemble) -> float:
    return odds(ensemble, reach_over_span(ensemble, "turnover", 100.0, year_span(2019), 0.0)).probability


def test_probability_of_a_mixture_is_that_of_its_members_by_their_odds() -> None:
    members, shares = [member(8.5), member(7.5, weighted=True), member(9.0, seed=1, paths=700)], [0.5, 0.2, 0.3]
    mixed = mix(members, shares)
    assert mixed.weights is not None
    assert mixed.weights.sum() == pytest.approx(1.0)
    assert chance(mixed) == pytest.approx(sum(s * chance(one) for s, one in zip(shares, members, strict=True)))
    crisis = sum(s * share_of(one.crisis_start >= 0, one.weights) for s, one in zip(shares, members, strict=True))
    assert share_of(mixed.crisis_start >= 0, mixed.weights) == pytest.approx(crisis)


def test_first_months_of_a_mixture_are_those_of_its_members() -> None:
    members, shares = [member(8.5), member(7.5)], [0.25, 0.75]
    found, *parts = (
        odds(one, reach_over_span(one, "turnover", 90.0, year_span(2019), 0.0))
        for one in (mix(members, shares), *members)
    )
    for name, value in found.never_by.items():
        assert value == pytest.approx(sum(s * part.never_by[name] for s, part in zip(shares, parts, strict=True)))
    assert sum(found.first_month.values()) == pytest.approx(1.0)


def test_a_member_alone_and_one_member_twice_are_that_member() -> None:
    one = member(8.5)
    alone, twice = mix([one], [1.0]), mix([one, one], [0.4, 0.6])
    sums = [year_sums(each.flow("turnover"), JANUARY, 2019, 2019) for each in (one, alone, twice)]
    plain, same, doubled = (bands(s, (80,), e.weights) for s, e in zip(sums, (one, alone, twice), strict=True))
    assert same.upper[80][0] == pytest.approx(plain.upper[80][0], rel=1e-12)
    assert doubled.median[0] == pytest.approx(plain.median[0], rel=2e-4)
    reach = [reach_over_span(each, "turnover", 100.0, year_span(2019), 0.0) for each in (one, alone, twice)]
    first, second, third = (odds(e, r) for e, r in zip((one, alone, twice), reach, strict=True))
    assert (second.probability, third.probability) == pytest.approx((first.probability, first.probability))
    # The same paths twice are worth no more than once.
    assert second.mc_error == pytest.approx(first.mc_error, rel=1e-6)
    assert third.mc_error == pytest.approx(first.mc_error, rel=1e-6)
    apart = mix([one, member(8.5, seed=9)], [0.5, 0.5], common=False)
    error = odds(apart, reach_over_span(apart, "turnover", 100.0, year_span(2019), 0.0)).mc_error
    assert error == pytest.approx(first.mc_error / np.sqrt(2), rel=0.15)


def test_effective_size_of_unequal_odds() -> None:
    mixed = mix([member(8.5), member(7.5)], [0.9, 0.1])
    assert effective_size(4000, mixed.weights) == pytest.approx(2000 / (0.81 + 0.01))


def test_a_mixture_of_mixtures_keeps_its_members_apart() -> None:
    a, b, c = member(8.5), member(7.5), member(9.0)
    nested, flat = mix([mix([a, b], [0.5, 0.5]), c], [0.4, 0.6]), mix([a, b, c], [0.2, 0.2, 0.6])
    assert nested.stratum is not None
    assert flat.stratum is not None
    assert (nested.stratum == flat.stratum).all()
    np.testing.assert_allclose(nested.weights, flat.weights)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("members", "given", "said"),
    [
        ([], [], "found 0 and 0"),
        ([member(8.0)], [0.5, 0.5], "found 1 and 2"),
        ([member(8.0), member(9.0)], [0.5, 0.4], "add up to 1"),
        ([member(8.0), member(9.0)], [1.5, -0.5], "positive"),
        ([member(8.0), member(9.0)], [float("nan"), 1.0], "positive"),
        ([member(8.0), replace(member(9.0), origin=JANUARY + 1)], [0.5, 0.5], "known to 2019-02"),
        ([member(8.0), replace(member(9.0), flows=("imports",))], [0.5, 0.5], "turnover and imports"),
    ],
)
def test_members_that_do_not_fit_are_refused(members: list[Ensemble], given: list[float], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        mix(members, given)
