"""Crises laid over the paths: when one begins, how deep it goes, and how trade recovers.

A crisis is what neither the trend nor the oil price explains: episodes are measured net of both, so an oil path and
a crisis can be laid over each other without counting a fall twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.fields import suggest
from forecast.kernels.random import draw_normals, draw_uniforms
from forecast.models.background import Background, Episode
from forecast.models.crises.hazard import Hazard, start_months
from forecast.models.crises.shape import crisis_effect
from forecast.months import format_month, month_of
from forecast.scenarios.conditions.kinds import Crisis
from forecast.scenarios.relative import first_month
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CrisisPaths:
    """What the crises do, and when they begin.

    log_effect (p, months): effect on log trade. start (p): first month of the path's crisis, -1 for none.
    """

    log_effect: FloatArray
    start: NDArray[np.int64]


def crisis_paths(
    background: Background,
    *,
    as_of: date,
    first: int,
    months: int,
    paths: int,
    seed: int,
    crises: Sequence[Crisis] = (),
    hazard: float = 1.0,
    goes_on: bool = True,
    usual: CrisisPaths | None = None,
) -> CrisisPaths:
    """Crises of the months from ``first`` on: as a scenario says, and by ``hazard`` times their measured odds.

    By hazard, at a rate whose uncertainty is in the draw (hazard.py), of a kind drawn from the episodes measured by the
    day ``as_of``; a path meets one at most. A crisis known to be under way goes on in every path, from where it stands,
    as one of the measured kinds, in place of the hazard; unless not ``goes_on``, for paths that hold it already. The
    depth varies from pair to pair with the episode's own spread; a scenario's too, and all crises of a path share it.

    A scenario's own crises come on top of one under way. They take the place of those that the hazard would begin
    during their fall; before and after it the hazard stays.

    usual: those by the hazard, where they are drawn already.

    Raises:
        ScenarioError: an unknown episode, or a start in months that are known.
    """
    z = draw_normals(stream_key(seed, "crisis depth"), paths, 1)[:, 0]
    named = [(find_episode(background, crisis.episode), crisis) for crisis in crises]
    begins = [first_month(crisis.start, max(first, month_of(as_of) + 1)) for crisis in crises]
    for month in begins:
        if month < first:
            raise ScenarioError(
                f"The crisis begins in {format_month(month)}, but figures are known up to {format_month(first - 1)}; "
                f"begin in {format_month(first)} or later."
            )
    if usual is None:
        running = background.under_way(as_of, first) if goes_on else None
        usual = _by_hazard(background, as_of, first, months, z, seed, hazard, running)
    within = [(month, *each) for month, each in zip(begins, named, strict=True) if month < first + months]
    if not within:
        return usual
    effect, start = usual.log_effect.copy(), usual.start.copy()
    for month, episode, crisis in within:
        length = episode.months_to_trough if crisis.length_months is None else crisis.length_months
        during = (start >= month) & (start < month + length)
        effect[during], start[during] = 0.0, -1
    for month, episode, crisis in within:
        length = episode.months_to_trough if crisis.length_months is None else crisis.length_months
        at = np.full(paths, month - first, dtype=np.int64)
        effect += crisis.severity * _effects(replace(episode, months_to_trough=length), at, z, months)
    earliest = min(month for month, *_ in within)
    return CrisisPaths(effect, np.where((start < 0) | (start > earliest), earliest, start))


def _by_hazard(
    background: Background,
    as_of: date,
    first: int,
    months: int,
    z: FloatArray,
    seed: int,
    multiplier: float,
    running: Episode | None,
) -> CrisisPaths:
    paths = len(z)
    u = draw_uniforms(stream_key(seed, "crisis"), paths, 2)
    episodes = background.measured_by(as_of)
    kind = np.minimum((u[:, 1] * len(episodes)).astype(np.int64), len(episodes) - 1)
    if running is not None:
        before = np.full(paths, running.start - first)
        effect = _effects_by_kind(episodes, kind, before + 1, z, months + 1)
        return CrisisPaths(effect[:, 1:] - effect[:, :1], np.full(paths, running.start))
    if multiplier == 0.0:
        return CrisisPaths(np.zeros((paths, months)), np.full(paths, -1, dtype=np.int64))
    years = float(max(as_of.year - background.counted_from + 1, 1))
    hazard = Hazard(background.crises_a_year(as_of) * years, years / multiplier)
    at = start_months(hazard, u[:, 0], months)
    effect = _effects_by_kind(episodes, kind, np.where(at < 0, months, at), z, months)
    return CrisisPaths(effect, np.where(at < 0, -1, first + at))


def _effects_by_kind(
    episodes: tuple[Episode, ...], kind: NDArray[np.int64], at: NDArray[np.int64], z: FloatArray, months: int
) -> FloatArray:
    effect = np.empty((len(kind), months))
    for e, episode in enumerate(episodes):
        chosen = kind == e
        effect[chosen] = _effects(episode, at[chosen], z[chosen], months)
    return effect


def _effects(episode: Episode, at: NDArray[np.int64], z: FloatArray, months: int) -> FloatArray:
    """Log effect (p, months) of one kind, its depth drawn from the spread between pairs."""
    elapsed = np.arange(1.0, months + 1.0)[None, :] - at[:, None]
    depth = episode.depth_log + episode.depth_log_sd * z
    return crisis_effect(elapsed, depth, episode.months_to_trough, episode.months_to_half)


def find_episode(background: Background, name: str) -> Episode:
    """The episode of that name; "typical" is the average of all.

    Raises:
        ScenarioError: no such episode.
    """
    names = ("typical", *(episode.name for episode in background.episodes))
    if name not in names:
        raise ScenarioError(f"There is no crisis episode {name!r}. {suggest(name, names)}", allowed=names)
    return next((episode for episode in background.episodes if episode.name == name), background.typical)
