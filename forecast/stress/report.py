"""reverse_stress(): all of reverse stress for one target, on one set of draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from forecast.errors import ScenarioError, SchemaError
from forecast.evaluation.asked import Joint, Target, target_text
from forecast.evaluation.reaching import reach_of
from forecast.evaluation.stressed import Stress
from forecast.evaluation.targets import is_certain
from forecast.months import format_month
from forecast.prepared import Prepared, draw
from forecast.reports.target_words import target_words
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.crisis_paths import find_episode
from forecast.scenarios.idle import idle_conditions
from forecast.scenarios.relative import Start
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.stress.break_even import break_even_of
from forecast.stress.chances import Trial
from forecast.stress.grid import default_prices, default_severities, stress_map_of
from forecast.stress.least_crisis import least_crisis_of
from forecast.stress.least_path import least_path_of
from forecast.summary import target_answer

MOST_CELLS = 2500

Progress = Callable[[str], None]


def reverse_stress(
    prepared: Prepared,
    target: Target | Joint,
    *,
    alpha: float = 0.5,
    base: Scenario = BASELINE,
    episode: str = "2008-09",
    start: Start = None,
    prices_usd: Sequence[float] = (),
    severities: Sequence[float] = (),
    progress: Progress | None = None,
) -> Stress:
    """Which flat oil price, oil path or crisis gives a target the chance ``alpha``, and the map of odds between them.

    Args:
        prepared: from `prepare` with ``moves_oil=True``.
        target: what is asked.
        alpha: the chance looked for, strictly between 0 and 1.
        base: the scenario that holds besides; what it says of oil or crises gives way where these are varied.
        episode: the kind of crisis.
        start: its first month (the first ahead).
        prices_usd: of the map, () for 21 about today's price.
        severities: of the map, () for 0 to 2 in steps of .2.
        progress: told in a few words what goes on.

    Raises:
        SchemaError: a number out of range, or too large a map.
        ScenarioError: the base cannot hold, or there is no such episode.
        GapError: the target's span is neither known nor forecast.
    """
    if not 0.0 < alpha < 1.0:
        raise SchemaError(f"'alpha' must lie between 0 and 1, both left out; found {alpha:g}.", pointer="/alpha")
    prices = tuple(prices_usd) or default_prices(float(prepared.common.oil.values[-1]))
    grades = tuple(severities) or default_severities()
    if len(prices) * len(grades) > MOST_CELLS:
        raise SchemaError(
            f"The map has {len(prices)} x {len(grades)} cells; at most {MOST_CELLS} are drawn.", pointer="/oil"
        )
    tell = progress or (lambda _: None)
    trial = Trial(prepared, target, base)
    first = crisis_start(trial, episode, start)
    drawn = draw(prepared, base).ensemble
    reach = reach_of(prepared.panel, drawn, target, prepared.reporter, pointer="/target").reach
    if is_certain(drawn, reach):
        raise SchemaError(
            f"{target_text(target)} is settled by what is published up to {format_month(drawn.origin)}; ask of a sum "
            "that is still open.",
            pointer="/target",
        )
    chance, error = trial.read(drawn)
    tell("looking for the break-even oil price")
    flat_prices = break_even_of(trial, alpha)
    tell("looking for the least implausible oil path")
    path = least_path_of(trial, alpha, flat_prices)
    tell("looking for the smallest crisis")
    crisis = least_crisis_of(trial, alpha, episode=episode, start=first)
    tell(f"drawing the map of {len(prices)} x {len(grades)} cells")
    chart = stress_map_of(trial, prices, grades, episode=episode, start=first)
    question = prepared.question
    return Stress(
        pair=question.pair,
        reporter=prepared.reporter,
        as_of=prepared.common.as_of.isoformat(),
        model=prepared.choice.name,
        seed=question.seed,
        paths=question.paths,
        target=target_text(target),
        target_words=target_words(target_answer(prepared.panel, drawn, target, prepared.reporter)),
        alpha=alpha,
        base=base.name,
        chance=chance,
        error=error,
        break_even=flat_prices,
        least_path=path,
        least_crisis=crisis,
        map=chart,
        warnings=(
            *prepared.warnings,
            *idle_conditions(prepared.common, trial.scenario((Crisis(episode, first),))),
            *_late(first, reach.last),
        ),
    )


def _late(first: int, last: int) -> tuple[str, ...]:
    if first <= last:
        return ()
    return (
        f"The crisis begins in {format_month(first)}, after {format_month(last)}, the last month that the target asks "
        "about: it cannot move the chance; begin it earlier.",
    )


def crisis_start(trial: Trial, episode: str, start: Start) -> int:
    """The first month of the crisis.

    Raises:
        ScenarioError: there is no such episode, or the month is known already.
    """
    common, first = trial.prepared.common, trial.begins(start)
    try:
        find_episode(common.background, episode)
    except ScenarioError as error:
        raise ScenarioError(error.message, pointer="/episode", allowed=error.allowed) from None
    if first <= common.record_end:
        raise ScenarioError(
            f"The crisis begins in {format_month(first)}, but figures are known up to "
            f"{format_month(common.record_end)}; begin in {format_month(common.record_end + 1)} or later.",
            pointer="/start",
        )
    return first
