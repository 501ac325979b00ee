"""simulate_on(): the common draws of a question and a Scenario become an Ensemble.

Conditions act in this order, each on what the ones before left: shocks; the oil path, and with it what flows answer;
crises; shifts, tariffs and sanctions; flows that are pinned, jointly with the oil path; ranges and odds, as weights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.structural.fitted import Fitted
from forecast.months import month_of
from forecast.panel import FLOWS, Driver
from forecast.scenarios.common import CommonDraws, JointPaths, Pins
from forecast.scenarios.conditions.kinds import (
    CRISIS,
    OIL,
    Between,
    Crisis,
    Hazard,
    Odds,
    Pinned,
    Sanctions,
    Shift,
    Shock,
    Tariff,
)
from forecast.scenarios.crisis_paths import CrisisPaths, crisis_paths
from forecast.scenarios.dated import dated
from forecast.scenarios.effects import NO_EFFECTS, log_effects
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.idle import idle_conditions
from forecast.scenarios.pins import adjusting, driver_pins, flow_pins, oil_pins
from forecast.scenarios.plausibility import Plausibility, judged, plausibility
from forecast.scenarios.regular.crises_held import crisis_offset
from forecast.scenarios.relative import first_month
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.shocks import shocked, sizes
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.stage import set_stage
from forecast.scenarios.under_pins import likelihood_weights, without_effects
from forecast.scenarios.weights import path_weights

FloatArray = NDArray[np.float64]

OIL_CEILING_USD, FLOW_CEILING_USD_BN = 2_000.0, 100_000.0  #: for the median of a month under a scenario


@dataclass(frozen=True, slots=True)
class Drawn:
    """One scenario, its paths, how far its conditions lie from the ordinary, and what a reader should be told."""

    scenario: Scenario
    ensemble: Ensemble
    plausibility: Plausibility
    warnings: tuple[str, ...]


def simulate(
    fitted: Fitted,
    scenario: Scenario,
    *,
    reporter: str,
    origin: int,
    through: int,
    paths: int,
    seed: int,
    realised_oil: Driver,
) -> tuple[Ensemble, Plausibility]:
    """Draw joint paths to month ``through`` by one reporter's count with the structural model.

    origin: last month that this reporter has published. For several scenarios draw once and use `simulate_on`.

    Raises:
        ScenarioError: the scenario contradicts what is known or itself, or the reporter has no figures.
    """
    stage = set_stage(fitted, reporter=reporter, origin=origin, through=through)
    drawn = simulate_on(structural_draws(stage, paths=paths, seed=seed), scenario, realised_oil=realised_oil)
    return drawn.ensemble, drawn.plausibility


def simulate_on(common: CommonDraws, scenario: Scenario, *, realised_oil: Driver) -> Drawn:
    """Move the common draws to one scenario; every scenario of a question meets the same shocks.

    realised_oil: the price as known today, for conditions that copy it.

    Raises:
        ScenarioError: the scenario contradicts what is known or itself, or hardly any path shows it.
    """
    asked, scenario = scenario, dated(common, scenario)
    conditions = scenario.conditions
    pinned = [condition for condition in conditions if isinstance(condition, Pinned)]
    on_oil = [pin for pin in pinned if pin.driver == OIL]
    on_flows = [pin for pin in pinned if pin.driver in FLOWS]
    shocks = [condition for condition in conditions if isinstance(condition, Shock)]
    free = shocked(common, shocks)
    oil = oil_pins(common, on_oil, realised_oil)
    drivers = driver_pins(common, pinned, free)
    adjust = adjusting(pinned)
    offset = np.zeros((1, *free.flows.shape[1:]))
    moved = free
    if on_oil or drivers:
        alone = () if on_flows else adjust  # with flows, oil meets its own path first
        moved = common.law.condition(free, Pins(oil.values, (), offset, alone, drivers))
    crises, held = crises_under(common, scenario)
    if crises.log_effect.any() or held.any():
        offset = offset + crises.log_effect[:, :, None] + held
    effects = NO_EFFECTS
    if any(isinstance(condition, Shift | Tariff | Sanctions | Shock) for condition in conditions):
        effects = log_effects(common, conditions, np.exp(moved.flows + offset), pair=common.pair)
    if effects.log_effect is not None:
        offset = offset + effects.log_effect
    centre, sums = flow_pins(common, on_flows, moved, offset)
    prior = None
    if sums:
        centre = without_effects(common, centre, moved, offset)
        if all(pin.width == "none" for pin in on_flows):
            prior = likelihood_weights(common, oil.centre, centre)
        centre = tuple(replace(pin, log_total=np.median(pin.log_total, keepdims=True)) for pin in centre)
        moved = common.law.condition(free, Pins(oil.values, sums, offset, adjust, drivers))
    ensemble = ensemble_of(common, moved, offset, crises.start)
    if conditions:
        _refuse_absurd(ensemble)
    weights = path_weights(
        [condition for condition in conditions if isinstance(condition, Between)],
        [condition for condition in conditions if isinstance(condition, Odds)],
        ensemble,
        prior,
    )
    if weights is not None:
        ensemble = replace(ensemble, weights=weights)
    told = (*idle_conditions(common, scenario), *effects.warnings, *_uncounted(drivers), *_running(common, scenario))
    met = [shock for shock in shocks if first_month(shock.start, common.record_end + 1) <= common.through]
    pinned_out, shocked_out = plausibility(common.law, oil.centre, centre, adjust if sums else ()), sizes(common, met)
    out = judged(pinned_out.q + float(shocked_out @ shocked_out), pinned_out.dof + len(met))
    return Drawn(asked, ensemble, out, told)


def _uncounted(drivers: dict[str, FloatArray]) -> tuple[str, ...]:
    if not drivers:
        return ()
    return (f"How far the paths of {' and '.join(drivers)} lie from the ordinary is not counted in the plausibility.",)


def _running(common: CommonDraws, scenario: Scenario) -> tuple[str, ...]:
    running = common.background.under_way(common.as_of, common.record_end + 1)
    if running is None or common.holds_crises or not any(isinstance(one, Hazard) for one in scenario.conditions):
        return ()
    return (
        f"{scenario.name}: the crisis of {running.name} is under way on {common.as_of} and goes on in every path; no "
        "other is drawn by its odds, so the hazard changes nothing.",
    )


def _refuse_absurd(ensemble: Ensemble) -> None:
    """Refuse what no trade and no price can be: conditions that compound, or shocks that take all of a pin on them.

    Raises:
        ScenarioError: a number broke, or the middle of a month lies beyond all bounds.
    """
    series = {"the oil price": (ensemble.oil_usd, OIL_CEILING_USD, "USD a barrel")}
    series |= {flow: (ensemble.flow(flow), FLOW_CEILING_USD_BN, "USD bn a month") for flow in ensemble.flows}
    for name, (paths, ceiling, unit) in series.items():
        highest = float(paths.max())
        if highest <= ceiling:  # nearly always; medians are dear
            continue
        middle = float(np.median(paths, axis=0).max())
        if not np.isfinite(highest) or middle > ceiling:
            raise ScenarioError(
                f"The conditions take {name} to {middle:.3g} {unit}, beyond the {ceiling:,.0f} that are taken as "
                "possible; ask for less, or let more shocks adjust."
            )


def crises_under(common: CommonDraws, scenario: Scenario) -> tuple[CrisisPaths, FloatArray]:
    """Crises as the scenario says, else the baseline's own; and what is taken off paths that hold crises already."""
    crises = [condition for condition in scenario.conditions if isinstance(condition, Crisis)]
    if common.holds_crises:  # one beyond the horizon leaves the paths their own
        known = max(common.record_end, month_of(common.as_of))
        crises = [crisis for crisis in crises if first_month(crisis.start, known + 1) <= common.end]
    hazards = [condition.multiplier for condition in scenario.conditions if isinstance(condition, Hazard)]
    held = np.zeros((1, *common.free.flows.shape[1:]))
    told_apart = common.holds_crises and any(
        isinstance(condition, Odds) and condition.event.what == CRISIS for condition in scenario.conditions
    )  # odds of a crisis: what the paths hold of them unseen is taken off, and as many are laid over for all to see
    if not crises and not hazards and not told_apart:
        return common.crises, held
    hazard = hazards[0] if hazards else 1.0
    if common.holds_crises and not crises and not told_apart:  # less of the usual ones, or more on top
        if hazard < 1.0:
            return common.crises, crisis_offset(common, 1.0 - hazard)
        hazard -= 1.0
    drawn = crisis_paths(
        common.background,
        as_of=common.as_of,
        first=common.record_end + 1,
        months=common.end - common.record_end,
        paths=common.paths,
        seed=common.seed,
        crises=crises,
        hazard=hazard,
        goes_on=not common.holds_crises,
        usual=None if common.holds_crises or hazards else common.crises,
    )
    return drawn, crisis_offset(common) if crises or told_apart else held


def ensemble_of(
    common: CommonDraws, paths: JointPaths, offset: FloatArray, crisis_start: NDArray[np.int64]
) -> Ensemble:
    """Levels of all months asked; two flows are followed by their sum."""
    asked, known = common.through - common.start + 1, common.record_end - common.start + 1
    k = len(common.flows)
    values = np.empty((k + (k == 2), common.paths, asked)).transpose(1, 2, 0)  # flow by flow, as it is read
    values[:, :known, :k] = common.past_usd_bn[:, :asked]
    ahead = max(asked - known, 0)
    with np.errstate(over="ignore"):  # what conditions compound beyond all numbers is refused by its bounds
        np.exp(paths.flows[:, :ahead] + offset[:, :ahead], out=values[:, known:, :k])
    if k == 2:
        np.add(values[:, :, 0], values[:, :, 1], out=values[:, :, 2])
    seen = common.oil.values[common.start - common.oil.start :][:asked]
    oil = np.empty((common.paths, asked))
    oil[:, : len(seen)] = seen
    np.exp(paths.oil[:, : asked - len(seen)], out=oil[:, len(seen) :])
    return Ensemble(
        start=common.start,
        origin=common.origin,
        flows=(*common.flows, "turnover") if k == 2 else common.flows,
        values_usd_bn=values,
        oil_usd=oil,
        crisis_start=crisis_start,
        draw=common.draw,
    )
