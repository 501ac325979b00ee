"""The structural model as a model of a backtest: fitted on the panel, its paths cut to the record that is judged."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from forecast.backtests.situation import Situation
from forecast.data.background import load_background
from forecast.errors import GapError
from forecast.evaluation.record import last_month_known
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.models.task import Ahead, Task
from forecast.panel import Panel
from forecast.scenarios.conditions.kinds import OIL, Pinned, Realised
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate

_GIVEN = Scenario("realised-oil", conditions=(Pinned(OIL, Realised()),))

_fits: OrderedDict[tuple[str, str, int], Fitted] = OrderedDict()  #: the last fit, for the same origin with oil given


def structural(situation: Situation, task: Task) -> Ahead:
    """Sums over the spans ahead from joint monthly paths; "oil" among ``task.given`` is taken as the price to come.

    The point is the median.

    Raises:
        GapError: the record did not come from a pair's figures.
        ModelError: the model found no mode.
    """
    panel, series = situation.panel, task.series
    if panel is None:
        raise GapError("The structural model reads a pair's figures; this record came without them.")
    fitted = _fitted(panel, task.seed)
    months = series.step * task.horizon
    ensemble, _ = simulate(
        fitted,
        _GIVEN if "oil" in task.given else BASELINE,
        reporter=situation.reporter,
        origin=last_month_known(panel, situation.reporter),
        through=series.origin + months,
        paths=task.paths,
        seed=task.seed,
        realised_oil=task.given.get("oil", panel.oil),
    )
    first = series.origin + 1 - ensemble.start
    if first < 0:
        raise GapError(f"The paths begin after {series.name} ends.")
    ahead = ensemble.flow(situation.flow)[:, first : first + months]
    paths = np.ascontiguousarray(ahead.reshape(len(ahead), task.horizon, series.step).sum(axis=2))
    point = np.median(paths, axis=0)
    paths.flags.writeable = False
    point.flags.writeable = False
    return Ahead(paths, point, f"structural: {len(panel.observations)} figures, {len(fitted.names)} hyperparameters")


def _fitted(panel: Panel, seed: int) -> Fitted:
    key = (panel.data_sha256, panel.as_of.isoformat(), seed)
    if key not in _fits:
        _fits[key] = fit(panel, load_background(), seed=seed)
        while len(_fits) > 1:
            _fits.popitem(last=False)
    return _fits[key]
