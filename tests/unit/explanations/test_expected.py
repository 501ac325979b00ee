"""Observation weights where they are known, and figures that come as expected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.data.releases import panel_known
from forecast.explanations.expected import new_figures, news_of, observation_weights
from forecast.explanations.knowing import know
from forecast.explanations.measures import MEAN, measure
from forecast.panel import Panel
from forecast.prepared import Prepared, draw
from forecast.question import Target
from forecast.reports.explanation_words import news_words
from forecast.scenarios.scenario import BASELINE

PATHS = 200_000
BEFORE, AFTER = date(2018, 9, 20), date(2018, 10, 12)


def test_weight_of_one_figure_of_a_local_level_is_the_kalman_gain() -> None:
    """Level of variance P before, figure with error H, sum of the level over n months: weight n P / (P + H)."""
    P, H, months = 2.0, 0.5, 7
    z = np.random.default_rng(5).normal(size=(PATHS, 2))
    level, shock = np.sqrt(P) * z[:, 0], z[:, 1]
    found = observation_weights(level[:, None], np.array([H]), months * level + shock)
    assert found[0] == pytest.approx(months * P / (P + H), abs=5.0 * np.sqrt(1.0 / P / PATHS))


def test_weights_of_two_figures_of_a_random_walk() -> None:
    """Walk x1, x2 seen without error: the later tells all of the future, the earlier nothing more."""
    steps = np.random.default_rng(6).normal(size=(PATHS, 3))
    walk = np.cumsum(steps, axis=1)
    found = observation_weights(walk[:, :2], np.zeros(2), walk[:, 2])
    np.testing.assert_allclose(found, [0.0, 1.0], atol=5.0 * np.sqrt(2.0 / PATHS))


def test_a_figure_known_already_has_no_weight_and_repeated_ones_share_it() -> None:
    x = np.random.default_rng(7).normal(5.0, 1.0, size=1000)
    found = observation_weights(np.column_stack([np.full(1000, 3.0), x, x]), np.zeros(3), 4.0 * x)
    assert found[0] == 0.0
    np.testing.assert_allclose(found[1:], [2.0, 2.0], rtol=1e-6)


def test_a_revision_is_told_as_one(ready: Prepared, hundred: Target) -> None:
    early, late = (panel_known("CHN-RUS", figures=d, drivers=d, as_of=d) for d in (date(2018, 9, 10), BEFORE))
    figures = [f for f in new_figures(early, late) if f.reporter == "CHN"]
    ensemble = draw(ready, BASELINE).ensemble  # holds August as printed last
    news = news_of(ready.panel, ensemble, "CHN", figures, measure(ready.panel, ensemble, hundred, "CHN").sums)
    assert news
    assert all(each.sd == 0.0 and each.weight is None for each in news)
    assert "was revised from" in news_words(replace(news[0], expected=news[0].came + 0.1))


def revalued(panel: Panel, spans: set[tuple[int, int, int]], values: dict[tuple[int, int, int], float]) -> Panel:
    seen = panel.observations
    value = seen.value_usd_bn.copy()
    for i in range(len(seen)):
        key = int(seen.start[i]), int(seen.end[i]), int(seen.flow[i])
        if key in spans and panel.reporters[int(seen.reporter[i])] == "CHN":
            value[i] = values[key]
    return replace(panel, observations=replace(seen, value_usd_bn=value))


def test_the_weights_foretell_what_the_model_does(ready: Prepared, hundred: Target) -> None:
    """Figures that come as expected leave the mean where it was; higher ones move it by weight times what is new."""
    before = panel_known("CHN-RUS", figures=BEFORE, drivers=AFTER, as_of=AFTER)
    after = panel_known("CHN-RUS", figures=AFTER, drivers=AFTER, as_of=AFTER)
    asked = {"scenario": BASELINE, "reporter": "CHN"}
    state = know(before, AFTER, ready.question, "structural", before=ready.common.law.stage.fitted, **asked)  # type: ignore
    assert state.carried
    paths = state.paths_of(BASELINE, ready.realised_oil)
    was = measure(before, paths, hundred, "CHN")
    figures = [f for f in new_figures(before, after) if f.reporter == "CHN"]
    assert figures
    news = news_of(before, paths, "CHN", figures, was.sums)
    assert all(each.expected is not None and each.weight is not None for each in news)
    as_expected = [replace(f, value_usd_bn=n.expected) for f, n in zip(figures, news, strict=True)]
    again = news_of(before, paths, "CHN", as_expected, was.sums)
    assert [each.effect for each in again] == pytest.approx([0.0] * len(again), abs=1e-12)

    names = ("exports", "imports", "turnover")
    keys = [(f.span.start, f.span.end, names.index(f.flow)) for f in figures]
    moved = {}
    for step in (0.0, 1.0):
        values = {key: (n.expected or 0.0) + step * (n.sd or 0.0) for key, n in zip(keys, news, strict=True)}
        panel = revalued(after, set(keys), values)
        new = know(panel, AFTER, ready.question, "structural", before=state.fitted, **asked)  # type: ignore[arg-type]
        moved[step] = measure(panel, new.paths_of(BASELINE, ready.realised_oil), hundred, "CHN").values[MEAN]
    foretold = sum((n.weight or 0.0) * (n.sd or 0.0) for n in news)
    assert foretold > 0.0
    assert moved[1.0] - moved[0.0] == pytest.approx(foretold, rel=0.35)
    assert abs(moved[0.0] - was.values[MEAN]) < 0.5 * foretold
