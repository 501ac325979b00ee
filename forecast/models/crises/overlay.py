"""Crises laid over any forecaster's paths, so that its density becomes the mixture {crisis, none}.

Each path meets at most one crisis: begun by the hazard, of a kind measured by the origin, with depth, length and
recovery drawn from their spread between flows. One known to be under way goes on in every path from where it stands.

Nothing is counted twice. A forecaster that learned from a record with crises in it holds part of what is laid over it:
its drift has their losses, its errors their falls. With E the effects, m_h and v_h their usual mean and variance at
horizon h, s_h^2 the variance of the forecaster's own log paths about their centre, k and q the shares of mean and
variance that its record has taught it,

    log path = centre_h - k m_h + a_h (own path - centre_h) + E_h,    a_h^2 = max(1 - q v_h / s_h^2, 1/4)

so with q = 1 the variance stays what it was and only the shape changes; after a calm record (k = q = 0) all of the
crises' mean and variance is added. Oil: give paths that know the oil price, since the kinds are measured net of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from forecast.errors import InputError
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.models.crises.hazard import Hazard, hazard_by, start_chances, start_months
from forecast.models.crises.kinds import KINDS, CrisisKind, length_log_sd, measured_by, under_way
from forecast.models.crises.shape import crisis_effect, months_to_half
from forecast.models.task import Ahead, Forecaster, Task
from forecast.series import Series
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NO_CRISIS = -1
# A record of 25 years with crises at their usual rate and spread, beside the same one without (100 simulated pairs of
# records, benchmarks/accuracy/crises_held.py): 12 and 24 months ahead the variance grew by 2.0 and 1.5 times that of
# the crises with exponential smoothing, 1.3 and 1.0 with Theta, 2.7 and 2.0 with ARIMA; the centre moved by .3 to .5 of
# their mean (ARIMA more than all). A drift alone holds all of the mean and little of the variance.
MEAN_HELD, VARIANCE_HELD = 0.5, 1.0
_REFERENCE_PATHS = 512
_USUAL_PATHS, _USUAL_SEED = 4096, 1
_LEAST_SHRINK = 0.5


@dataclass(frozen=True, slots=True)
class CrisisLaw:
    """What is believed of crises at an origin: hazard, kinds (equally likely, none: never) and one under way."""

    origin: int
    hazard: Hazard
    kinds: tuple[CrisisKind, ...]
    running: CrisisKind | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Shares, 0 to 1, of the crises' usual mean and variance that a forecaster's paths hold already."""

    mean: float = 0.0
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class CrisisEffects:
    """log_effect (p, h): on each span ahead. start (p): first month of the path's crisis, -1 for none; read-only."""

    log_effect: FloatArray
    start: IntArray


@dataclass(frozen=True, slots=True)
class Laid:
    """Paths (p, h) with crises on them, and the first month of each path's crisis (p), -1 for none; read-only."""

    paths: FloatArray
    crisis_start: IntArray


NOTHING_HELD = Held()


def law_known_by(origin: int, *, news: bool = False) -> CrisisLaw:
    """What could be said of crises at the end of month ``origin``.

    news: whether to take a crisis as under way from the day on which it was known. The days are those of the time, but
    which news made the list is known only since: a backtest with them is kinder than life.
    """
    return CrisisLaw(origin, hazard_by(origin), measured_by(origin), under_way(origin) if news else None)


def draw_crises(law: CrisisLaw, horizon: int, paths: int, seed: int, step: int = 1) -> CrisisEffects:
    """Crises of ``horizon`` spans of ``step`` months after the law's origin; more paths only append."""
    months, first = horizon * step, law.origin + 1
    effect, start = np.zeros((paths, months)), np.full(paths, NO_CRISIS, dtype=np.int64)
    if law.kinds:
        u = draw_uniforms(stream_key(seed, "crisis overlay"), paths, 2)
        z = draw_normals(stream_key(seed, "crisis overlay spread"), paths, 3)
        kind = np.minimum((u[:, 1] * len(law.kinds)).astype(np.int64), len(law.kinds) - 1)
        if law.running is not None:
            passed = first - law.running.start
            whole = _effects(law.kinds, kind, z, np.arange(passed, passed + months + 1.0)[None, :])
            effect = whole[:, 1:] - whole[:, :1]
            start[:] = law.running.start
        else:
            at = start_months(law.hazard, u[:, 0], months)
            struck = np.flatnonzero(at >= 0)
            start[struck] = first + at[struck]
            elapsed = np.arange(1.0, months + 1.0)[None, :] - at[struck, None]
            effect[struck] = _effects(law.kinds, kind[struck], z[struck], elapsed)
    if step > 1:
        effect = np.log(np.exp(effect).reshape(paths, horizon, step).mean(axis=2))
    start.flags.writeable = False
    return CrisisEffects(_read_only(effect), start)


def _effects(kinds: tuple[CrisisKind, ...], kind: IntArray, z: FloatArray, elapsed: FloatArray) -> FloatArray:
    """Log effect (p, months) of a kind each, at its own depth, length and recovery; z (p, 3)."""
    depth = np.array([k.depth_log for k in kinds])[kind] + np.array([k.depth_log_sd for k in kinds])[kind] * z[:, 0]
    spread = np.array([length_log_sd(k, kinds) for k in kinds])[kind]
    length = np.maximum(np.array([k.months_to_trough for k in kinds])[kind] * np.exp(spread * z[:, 1]), 1.0)
    share = np.array([k.recovered_share or 0.0 for k in kinds])[kind]
    share = share + np.array([k.recovered_share_sd or 0.0 for k in kinds])[kind] * z[:, 2]
    return crisis_effect(elapsed, depth, length[:, None], months_to_half(share)[:, None])


def lay_crises(
    paths: FloatArray,
    law: CrisisLaw,
    seed: int,
    *,
    step: int = 1,
    held: Held = NOTHING_HELD,
    centre: FloatArray | None = None,
    log_spread: FloatArray | None = None,
) -> Laid:
    """The mixture of a forecaster's ``paths`` (p, h) with crises by ``law``.

    held: what the paths hold of crises already (see ``held_by``). centre (h), log_spread (h): about which, and how
    widely, the paths lie in log; read off the paths when not given, which then do not merely append. A path at zero
    stays there. Without hazard, or before any kind was measured, the paths come back as they are.

    Raises:
        InputError: paths that are no table of figures of at least 0, or a share outside 0 to 1.
    """
    if paths.ndim != 2 or not (np.isfinite(paths).all() and (paths >= 0.0).all()):
        raise InputError("Crises are laid over paths (paths, spans) that are finite and never negative.")
    if not (0.0 <= held.mean <= 1.0 and 0.0 <= held.variance <= 1.0):
        raise InputError(f"Shares held lie between 0 and 1; found {held.mean:g} and {held.variance:g}.")
    count, horizon = paths.shape
    drawn = draw_crises(law, horizon, count, seed, step)
    if held != NOTHING_HELD and law.kinds and law.hazard.shape > 0.0:
        mean, variance = _usual_moments(replace(law, origin=0, running=None), horizon, step)
        middle = np.median(paths, axis=0) if centre is None else centre
        spread = log_spreads(paths) if log_spread is None else log_spread
        share = held.variance * variance / np.maximum(spread, 1e-12) ** 2
        shrink = np.sqrt(np.maximum(1.0 - share, _LEAST_SHRINK**2))
        lifted = _drawn_in(paths, middle, shrink) * np.exp(-held.mean * mean)
        paths = np.where(middle > 0.0, lifted, paths)
    return Laid(_read_only(paths * np.exp(drawn.log_effect)), drawn.start)


@lru_cache(maxsize=64)
def _usual_moments(law: CrisisLaw, horizon: int, step: int) -> tuple[FloatArray, FloatArray]:
    """Mean and variance (h) of the effects of crises that the hazard brings."""
    effect = draw_crises(law, horizon, _USUAL_PATHS, _USUAL_SEED, step).log_effect
    return _read_only(effect.mean(axis=0)), _read_only(effect.var(axis=0))


def _drawn_in(paths: FloatArray, middle: FloatArray, shrink: FloatArray) -> FloatArray:
    """Paths with their log distance from ``middle`` (h) multiplied by ``shrink`` (h); zero stays zero."""
    base = np.where(middle > 0.0, middle, 1.0)
    return np.asarray(base * (paths / base) ** shrink)


def log_spreads(paths: FloatArray) -> FloatArray:
    """Standard deviation (h) of log paths as the normal law has it between its 10 and 90 % quantiles; 0 if at zero."""
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    sound = low > 0.0
    return np.where(sound, np.log(np.where(sound, high, 1.0) / np.where(sound, low, 1.0)) / 2.5631031, 0.0)


def held_by(series: Series, law: CrisisLaw) -> Held:
    """What a forecaster learns of crises from a record: all that is usual if they began as often as the hazard says."""
    begun = sum(kind.counted and series.start <= kind.start <= series.origin for kind in KINDS)
    expected = law.hazard.mean * (series.origin + 1 - series.start) / 12.0
    share = min(begun / expected, 1.0) if expected > 0.0 else 0.0
    return Held(MEAN_HELD * share, VARIANCE_HELD * share)


def with_crises(forecaster: Forecaster, *, news: bool = False) -> Forecaster:
    """The forecaster whose paths are those of ``forecaster`` with crises laid over them; more paths only append.

    The point moves with the median of the paths. news: see ``law_known_by``.
    """

    def laid_over(task: Task) -> Ahead:
        found = forecaster(task)
        few = found if task.paths == _REFERENCE_PATHS else forecaster(replace(task, paths=_REFERENCE_PATHS))
        law, step = law_known_by(task.series.origin, news=news), task.series.step
        held, centre, spread = held_by(task.series, law), np.median(few.paths, axis=0), log_spreads(few.paths)
        laid, by_few = (
            lay_crises(paths, law, task.seed, step=step, held=held, centre=centre, log_spread=spread)
            for paths in (found.paths, few.paths)
        )
        moved = np.median(by_few.paths, axis=0) / np.where(centre > 0.0, centre, 1.0)
        point = found.point * np.where(centre > 0.0, moved, 1.0)
        return Ahead(laid.paths, _read_only(point), f"{found.said}; {_said(law, task)}")

    return laid_over


def _said(law: CrisisLaw, task: Task) -> str:
    """What was believed of crises, in one clause."""
    if not law.kinds:
        return "no crisis measured yet"
    if law.running is not None:
        return f"the crisis of {law.running.name} under way"
    chance = start_chances(law.hazard, task.horizon * task.series.step).sum()
    return f"a crisis begins in {100.0 * chance:.0f}% of the paths, like one of {len(law.kinds)} measured"


def _read_only(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
