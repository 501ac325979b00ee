"""Local level: logarithms as a level with a season, shocks of two sizes, noises weighed by how likely they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.kernels.local_level import LevelLaw, LevelRules, level_filter, level_paths
from forecast.kernels.status import OK
from forecast.models.task import Ahead, Task
from forecast.models.univariate.record import FloatArray, broken, figures_of, hand_over
from forecast.streams import stream_key

_MEMBER = "local-level"
_FEWEST = 2
_RATIOS = np.array([0.1, 0.2, 0.35, 0.6, 1.0])
_MOST_GROWTH = 15.0
_GOLDEN = 0.6180339887498949
_MONTHLY = LevelRules(
    drift=0.003,
    slope=0.008,
    persistence=0.8,
    level=1.0,
    season=0.12,
    season_step=0.014,
    outliers=0.03,
    outlier_size=4.0,
    shifts=0.01,
    shift_size=5.0,
    memory=0.985,
    noise=0.2,
    freedom=5.0,
)
"""What the trade of other pairs is like, a month.

Chosen on the first 36 of ``benchmarks.accuracy.series.us_partners``, an order by lot. There the CRPS moves by less than
1 % when one of them is halved or doubled, but for the two sizes of shocks: with one size it is 1 to 2 % larger.
"""


def local_level(task: Task) -> Ahead:
    """A level with drift and season in logarithms, what is unknown of it drawn from its law.

    One filter for each of five ratios of the level's noise to the figures'; each ratio has the weight of the likelihood
    of its one-step forecasts, and as many paths. A stray figure moves the level little, a lasting jump at once. The
    drift is that of other pairs: a record's own past growth says less about the next years than it seems. A record
    with zeros has the median of its other figures added before logarithms are taken, and taken off the paths, which
    are cut at zero, and at fifteen times the highest figure. The point is the median.

    Raises:
        InputError: see ``figures_of``.
        GapError: fewer than two figures.
        NumericalError: the filter broke.

    Source: see ``forecast.kernels.local_level``.
    """
    values = figures_of(task, _MEMBER, _FEWEST)
    added, season = _added(values), task.series.season
    if not np.isfinite(added) or _still(values, season):
        only = np.full((task.paths, task.horizon), values[-1])
        return hand_over(task.series, _MEMBER, only, only[0], f"local level: nothing but {values[-1]:.4g} so far")
    y, rules = np.log(values + added), _rules_of(task.series.step)
    law = level_filter(y, season, _RATIOS, rules)
    if int(law.counts[0]) != OK:
        raise broken(task.series, _MEMBER, int(law.counts[0]))
    weights = np.exp(law.loglik - law.loglik.max())
    weights /= weights.sum()
    keys = stream_key(task.seed, f"univariate {_MEMBER}"), stream_key(task.seed, f"univariate {_MEMBER} cases")
    owner = _owners(weights, task.paths)
    most = np.log(_MOST_GROWTH * np.nanmax(values) + added)
    drawn = level_paths(law, _RATIOS, rules, owner, keys, task.horizon)
    paths = np.exp(np.minimum(drawn, most)) - added
    point = np.exp(np.minimum(weights @ _medians(law, rules, task.horizon), most)) - added
    return hand_over(task.series, _MEMBER, paths, point, _said(law, weights, added))


def _added(values: FloatArray) -> float:
    """What is added to every figure before logarithms: nothing where all are positive, NaN where none is."""
    above = values[values > 0.0]
    if len(above) == 0:
        return float("nan")
    return float(np.median(above)) if np.nanmin(values) <= 0.0 else 0.0


def _still(values: FloatArray, season: int) -> bool:
    """Whether more than a year has passed without any change."""
    seen = values[~np.isnan(values)]
    return len(seen) > season and bool((seen == seen[0]).all())


def _rules_of(step: int) -> LevelRules:
    """The rules for spans of ``step`` months: what adds up over months is scaled, the noise of a figure is kept."""
    if step == 1:
        return _MONTHLY
    return _MONTHLY._replace(
        drift=_MONTHLY.drift * step,
        slope=_MONTHLY.slope * step,
        persistence=_MONTHLY.persistence**step,
        season_step=_MONTHLY.season_step * float(np.sqrt(step)),
        shifts=1.0 - (1.0 - _MONTHLY.shifts) ** step,
        memory=_MONTHLY.memory**step,
    )


def _medians(law: LevelLaw, rules: LevelRules, horizon: int) -> FloatArray:
    """Means (k, h) of the logarithms ahead by each ratio."""
    m = law.mean.shape[1] - 2
    ahead = np.arange(1, horizon + 1)
    bend = np.cumsum(rules.persistence ** (ahead - 1.0))
    slots = law.mean[:, 2 + (int(law.counts[1]) + ahead - 1) % m]
    return law.mean[:, :1] + rules.drift * ahead + (law.mean[:, 1:2] - rules.drift) * bend + slots


def _owners(weights: FloatArray, paths: int) -> NDArray[np.int64]:
    """Which ratio draws each path (paths): by multiples of the golden section, so that more paths only append."""
    even = np.mod((np.arange(paths) + 0.5) * _GOLDEN, 1.0)
    return np.asarray(np.minimum(np.searchsorted(np.cumsum(weights), even, side="right"), len(weights) - 1))


def _said(law: LevelLaw, weights: FloatArray, added: float) -> str:
    noise = float(np.exp(weights @ np.log(law.variance) / 2.0))
    zeros = f", {added:.4g} added for zeros" if added > 0.0 else ""
    return f"local level in logarithms, noise {noise:.0%}, level's part {float(weights @ _RATIOS):.2f} of it{zeros}"
