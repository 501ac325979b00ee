"""One unit of a backtest: one model at one origin, asked once or twice (with oil given), and scored."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.backtests.catalogue import model_named
from forecast.backtests.judging import judge, judge_targets
from forecast.backtests.marks import Mark
from forecast.backtests.situation import Situation
from forecast.errors import GapError, TradewindError
from forecast.evaluation.score_card import Case, TargetCase
from forecast.models.task import Ahead, Forecaster
from forecast.panel import Driver

FloatArray = NDArray[np.float64]

OIL_GIVEN = ", oil given"


@dataclass(frozen=True, slots=True)
class Unit:
    """What one worker does at a time.

    realised (h): the spans ahead as they came, NaN where unknown. horizons: in months, those with an outcome.
    variants: whether the drivers are given, once for each time that the model is asked. own: the caller's forecaster.
    """

    model: str
    situation: Situation
    realised: FloatArray
    horizons: tuple[int, ...]
    marks: tuple[Mark, ...]
    variants: tuple[bool, ...]
    paths: int
    seed: int
    own: Forecaster | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What came of asking once: the scored cases, or why there are none. ``defect`` marks errors that are bugs."""

    given: bool
    said: str
    why_missing: str
    defect: bool
    cases: tuple[Case, ...]
    target_cases: tuple[TargetCase, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that came of one unit."""

    said: tuple[Said, ...]

    @property
    def keepable(self) -> bool:
        """Whether it may be kept: a defect is tried again."""
        return not any(each.defect for each in self.said)


def run_unit(unit: Unit) -> Result:
    """Ask the model and score what it says; a model that cannot speak says why."""
    return Result(tuple(_ask(unit, given) for given in unit.variants))


def row_name(model: str, given: bool) -> str:
    """ "pool" or "pool, oil given"."""
    return f"{model}{OIL_GIVEN}" if given else model


def _ask(unit: Unit, given: bool) -> Said:
    situation, name = unit.situation, row_name(unit.model, given)
    own: Mapping[str, Forecaster] = {} if unit.own is None else {unit.model: unit.own}
    task = situation.task(len(unit.realised), unit.paths, unit.seed, given=given)
    try:
        ahead = model_named(unit.model, own)(situation, task)
        _refuse_malformed(ahead, len(unit.realised), unit.model)
        cases = judge(ahead, name, situation, unit.realised, unit.horizons)
        targets = judge_targets(ahead, name, situation, unit.realised, unit.horizons, unit.marks)
    except TradewindError as error:
        return Said(given, "", error.message, error.status == 500, (), ())
    except Exception as error:  # one broken model must not take the others' hours with it; the card names it
        return Said(given, "", f"a defect of the model: {type(error).__name__}: {error}", True, (), ())
    return Said(given, ahead.said, "", False, cases, targets)


def _refuse_malformed(ahead: Ahead, horizon: int, model: str) -> None:
    paths, point = np.asarray(ahead.paths), np.asarray(ahead.point)
    if paths.ndim != 2 or paths.shape[1] != horizon or len(paths) < 2 or point.shape != (horizon,):
        raise GapError(
            f"{model} gave paths {paths.shape} and a point {point.shape}; (2 or more, {horizon}) and ({horizon},) "
            "were asked."
        )
    if not (np.isfinite(paths).all() and np.isfinite(point).all()):
        raise GapError(f"{model} gave a number that is not finite.")


def identity(unit: Unit, code: str) -> str:
    """Hash of all that the result follows from: figures, drivers, outcomes, model, options and ``code``.

    Two units with the same hash have the same result.
    """
    situation, series = unit.situation, unit.situation.series
    total = hashlib.sha256()

    def tell(*words: object) -> None:
        text = "\x1f".join(map(str, words)).encode()
        total.update(struct.pack("<q", len(text)) + text)

    tell("tradewind backtest", code, unit.model, unit.variants, unit.paths, unit.seed, unit.horizons)
    tell(*(repr(mark) for mark in unit.marks))
    tell(series.name, series.start, series.step, situation.known_on, situation.flow, situation.reporter)
    tell("" if situation.panel is None else situation.panel.data_sha256)
    for array in (series.values, unit.realised):
        tell(len(array))
        total.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    for drivers in (situation.known, situation.realised if True in unit.variants else {}):
        tell(len(drivers))
        for name in sorted(drivers):
            _tell_driver(total, name, drivers[name])
    return total.hexdigest()


def _tell_driver(total: hashlib._Hash, name: str, driver: Driver) -> None:
    total.update(f"{name}\x1f{driver.start}\x1f{len(driver.values)}\x1f".encode())
    total.update(np.ascontiguousarray(driver.values, dtype="<f8").tobytes())
