"""Who answers a question: the structural model, or forecasters of the pair's regular records."""

from __future__ import annotations

import dataclasses

from forecast.errors import GapError
from forecast.evaluation.record import last_month_known
from forecast.evaluation.regular import regular_series
from forecast.models.auto import Choice, choose, what_is_seen
from forecast.models.background import Background
from forecast.models.catalogue import forecaster_named, joint_forecaster
from forecast.models.structural.fitted import Fitted
from forecast.months import format_month
from forecast.panel import FLOWS, Driver, Panel
from forecast.question import Question
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.plausibility import ORDINARY, Plausibility
from forecast.scenarios.regular import each_flow, flows_at_once, refuse_conditions, regular_ensemble
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.simulate import simulate_on
from forecast.scenarios.stage import idle_conditions, set_stage
from forecast.series import Series

Drawn = tuple[Scenario, Ensemble, Plausibility]


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers, why, from which month on, and the records it reads (none for the structural model)."""

    choice: Choice
    origin: int
    records: dict[str, Series]


def speaker_of(
    panel: Panel, background: Background, reporter: str, model: str, scenarios: tuple[Scenario, ...]
) -> Speaker:
    """Find who answers by one reporter's count.

    Raises:
        GapError: the reporter has published nothing, or no single months for a model that reads only these.
        ScenarioError: a model that cannot be told about oil and crises, and a scenario with conditions.
    """
    origin = last_month_known(panel, reporter)
    if model == "structural":
        return Speaker(Choice(model, f"{model}: asked for; {what_is_seen(panel)}"), origin, {})
    if model == "auto":
        records = _records(panel, reporter)
        whole = records.get("turnover", next(iter(records.values()), None))
        known_whole = whole if whole is not None and whole.origin == origin else None
        conditioned = any(scenario.conditions for scenario in scenarios)
        choice = choose(panel, known_whole, oil_exporters=background.oil_exporters, conditioned=conditioned)
        return Speaker(choice, origin, {} if choice.name == "structural" else records)
    for scenario in scenarios:
        refuse_conditions(scenario, model)
    records = _records(panel, reporter)
    if not records:
        raise GapError(
            f"The model {model!r} reads single months, and {reporter} has published too few of {panel.pair} by "
            f"{panel.as_of}; ask the structural model, which reads sums over any span.",
            pointer="/model",
        )
    return Speaker(Choice(model, f"{model}: asked for"), min(series.origin for series in records.values()), records)


def structural_answers(
    fitted: Fitted, speaker: Speaker, scenarios: tuple[Scenario, ...], asked: Question, realised_oil: Driver
) -> tuple[list[Drawn], tuple[str, ...]]:
    """Draws of every scenario by the structural model, and warnings."""
    reporter, through = asked.reporter or fitted.panel.first, asked.through or speaker.origin
    stage = set_stage(fitted, reporter=reporter, origin=speaker.origin, through=through)
    drawn = [
        (scenario, *simulate_on(stage, scenario, paths=asked.paths, seed=asked.seed, realised_oil=realised_oil))
        for scenario in scenarios
    ]
    return drawn, idle_conditions(stage, scenarios)


def record_answers_of(
    panel: Panel,
    background: Background,
    speaker: Speaker,
    scenarios: tuple[Scenario, ...],
    asked: Question,
    known: dict[str, Driver],
) -> tuple[list[Drawn], tuple[str, ...], Choice]:
    """Draws by a forecaster of regular records, the same for every scenario, warnings, and what was fitted."""
    name = speaker.choice.name
    ensemble, said = regular_ensemble(
        flows_at_once(joint_forecaster(background))
        if name == "bvar"
        else each_flow(forecaster_named(name, background)),
        speaker.records,
        known=known,
        origin=speaker.origin,
        through=asked.through or speaker.origin,
        paths=asked.paths,
        seed=asked.seed,
    )
    later = last_month_known(panel, asked.reporter or panel.first)
    aside = (
        f"{speaker.choice.name} reads single months, known up to {format_month(speaker.origin)}; what is published of "
        f"sums up to {format_month(later)} is left aside."
    )
    return (
        [(scenario, ensemble, ORDINARY) for scenario in scenarios],
        (aside,) if later > speaker.origin else (),
        Choice(speaker.choice.name, f"{speaker.choice.why}; {said}"),
    )


def _records(panel: Panel, reporter: str) -> dict[str, Series]:
    """The reporter's monthly records: all three flows when both ways are known, else turnover or the one there is."""
    found = {}
    for flow in FLOWS:
        try:
            found[flow] = regular_series(panel, flow, reporter, step=1)
        except GapError:
            continue
    if len(found) in (0, len(FLOWS)):
        return found
    kept = "turnover" if "turnover" in found else next(iter(found))
    return {kept: found[kept]}
