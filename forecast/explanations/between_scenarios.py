"""explain_scenarios(): what each condition adds to the difference between two scenarios, by exact Shapley values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.evaluation.asked import Joint, Target
from forecast.evaluation.explained import Explanation, Part, Side
from forecast.explanations.measures import (
    Measured,
    amounts_of,
    difference_error,
    error_of,
    errors_of,
    measure,
)
from forecast.explanations.naming import named
from forecast.explanations.players import MOST_PLAYERS, players_between, with_players
from forecast.explanations.shapley import shapley_weights
from forecast.prepared import Prepared, Progress, draw
from forecast.reports.explanation_words import with_paragraph
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import Drawn

FloatArray = NDArray[np.float64]


def explain_scenarios(
    prepared: Prepared,
    before: Scenario,
    after: Scenario,
    target: Target | Joint,
    *,
    most: int = MOST_PLAYERS,
    progress: Progress | None = None,
) -> Explanation:
    """Split the difference between two scenarios of one Prepared over the conditions in which they differ.

    Every subset of the differing conditions is drawn on the same paths; the parts are the Shapley values of P(target)
    and of the mean and median of the sum it speaks of, and add up to the difference. Conditions that both share stay.

    Raises:
        ScenarioError: the conditions of a subset cannot be met.
        GapError: the target's span is neither known nor forecast.
    """
    tell = progress or (lambda _: None)
    players, grouped = players_between(before, after, most)
    weights = shapley_weights(len(players)) if players else np.zeros((0, 1))
    values = np.zeros((len(players), 3))
    influence = np.zeros((len(players), prepared.common.paths, 3))
    digests: list[bytes] = []
    base, first, last = None, None, None
    for coalition in range(1 << len(players)):
        tell(f"drawing {coalition + 1} of {1 << len(players)} sets of conditions")
        inside = [bool(coalition >> i & 1) for i in range(len(players))]
        drawn = _drawn(prepared, with_players(before, after, players, inside))
        base = base or drawn
        found = measure(prepared.panel, drawn.ensemble, target, prepared.reporter)
        values += weights[:, coalition, None] * found.values
        influence += weights[:, coalition, None, None] * found.influence
        digests.append(found.digest)
        first, last = first or found, found
    assert base is not None
    assert first is not None
    assert last is not None
    draws, effective = prepared.common.draw, min(first.effective, last.effective)
    parts = []
    for i, player in enumerate(players):
        error = difference_error(influence[i], draws, effective, moved=_moves(digests, i))
        parts.append(Part(player.name, player.words, amounts_of(values[i]), errors_of(error, values[i]), "condition"))
    moved = digests[0] != digests[-1]
    whole = difference_error(last.influence - first.influence, draws, effective, moved=moved)
    change = last.values - first.values
    notes = [
        "The parts are Shapley values: what each condition adds, averaged over all orders in which they can join, "
        f"on the same {prepared.common.paths:,} paths."
    ]
    if grouped:
        notes.append(f"More than {most} conditions differ; they are grouped by kind.")
    if not players:
        notes.append("The two scenarios hold the same conditions.")
    return with_paragraph(
        Explanation(
            **named(prepared, base.ensemble, target),
            kind="scenarios",
            before=_side(before, first, draws),
            after=_side(after, last, draws),
            total=Part(
                "difference", f"{after.name} less {before.name}", amounts_of(change), errors_of(whole, change), "whole"
            ),
            parts=tuple(parts),
            subtotals=(),
            notes=tuple(notes),
        )
    )


def noise_ratio(prepared: Prepared, before: Scenario, after: Scenario, target: Target | Joint) -> FloatArray:
    """How much common random numbers help: variance of the difference under independent seeds over that on common ones.

    Of probability, mean and median (3); NaN where there is no single sum, infinite where nothing differs. A
    probability gains less than a mean: where many paths cross the mark their share errs as any share does.

    Source: Glasserman & Yao 1992, "Some guidelines and guarantees for common random numbers", Management Science 38.
    """
    one, other = (
        measure(prepared.panel, draw(prepared, scenario).ensemble, target, prepared.reporter)
        for scenario in (before, after)
    )
    draws = prepared.common.draw
    apart = error_of(one.influence, draws) ** 2 + error_of(other.influence, draws) ** 2
    common = error_of(other.influence - one.influence, draws) ** 2
    ratio = np.where(common > 0.0, apart / np.where(common > 0.0, common, 1.0), np.inf)
    return np.asarray(np.where(np.isnan(one.values), np.nan, ratio))


def _drawn(prepared: Prepared, scenario: Scenario) -> Drawn:
    try:
        return draw(prepared, scenario)
    except ScenarioError as error:
        raise ScenarioError(
            f"{error.message} (Found while the conditions in which the scenarios differ were taken one by one.)",
            pointer=error.pointer,
            allowed=error.allowed,
        ) from None


def _moves(digests: list[bytes], player: int) -> bool:
    """Whether a player changes any path in any company."""
    return any(
        digests[coalition] != digests[coalition | 1 << player]
        for coalition in range(len(digests))
        if not coalition >> player & 1
    )


def _side(scenario: Scenario, found: Measured, draws: NDArray[np.int64]) -> Side:
    error = errors_of(error_of(found.influence, draws), found.values)
    return Side(scenario.name, scenario.title or scenario.name, amounts_of(found.values), error)
