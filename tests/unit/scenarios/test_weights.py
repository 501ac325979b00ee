"""Ranges and odds: paths that stay inside, tilted as little as the odds need, and refused where none is left."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.months import Span, month
from forecast.scenarios.conditions.kinds import OIL, Between, Condition, Crisis, Event, Odds
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.weights import path_weights, shows
from tests.exact.cases import FloatArray, common_draws, played

YEAR = Span(month(2019, 1), month(2019, 12))
FIRST = month(2018, 10) - month(2017, 1)


def weights_of(*conditions: Condition) -> tuple[Ensemble, FloatArray]:
    found = played(*conditions)
    assert found.weights is not None
    assert found.weights.sum() == pytest.approx(1.0, abs=1e-12)
    return found, found.weights


def test_a_range_leaves_the_paths_inside_alike() -> None:
    found, weights = weights_of(Between(OIL, 50.0, 100.0))
    inside = ((found.oil_usd[:, FIRST:] >= 50.0) & (found.oil_usd[:, FIRST:] <= 100.0)).all(axis=1)
    np.testing.assert_allclose(weights, inside / inside.sum(), rtol=1e-12)


def test_a_range_of_a_sum() -> None:
    found, weights = weights_of(Between("turnover", 110.0, None, span=YEAR))
    sums = found.flow("turnover")[:, -12:].sum(axis=1)
    np.testing.assert_array_equal(weights > 0, sums >= 110.0)


def test_odds_are_met_and_stray_least() -> None:
    """Of one event, the nearest weights scale those who show it and those who do not."""
    event = Event("turnover", at_least=120.0, span=YEAR)
    found, weights = weights_of(Odds(event, 0.8))
    hit = shows(event, found)
    assert weights[hit].sum() == pytest.approx(0.8, abs=1e-9)
    for group in (hit, ~hit):
        assert np.ptp(weights[group]) < 1e-12


def test_odds_of_several_events_hold_together_and_within_a_range() -> None:
    cheap, rich = Event(OIL, at_most=75.0, span=YEAR), Event("turnover", at_least=120.0, span=YEAR)
    found, weights = weights_of(Odds(cheap, 0.6), Odds(rich, 0.5), Between(OIL, 45.0, 120.0))
    assert weights[shows(cheap, found)].sum() == pytest.approx(0.6, abs=1e-8)
    assert weights[shows(rich, found)].sum() == pytest.approx(0.5, abs=1e-8)
    assert (weights[(found.oil_usd[:, FIRST:] < 45.0).any(axis=1)] == 0.0).all()


def test_odds_on_unequal_weights_are_the_tilt_of_these() -> None:
    """One event: the closed form; a second one that holds already changes nothing."""
    found = played()
    prior = np.linspace(1.0, 3.0, len(found.draw))
    prior /= prior.sum()
    event = Event("turnover", at_least=120.0, span=YEAR)
    hit = shows(event, found)
    weights = path_weights([], [Odds(event, 0.3)], found, prior)
    assert weights is not None
    share = prior[hit].sum()
    np.testing.assert_allclose(weights, prior * np.where(hit, 0.3 / share, 0.7 / (1 - share)), rtol=1e-9)


def test_odds_of_a_crisis() -> None:
    found, weights = weights_of(Odds(Event("crisis"), 0.5))
    assert weights[found.crisis_start >= 0].sum() == pytest.approx(0.5, abs=1e-9)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((Between(OIL, 300.0, None),), "0 of 1,000 paths"),
        ((Between("turnover", 200.0, None, span=YEAR),), "paths are left"),
        ((Odds(Event("turnover", at_least=500.0, span=YEAR), 0.5),), "no path of 1,000"),
        ((Odds(Event("turnover", at_least=1.0, span=YEAR), 0.5),), "every path"),
        ((Odds(Event("turnover", at_least=100.0, span=Span(month(2025, 1), month(2025, 12))), 0.5),), "longer horizon"),
        ((Crisis("2008-09"), Odds(Event("turnover", at_least=150.0, span=YEAR), 0.99)), "paths are left|no path"),
    ],
)
def test_what_hardly_any_path_shows_is_refused(given: tuple[Condition, ...], said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        played(*given)


def test_nothing_asked_no_weights() -> None:
    assert played().weights is None
    assert common_draws().paths == 1000
