"""Who answers a question: the structural model, or forecasters of the pair's regular records."""

from __future__ import annotations

import dataclasses

from forecast.errors import GapError
from forecast.evaluation.record import last_month_known
from forecast.evaluation.regular import regular_series
from forecast.models.auto import Choice, choose, what_is_seen
from forecast.models.background import Background
from forecast.models.structural.fitted import Fitted
from forecast.months import format_month
from forecast.panel import FLOWS, Driver, Panel
from forecast.question import Question
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.regular.named import common_of
from forecast.scenarios.regular.record_draws import Asked
from forecast.scenarios.regular.records import drawn_flows
from forecast.scenarios.structural.draws import oil_elasticities
from forecast.series import Series


@dataclasses.dataclass(frozen=True, slots=True)
class Speaker:
    """Who answers, why, from which month on, and the records it reads (none for the structural model)."""

    choice: Choice
    origin: int
    records: dict[str, Series]


def speaker_of(panel: Panel, background: Background, reporter: str, model: str) -> Speaker:
    """Find who answers by one reporter's count.

    Raises:
        GapError: the reporter has published nothing, or no single months for a model that reads only these.
    """
    origin = last_month_known(panel, reporter)
    if model == "structural":
        return Speaker(Choice(model, f"{model}: asked for; {what_is_seen(panel)}"), origin, {})
    if model == "auto":
        records = _records(panel, reporter)
        whole = records.get("turnover", next(iter(records.values()), None))
        known_whole = whole if whole is not None and whole.origin == origin else None
        choice = choose(panel, known_whole, oil_exporters=background.oil_exporters)
        return Speaker(choice, origin, {} if choice.name == "structural" else records)
    records = _records(panel, reporter)
    if not records:
        raise GapError(
            f"The model {model!r} reads single months, and {reporter} has published too few of {panel.pair} by "
            f"{panel.as_of}; ask the structural model, which reads sums over any span.",
            pointer="/model",
        )
    return Speaker(Choice(model, f"{model}: asked for"), min(series.origin for series in records.values()), records)


def record_draws(
    panel: Panel,
    background: Background,
    speaker: Speaker,
    asked: Question,
    known: dict[str, Driver],
    fitted: Fitted | None,
) -> tuple[CommonDraws, Choice, tuple[str, ...]]:
    """Draws by a forecaster of regular records, what was fitted, and warnings.

    fitted: the structural model on the same panel, which says how flows answer to the oil price; None where no scenario
    moves it.
    """
    name, reporter = speaker.choice.name, asked.reporter or panel.first
    records = Asked(
        model=name,
        reporter=reporter,
        as_of=panel.as_of,
        origin=speaker.origin,
        through=asked.through or speaker.origin,
        paths=asked.paths,
        seed=asked.seed,
        known=known,
        background=background,
    )
    response = None
    if fitted is not None:
        flows = drawn_flows(speaker.records)
        response = oil_elasticities(fitted, flows, reporter=reporter, paths=asked.paths, seed=asked.seed)
    common, said = common_of(speaker.records, records, response)
    common = dataclasses.replace(common, pair=panel.pair)
    later = last_month_known(panel, reporter)
    aside = (
        f"{name} reads single months, known up to {format_month(speaker.origin)}; what is published of sums up to "
        f"{format_month(later)} is left aside."
    )
    choice = Choice(name, f"{speaker.choice.why}; {said}")
    return common, choice, (aside,) if later > speaker.origin else ()


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
