"""An Answer as JSON (columns), and as tidy rows: a polars frame, CSV or Parquet."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import msgspec

from forecast.answer import Answer, MonthBands, Record, ScenarioAnswer, TargetAnswer, YearBands
from forecast.errors import NumericalError, SchemaError
from forecast.evaluation.asked import PERCENT
from forecast.reports.target_words import mark_of, parts_of

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "parquet")
COLUMNS = ("scenario", "flow", "month", "quantity", "level", "value", "unit")
OIL_UNIT = "USD a barrel"

_PROBABILITY = "probability"
_Row = tuple[str | None, str | None, str | None, str, float | None, float, str]


def write_answer(answer: Answer, format: str) -> bytes:
    """The answer as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
        NumericalError: a number of the answer is not finite.
    """
    if format == "json":
        return answer_json(answer)
    if format == "csv":
        return answer_frame(answer).write_csv().encode()
    if format == "parquet":
        buffer = io.BytesIO()
        answer_frame(answer).write_parquet(buffer)
        return buffer.getvalue()
    raise SchemaError(
        f"{format!r} is no format of an answer; use json, csv or parquet.", pointer="/format", allowed=FORMATS
    )


def answer_json(answer: Answer) -> bytes:
    """The answer in the shape of the service: dataclass names as keys, mappings sorted, floats in shortest form.

    The same answer gives the same bytes. Read back, every number is the same to the last bit.

    Raises:
        NumericalError: a number is not finite; JSON has no word for it.
    """
    _refuse_not_finite(answer, "")
    return msgspec.json.encode(answer, order="deterministic")


def answer_frame(answer: Answer) -> pl.DataFrame:
    """The answer as tidy rows (scenario, flow, month, quantity, level, value, unit).

    ``month`` holds "2018-10" for months, "2018" for year sums and the span for targets. ``level`` is the level of a
    band in per cent, and the mark of a target in its own unit (USD bn where it was given in per cent).
    Quantities of bands: median, mean, lower, upper, known_part (years); of targets: probability, mc_error, both also
    with _given_no_crisis and _given_crisis, "first_month:SPAN", whose month is "2018-12", "known" or "never",
    "hazard:SPAN" and "never_by:SPAN" by month, each of these also with _error; names of marks not to be exceeded end
    in _at_most; targets asked jointly have no flow and no level, and stand by their text; of scenarios: crisis_prob,
    effective_paths, plausibility_*; flow "oil" is Brent. Rows without a scenario hold what was published: quantity
    "history" (known on the date of knowledge) and "outcome" (since).

    Raises:
        NumericalError: a number is not finite.
    """
    import polars as pl

    _refuse_not_finite(answer, "")
    kinds = (pl.String, pl.String, pl.String, pl.String, pl.Float64, pl.Float64, pl.String)
    return pl.DataFrame(list(_rows(answer)), schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row")


def _rows(answer: Answer) -> Iterator[_Row]:
    for quantity, records in (("history", answer.history), ("outcome", answer.outcome)):
        for flow, record in records.items():
            yield from _record_rows(flow, record, quantity)
    for scenario in answer.scenarios:
        yield from _scenario_rows(scenario)
        yield from _band_rows(scenario.name, "oil", scenario.oil_usd.month, scenario.oil_usd, OIL_UNIT)
        for flow, of_flow in scenario.flows.items():
            yield from _band_rows(scenario.name, flow, of_flow.months.month, of_flow.months, of_flow.unit)
            years = tuple(str(year) for year in of_flow.years.year)
            yield from _band_rows(scenario.name, flow, years, of_flow.years, of_flow.unit)
            for year, value in zip(years, of_flow.years.known_part, strict=True):
                yield scenario.name, flow, year, "known_part", None, value, of_flow.unit
        told: set[str] = set()
        for target in scenario.targets:
            yield from _target_rows(scenario.name, target, told)


def _record_rows(flow: str, record: Record, quantity: str) -> Iterator[_Row]:
    for month, value in zip(record.months.month, record.months.value, strict=True):
        yield None, flow, month, quantity, None, value, "USD bn"
    for year, value in zip(record.years.year, record.years.value, strict=True):
        yield None, flow, str(year), quantity, None, value, "USD bn"


def _scenario_rows(scenario: ScenarioAnswer) -> Iterator[_Row]:
    far = scenario.plausibility
    for quantity, value, unit in (
        ("crisis_prob", scenario.crisis_prob, _PROBABILITY),
        ("effective_paths", float(scenario.effective_paths), "paths"),
        ("plausibility_q", far.q, "squared distance"),
        ("plausibility_dof", float(far.dof), "degrees of freedom"),
        ("plausibility_tail_prob", far.tail_prob, _PROBABILITY),
        ("plausibility_further_prob", far.further_prob, _PROBABILITY),
        ("plausibility_score", far.score, _PROBABILITY),
    ):
        yield scenario.name, None, None, quantity, None, value, unit


def _band_rows(
    scenario: str, flow: str, when: tuple[str, ...], bands: MonthBands | YearBands, unit: str
) -> Iterator[_Row]:
    for quantity, column in (("median", bands.median), ("mean", bands.mean)):
        for month, value in zip(when, column, strict=True):
            yield scenario, flow, month, quantity, None, value, unit
    for quantity, levels in (("lower", bands.lower), ("upper", bands.upper)):
        for level, column in levels.items():
            for month, value in zip(when, column, strict=True):
                yield scenario, flow, month, quantity, float(level), value, unit


def _target_rows(scenario: str, target: TargetAnswer, told: set[str]) -> Iterator[_Row]:
    """Rows of a target and of its parts; what was ``told`` of the scenario before is left out."""
    if target.text and target.text in told:
        return
    told.add(target.text)
    side = "" if target.at_most is None else "_at_most"
    when = target.text if target.span is None else target.span + (f" by {target.by}" if target.by else "")
    mark = None if target.flow is None else (target.mark_usd_bn if target.unit == PERCENT else mark_of(target))
    for quantity, single in (
        ("probability", target.probability),
        ("mc_error", target.mc_error),
        ("probability_given_no_crisis", target.given_no_crisis),
        ("mc_error_given_no_crisis", target.given_no_crisis_error),
        ("probability_given_crisis", target.given_crisis),
        ("mc_error_given_crisis", target.given_crisis_error),
    ):
        if single is not None:
            yield scenario, target.flow, when, quantity + side, mark, single, _PROBABILITY
    for quantity, by_month in (
        ("first_month", target.first_month),
        ("first_month_error", target.first_month_error),
        ("hazard", target.hazard),
        ("hazard_error", target.hazard_error),
        ("never_by", target.never_by),
        ("never_by_error", target.never_by_error),
    ):
        for month, value in by_month.items():
            yield scenario, target.flow, month, f"{quantity}{side}:{when}", mark, value, _PROBABILITY
    for part in parts_of(target):
        yield from _target_rows(scenario, part, told)


def _refuse_not_finite(value: object, where: str) -> None:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NumericalError(
                f"The answer holds {value} at {where}; every number must be finite. Nothing was written; "
                "please report the question that led here.",
                pointer=where,
            )
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            _refuse_not_finite(entry, f"{where}/{name}")
    elif isinstance(value, tuple | list):
        for position, entry in enumerate(value):
            _refuse_not_finite(entry, f"{where}/{position}")
    elif is_dataclass(value):
        for item in fields(value):
            _refuse_not_finite(getattr(value, item.name), f"{where}/{item.name}")
