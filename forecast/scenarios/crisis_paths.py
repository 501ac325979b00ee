"""Crises laid over the paths: when one begins, how deep it goes, and how trade recovers.

A crisis is what neither the trend nor the oil price explains: episodes are measured net of both, so an oil path and
a crisis can be laid over each other without counting a fall twice.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from forecast.scenarios.conditions import Crisis
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
    condition: Crisis | None, background: Background, *, as_of: date, first: int, months: int, paths: int, seed: int
) -> CrisisPaths:
    """Crises of the months from ``first`` on: as a scenario says, or by their hazard.

    By hazard, at a rate whose uncertainty is in the draw (hazard.py), of a kind drawn from the episodes measured by the
    day ``as_of``; a path meets one at most. A crisis known to be under way goes on in every path, from where it stands,
    as one of the measured kinds. The depth varies from pair to pair with the episode's own spread; a scenario's too.

    A scenario's own crisis takes the place of the hazard and of one under way; one that begins after the last of the
    months leaves these to the hazard.

    Raises:
        ScenarioError: an unknown episode, or a start in months that are known.
    """
    u = draw_uniforms(stream_key(seed, "crisis"), paths, 2)
    z = draw_normals(stream_key(seed, "crisis depth"), paths, 1)[:, 0]
    episodes = background.measured_by(as_of)
    episode = find_episode(background, condition.episode) if condition else background.typical
    begins = first_month(condition.start, max(first, month_of(as_of) + 1)) if condition else first
    if condition is None or begins >= first + months:
        kind = np.minimum((u[:, 1] * len(episodes)).astype(np.int64), len(episodes) - 1)
        running = background.under_way(as_of, first)
        if running is not None:
            before = np.full(paths, running.start - first)
            effect = _effects_by_kind(episodes, kind, before + 1, z, months + 1)
            return CrisisPaths(effect[:, 1:] - effect[:, :1], np.full(paths, running.start))
        years = float(max(as_of.year - background.counted_from + 1, 1))
        at = start_months(Hazard(background.crises_a_year(as_of) * years, years), u[:, 0], months)
        effect = _effects_by_kind(episodes, kind, np.where(at < 0, months, at), z, months)
        return CrisisPaths(effect, np.where(at < 0, -1, first + at))
    if begins < first:
        raise ScenarioError(
            f"The crisis begins in {format_month(begins)}, but figures are known up to {format_month(first - 1)}; "
            f"begin in {format_month(first)} or later."
        )
    starts = np.full(paths, begins, dtype=np.int64)
    effect = _effects(episode, starts - first, z, months)
    return CrisisPaths(condition.severity * effect, starts)


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
