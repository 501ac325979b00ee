"""The smallest crisis: bracketed, with a range about it, and what is said where there is none."""

from __future__ import annotations

import pytest

from forecast.evaluation.asked import Target
from forecast.months import month
from forecast.scenarios.conditions.kinds import Crisis
from forecast.stress.least_crisis import MOST_SEVERE, least_crisis_of
from tests.unit.stress.linear import LAST, PATHS, last_month, trial_of, weights_of

WEIGHTS = weights_of((0.3,))
START = month(2019, 1)


def test_the_chance_falls_with_severity_and_is_alpha_at_the_one_found() -> None:
    trial = trial_of(WEIGHTS, last_month(8.5))
    found = least_crisis_of(trial, 0.5, episode="2008-09", start=START)
    assert found.severity is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.severity < found.high
    chances = [
        trial.chance(Crisis("2008-09", START, severity))[0]
        for severity in (0.0, found.low, found.severity, found.high, MOST_SEVERE)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[2] == pytest.approx(0.5, abs=5.0 / PATHS)
    assert (found.calm, found.worst) == (chances[0], chances[-1])
    assert found.start == "2019-01"


def test_at_most_becomes_likelier_with_severity() -> None:
    reached = least_crisis_of(trial_of(WEIGHTS, last_month(8.5)), 0.5, episode="2008-09", start=START)
    target = Target("exports", None, LAST, at_most=8.5)
    found = least_crisis_of(trial_of(WEIGHTS, target), 0.5, episode="2008-09", start=None)
    assert found.severity == pytest.approx(reached.severity, abs=2e-3)
    assert found.low is not None
    assert found.high is not None
    assert found.low < (found.severity or 0.0) < found.high
    assert found.calm < 0.5 < found.worst


def test_no_crisis_is_found_where_both_ends_lie_on_one_side() -> None:
    found = least_crisis_of(trial_of(WEIGHTS, last_month(12.0)), 0.5, episode="2008-09", start=START)
    assert (found.severity, found.low, found.high) == (None, None, None)
    assert found.worst < found.calm < 0.5


def test_a_range_that_reaches_no_crisis_at_all_is_open_below() -> None:
    trial = trial_of(WEIGHTS, last_month(8.5))
    calm, error = trial.chance(Crisis("2008-09", START, 0.0))
    found = least_crisis_of(trial, calm - error, episode="2008-09", start=START)
    assert found.severity is not None
    assert found.low is None
    assert found.high is not None
    assert found.severity < found.high


def test_a_start_is_told_as_its_month() -> None:
    found = least_crisis_of(trial_of(WEIGHTS, last_month(8.5)), 0.5, episode="typical", start="next-january")
    assert found.start == "2019-01"
