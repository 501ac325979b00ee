"""backtest(): a record, its origins and some models become a ScoreCard."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np

from forecast.backtests.card import scores_of, target_scores_of
from forecast.backtests.catalogue import MODELS, REFERENCE, SLOW, may_read_oil, peer_names, refuse_taken_names
from forecast.backtests.crew import MOST_WORKERS, run_units
from forecast.backtests.marks import NO_FALL, Mark
from forecast.backtests.options import DEFAULT_HORIZONS, Options, parse_options
from forecast.backtests.origins import (
    FloatArray,
    Judged,
    chosen_origins,
    judged_pair,
    judged_series,
    usable_horizons,
)
from forecast.backtests.store import Store, code_digest, open_store
from forecast.backtests.unit import OIL_GIVEN, Result, Said, Unit, identity, row_name
from forecast.data.assemble import TableSource
from forecast.errors import GapError, SchemaError
from forecast.evaluation.score_card import Absence, Case, Model, ScoreCard, TargetCase
from forecast.fields import integer_field
from forecast.models.task import Forecaster
from forecast.months import format_month
from forecast.panel import Driver
from forecast.question import parse_pair
from forecast.series import Series
from forecast.version import __version__

Progress = Callable[[int, int, str], None]
"""Told how many units are done, of how many, and what the last one was."""


def backtest(
    subject: str | Series,
    options: Mapping[str, object] | None = None,
    *,
    table: TableSource | None = None,
    unit: str = "",
    drivers: Mapping[str, Driver] | None = None,
    forecasters: Mapping[str, Forecaster] | None = None,
    workers: int = 1,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> ScoreCard:
    """Forecast from every origin with what was known then, and score what was said by what came.

    Args:
        subject: a pair, "CHN-RUS", or a record of one's own without vintages.
        options: reporter, flow, step, origins, horizons, models, peers, targets, given_oil, paths, seed, as
            `forecast.backtests.options.parse_options` reads them; what is left out is chosen by the record.
        table: the user's own figures of the pair; None takes those that travel with Tradewind.
        unit: of a record's figures, for the reader.
        drivers: that a record's forecasters may read ("oil", "fx:RUS"); a pair has its own.
        forecasters: models of one's own by name, judged beside those asked; what they say is not kept in the store.
        workers: processes that share the work; the card is the same on any number. A script that asks for more than
            one needs ``if __name__ == "__main__":``.
        store: a file in which finished work is kept, made if it is not there; a run that was interrupted goes on.
        progress: told after each unit (a model at an origin) how many are done, of how many.

    Raises:
        SchemaError: an option cannot be read, or does not fit the record; the pointer names it.
        GapError: origins outside the record, horizons that have no outcome, or nothing that any model could forecast.
        InputError, NotFoundError: see `load_panel`.
    """
    own = dict(forecasters or {})
    refuse_taken_names(own)
    asked = parse_options(options or {}, MODELS, peer_names())
    workers = integer_field({"workers": workers}, "workers", 1, low=1, high=MOST_WORKERS)
    tell = progress or (lambda done, total, what: None)
    tell(0, 0, "reading the figures")
    judged = _judged(subject, table, unit, drivers, asked)
    asked, left_out, origins, horizons = _settled(judged, asked)
    units, absent = _units(judged, asked, origins, horizons, own, tell)
    with open_store(Path(store)) if store is not None else nullcontext() as kept:
        results = _results(units, workers, kept, tell)
    return _card(judged, asked, horizons, units, results, own, (*left_out, *absent))


def _judged(
    subject: str | Series,
    table: TableSource | None,
    unit: str,
    drivers: Mapping[str, Driver] | None,
    asked: Options,
) -> Judged:
    if isinstance(subject, Series):
        for name in ("reporter", "flow", "step"):
            if getattr(asked, name) is not None:
                raise SchemaError(f"{name!r} is for a pair; a record is judged as it is.", pointer=f"/{name}")
        return judged_series(subject, unit, drivers or {})
    if drivers is not None:
        raise SchemaError("A pair brings its own drivers; 'drivers' is for a record.", pointer="/drivers")
    pair = parse_pair(subject)
    if asked.reporter is not None and asked.reporter not in pair.split("-"):
        raise SchemaError(
            f"{asked.reporter!r} is no country of {pair}.", pointer="/reporter", allowed=tuple(pair.split("-"))
        )
    return judged_pair(pair, table, asked)


def _settled(judged: Judged, asked: Options) -> tuple[Options, list[Absence], tuple[int, ...], tuple[int, ...]]:
    """Options with what the record decided, what was left out, origins, and horizons with an outcome."""
    explicit = asked.horizons is not None
    horizons, left_out = usable_horizons(judged, asked.horizons or DEFAULT_HORIZONS, explicit=explicit)
    origins = chosen_origins(judged, asked, horizons)
    series = judged.series
    never = [h for h in horizons if not any(_has_outcome(series, origin + h) for origin in origins)]
    if never and (explicit or len(never) == len(horizons)):
        raise GapError(
            f"No origin has an outcome {', '.join(map(str, never))} months later: the record of {series.name} ends in "
            f"{format_month(series.origin)}. Ask for shorter horizons, or earlier origins.",
            pointer="/horizons",
        )
    for mark in asked.targets:
        if mark.flow is not None and mark.flow != judged.flow:
            raise SchemaError(
                f"The target {mark.text!r} speaks of {mark.flow}, but {judged.flow or 'a record'} is judged.",
                pointer="/targets",
            )
    marks: tuple[Mark, ...] = asked.targets or (NO_FALL,)
    return (
        replace(asked, targets=marks, origins=origins),
        left_out,
        origins,
        tuple(h for h in horizons if h not in never),
    )


def _has_outcome(series: Series, month: int) -> bool:
    at = (month + 1 - series.start) // series.step - 1
    return 0 <= at < len(series) and not bool(np.isnan(series.values[at]))


def _units(
    judged: Judged,
    asked: Options,
    origins: Sequence[int],
    horizons: tuple[int, ...],
    own: Mapping[str, Forecaster],
    tell: Progress,
) -> tuple[list[Unit], list[Absence]]:
    """All units, those of slow models first, and the origins from which nothing can be forecast."""
    names = tuple(dict.fromkeys((*asked.models, *own, REFERENCE)))
    givens = {name: (False, True) if asked.given_oil and may_read_oil(name) else (False,) for name in names}
    if asked.given_oil and not any(len(given) > 1 for given in givens.values()):
        raise SchemaError(
            f"None of {', '.join(names)} reads the oil price; ask for structural, bvar or auto as well.",
            pointer="/given_oil",
        )
    units, absent = [], []
    for i, origin in enumerate(origins):
        tell(0, 0, f"what was known of {format_month(origin)} ({i + 1} of {len(origins)})")
        try:
            situation = judged.known_at(origin, horizons[-1])
        except GapError as error:
            absent.append(Absence(format_month(origin), error.message))
            continue
        realised = _ahead(judged.series, origin, horizons[-1])
        for name in names:
            units.append(
                Unit(
                    model=name,
                    situation=situation,
                    realised=realised,
                    horizons=horizons,
                    marks=asked.targets,
                    variants=givens[name],
                    paths=asked.paths,
                    seed=asked.seed,
                    own=own.get(name),
                )
            )
    if not units:
        raise GapError(f"Nothing can be forecast from any of these origins: {absent[0].why}", pointer="/origins")
    units.sort(key=lambda unit: (unit.model not in SLOW, unit.situation.origin))
    return units, absent


def _ahead(series: Series, origin: int, months: int) -> FloatArray:
    """The spans after an origin as they came, NaN where unknown."""
    at = (origin + 1 - series.start) // series.step
    found = np.full(months // series.step, np.nan)
    came = np.asarray(series.values)[at : at + len(found)]
    found[: len(came)] = came
    return found


def _results(units: Sequence[Unit], workers: int, kept: Store | None, tell: Progress) -> list[Result]:
    """The result of every unit, from the store where it is there."""
    found: dict[int, Result] = {}
    keys = {}
    if kept is not None:
        for i, unit in enumerate(units):
            if unit.own is None:
                keys[i] = identity(unit, code_digest())
                result = kept.get(keys[i])
                if result is not None:
                    found[i] = result
        if found:
            tell(len(found), len(units), f"{len(found)} of {len(units)} from the store")
    ahead = [i for i in range(len(units)) if i not in found]
    for at, result in run_units([units[i] for i in ahead], workers):
        i = ahead[at]
        found[i] = result
        if kept is not None and i in keys and result.keepable:
            kept.put(keys[i], result)
        tell(len(found), len(units), f"{format_month(units[i].situation.origin)}, {units[i].model}")
    return [found[i] for i in range(len(units))]


def _card(
    judged: Judged,
    asked: Options,
    horizons: tuple[int, ...],
    units: Sequence[Unit],
    results: Sequence[Result],
    own: Mapping[str, Forecaster],
    left_out: tuple[Absence, ...],
) -> ScoreCard:
    said: dict[str, list[tuple[int, Said]]] = {}
    for unit, result in zip(units, results, strict=True):
        for each in result.said:
            said.setdefault(row_name(unit.model, each.given), []).append((unit.situation.origin, each))
    order = dict.fromkeys((*asked.models, *own, REFERENCE))
    rows = [name for model in order for name in (model, f"{model}{OIL_GIVEN}") if name in said]
    idle = [name for name in rows if name.endswith(OIL_GIVEN) and _same(said[name], said[name[: -len(OIL_GIVEN)]])]
    left_out += tuple(
        Absence("", f"{name}: left out, {name[: -len(OIL_GIVEN)]} says the same without the oil price") for name in idle
    )
    rows = [name for name in rows if name not in idle]
    by_origin = {name: sorted(said[name], key=lambda entry: entry[0]) for name in rows}
    cases: list[Case] = [case for name in rows for _, each in by_origin[name] for case in each.cases]
    targets: list[TargetCase] = [case for name in rows for _, each in by_origin[name] for case in each.target_cases]
    if not cases:
        why = next(each.why_missing for name in rows for _, each in by_origin[name])
        raise GapError(f"No model could be judged at any of these origins: {why}", pointer="/origins")
    scores, comparisons = scores_of(
        cases, rows, [name for name in rows if name.endswith(OIL_GIVEN)], REFERENCE, asked.seed
    )
    origins = sorted({unit.situation.origin for unit in units})
    return ScoreCard(
        name=judged.series.name,
        pair=judged.pair,
        flow=judged.flow,
        reporter=judged.reporter,
        unit=judged.unit,
        step=judged.series.step,
        origins=tuple(format_month(origin) for origin in origins),
        horizons=horizons,
        targets=tuple(mark.text for mark in asked.targets),
        reference=REFERENCE,
        paths=asked.paths,
        seed=asked.seed,
        version=__version__,
        data_sha256=_data_digest(units),
        models=tuple(_model(name, by_origin[name]) for name in rows),
        left_out=left_out,
        scores=scores,
        comparisons=comparisons,
        target_scores=target_scores_of(targets, rows),
        cases=tuple(cases),
        target_cases=tuple(targets),
    )


def _same(given: list[tuple[int, Said]], plain: list[tuple[int, Said]]) -> bool:
    """Whether a model said the same with the oil price given, at every origin."""
    crps = [
        {(origin, case.horizon): case.crps for origin, each in rows for case in each.cases} for rows in (given, plain)
    ]
    return bool(crps[0]) and crps[0] == crps[1]


def _model(name: str, each: list[tuple[int, Said]]) -> Model:
    spoke = [one.said for _, one in each if not one.why_missing]
    missing = tuple(Absence(format_month(origin), one.why_missing) for origin, one in each if one.why_missing)
    return Model(name, name.endswith(OIL_GIVEN), spoke[-1] if spoke else "", missing)


def _data_digest(units: Sequence[Unit]) -> str:
    total = hashlib.sha256()
    seen: set[int] = set()
    for unit in sorted(units, key=lambda unit: unit.situation.origin):
        if unit.situation.origin not in seen:
            seen.add(unit.situation.origin)
            plain = replace(unit, model="", variants=(True,), paths=0, seed=0, own=None)
            total.update(identity(plain, "").encode())
    return total.hexdigest()
