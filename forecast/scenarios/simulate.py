"""simulate(): a Fitted, a Scenario and a seed become an Ensemble."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels._jit import gate
from forecast.kernels.kalman import moments_of_draws
from forecast.kernels.sampler import draw_paths
from forecast.models import priors
from forecast.models.fitted import Fitted
from forecast.models.linearise import observe
from forecast.models.regressors import DEEPEST_OIL_LAG, oil_regressors
from forecast.models.structural import log_oil_base, operations
from forecast.panel import FLOWS, Driver
from forecast.scenarios.conditions import Crisis, OilPath
from forecast.scenarios.crisis_paths import crisis_paths
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.oil_paths import density_paths, median_path, move_paths, scenario_path
from forecast.scenarios.plausibility import Plausibility, plausibility
from forecast.scenarios.published import meet_published, months_settled
from forecast.scenarios.scenario import Scenario
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
    """Draw joint paths to month ``through`` by one reporter's count; the same seed meets the same shocks.

    origin: last month that this reporter has published. The Ensemble begins in January of the year before, so that
    running years and trailing twelve months can be summed from it.

    Raises:
        ScenarioError: the scenario contradicts what is known, or the reporter has no figures.
    """
    panel, layout = fitted.panel, fitted.layout
    if reporter not in panel.reporters or panel.reporters.index(reporter) not in layout.reporters:
        raise ScenarioError(f"No figure by the count of {reporter} is known.", pointer="/reporter")
    start = max(12 * (origin // 12 - 1), layout.start)
    asked, through = through, max(through, layout.end + 1)
    ahead = through - layout.end
    oil_usd, drivers, plausible = _oil(fitted, scenario, start, through, paths, seed, realised_oil)
    ops = operations(panel, fitted.background, layout, through)
    system = observe(layout, fitted.reading, ops, fitted.a0, fitted.P0, fitted.path)
    r = panel.reporters.index(reporter)
    read = [[states.log_flow, layout.bias.get((r, f), -1)] for f, states in enumerate(layout.flows)]
    heavy = np.full(system.row.shape[1], -1, dtype=np.int64)
    heavy[list(ops.irregular_operations)] = range(len(layout.flows))
    names = tuple(FLOWS[states.flow] for states in layout.flows)
    settled = months_settled(panel, reporter, names, start)
    drawn_from = min(start + settled, layout.end)
    t_kept, a_kept, P_kept = fitted.t_kept, fitted.a_kept, fitted.P_kept
    if drawn_from - layout.start < t_kept:
        t_kept = drawn_from - layout.start
        a_kept, P_kept = moments_of_draws(system, fitted.coef, fitted.var, t_kept)
    drawn = draw_paths(
        system,
        fitted.coef,
        fitted.var,
        t_kept,
        a_kept,
        P_kept,
        drawn_from - layout.start,
        layout.end - layout.start + 1,
        ops.driver_of,
        drivers,
        heavy,
        priors.IRREGULAR_DF,
        np.array(read, dtype=np.int64),
        np.array([stream_key(seed, "states"), stream_key(seed, "irregular")], dtype=np.int64),
        paths,
    )
    crises = [condition for condition in scenario.conditions if isinstance(condition, Crisis)]
    overlay = crisis_paths(
        crises[0] if crises else None,
        fitted.background,
        as_of=panel.as_of,
        first=layout.end + 1,
        months=ahead,
        paths=paths,
        seed=seed,
    )
    drawn[:, -ahead:, :] += overlay.log_effect[:, :, None]
    values = np.ones((paths, through - start + 1, len(names)))
    np.exp(drawn, out=values[:, drawn_from - start :, :])
    meet_published(panel, reporter, names, start, values)
    if len(names) == 2:
        values = np.concatenate([values, values.sum(axis=2, keepdims=True)], axis=2)
        names = (*names, "turnover")
    ensemble = Ensemble(
        start=start,
        origin=origin,
        flows=names,
        values_usd_bn=values[:, : asked - start + 1],
        oil_usd=oil_usd[:, : asked - start + 1],
        crisis_start=overlay.start,
        draw=np.arange(paths) % len(fitted.coef),
    )
    return ensemble, plausible


def _oil(
    fitted: Fitted, scenario: Scenario, start: int, through: int, paths: int, seed: int, realised: Driver
) -> tuple[FloatArray, FloatArray, Plausibility]:
    """Price (p, months from ``start``), regressors (p, months after the record, groups) and plausibility."""
    oil, layout = fitted.panel.oil, fitted.layout
    months = max(through - oil.end, 0)
    log_paths = density_paths(fitted.oil, paths=paths, months=max(months, 1), seed=seed)[:, :months]
    conditions = [condition for condition in scenario.conditions if isinstance(condition, OilPath)]
    pinned = np.zeros(months, dtype=bool)
    path = median_path(fitted.oil, months)
    if conditions and months:
        path, pinned, certain = scenario_path(conditions[0], oil, realised, fitted.oil, months)
        log_paths = move_paths(log_paths, fitted.oil, path, pinned, certain)
    first = min(start, layout.end + 1 - DEEPEST_OIL_LAG)
    known = np.log(oil.values[first - oil.start :])
    whole = np.concatenate([np.broadcast_to(known, (paths, len(known))), log_paths], axis=1)[:, : through - first + 1]
    lagged = whole[:, layout.end + 1 - DEEPEST_OIL_LAG - first :] - log_oil_base(fitted.panel)
    return np.exp(whole[:, start - first :]), gate(oil_regressors(lagged)), plausibility(fitted.oil, path, pinned)
