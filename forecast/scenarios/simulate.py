"""simulate(): a Fitted, a Scenario and a seed become an Ensemble."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels._jit import gate
from forecast.kernels.sparse.sampler import draw_paths
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.models.structural import priors
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.model import log_oil_base
from forecast.months import format_month
from forecast.panel import Driver
from forecast.scenarios.conditions import Crisis, OilPath, OilRealised
from forecast.scenarios.crisis_paths import crisis_paths
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.oil_paths import density_paths, median_path, move_paths, scenario_path
from forecast.scenarios.plausibility import Plausibility, plausibility
from forecast.scenarios.published import meet_published
from forecast.scenarios.scenario import Scenario
from forecast.scenarios.stage import Stage, set_stage
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


def simulate(
    fitted: Fitted,
    scenario: Scenario,
    *,
    reporter: str,
    origin: int,
    through: int,
    paths: int,
    seed: int,
    realised_oil: Driver,
) -> tuple[Ensemble, Plausibility]:
    """Draw joint paths to month ``through`` by one reporter's count.

    origin: last month that this reporter has published. For several scenarios set the stage once and use
    `simulate_on`.

    Raises:
        ScenarioError: the scenario contradicts what is known, or the reporter has no figures.
    """
    stage = set_stage(fitted, reporter=reporter, origin=origin, through=through)
    return simulate_on(stage, scenario, paths=paths, seed=seed, realised_oil=realised_oil)


def simulate_on(
    stage: Stage, scenario: Scenario, *, paths: int, seed: int, realised_oil: Driver
) -> tuple[Ensemble, Plausibility]:
    """Draw joint paths of one scenario on a stage; every scenario under a seed meets the same shocks.

    Raises:
        ScenarioError: the scenario contradicts what is known.
    """
    fitted, first = stage.fitted, stage.fitted.layout.start
    oil_usd, drivers, plausible = _oil(stage, scenario, paths, seed, realised_oil)
    drawn = draw_paths(
        stage.system,
        fitted.coef,
        fitted.var,
        stage.t_kept,
        stage.a_kept,
        stage.P_kept,
        stage.drawn_from - first,
        fitted.layout.end - first + 1,
        stage.driver_of,
        drivers,
        stage.heavy,
        priors.IRREGULAR_DF,
        stage.read,
        np.array([stream_key(seed, "states"), stream_key(seed, "irregular")], dtype=np.int64),
        paths,
    )
    crises = [condition for condition in scenario.conditions if isinstance(condition, Crisis)]
    overlay = crisis_paths(
        crises[0] if crises else None,
        fitted.background,
        as_of=fitted.panel.as_of,
        first=fitted.layout.end + 1,
        months=stage.end - fitted.layout.end,
        paths=paths,
        seed=seed,
    )
    drawn[:, fitted.layout.end + 1 - stage.drawn_from :, :] += overlay.log_effect[:, :, None]
    values = np.ones((paths, stage.end - stage.start + 1, len(stage.flows)))
    np.exp(drawn, out=values[:, stage.drawn_from - stage.start :, :])
    meet_published(stage.cells, stage.start, values)
    flows = stage.flows
    if len(flows) == 2:
        values = np.concatenate([values, values.sum(axis=2, keepdims=True)], axis=2)
        flows = (*flows, "turnover")
    asked = stage.through - stage.start + 1
    ensemble = Ensemble(
        start=stage.start,
        origin=stage.origin,
        flows=flows,
        values_usd_bn=values[:, :asked],
        oil_usd=oil_usd[:, :asked],
        crisis_start=overlay.start,
        draw=np.arange(paths) % len(fitted.coef),
    )
    return ensemble, plausible


def _oil(
    stage: Stage, scenario: Scenario, paths: int, seed: int, realised: Driver
) -> tuple[FloatArray, FloatArray, Plausibility]:
    """Price (p, months of the stage), regressors (p, months after the record, groups) and plausibility."""
    fitted = stage.fitted
    oil, record_end, density = fitted.panel.oil, fitted.layout.end, fitted.oil
    months = max(stage.end - oil.end, 0)
    log_paths = density_paths(density, paths=paths, months=max(months, 1), seed=seed)[:, :months]
    conditions = [condition for condition in scenario.conditions if isinstance(condition, OilPath)]
    pinned = np.zeros(months, dtype=bool)
    path = median_path(density, months)
    if conditions and months:
        path, pinned, certain = scenario_path(conditions[0], oil, realised, density, months)
        log_paths = move_paths(log_paths, density, path, pinned, certain)
    elif conditions and not isinstance(conditions[0], OilRealised):
        raise ScenarioError(
            f"The scenario {scenario.name!r} pins the oil price, but it is known up to {format_month(oil.end)}, beyond "
            f"the horizon {format_month(stage.through)}; ask for a longer horizon or an earlier date of knowledge."
        )
    first = min(stage.start, record_end + 1 - DEEPEST_OIL_LAG)
    known = np.log(oil.values[first - oil.start :])
    whole = np.concatenate([np.broadcast_to(known, (paths, len(known))), log_paths], axis=1)[:, : stage.end - first + 1]
    lagged = whole[:, record_end + 1 - DEEPEST_OIL_LAG - first :] - log_oil_base(fitted.panel)
    return np.exp(whole[:, stage.start - first :]), gate(oil_regressors(lagged)), plausibility(density, path, pinned)
