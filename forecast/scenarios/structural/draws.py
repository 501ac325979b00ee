"""structural_draws(): the structural model's posterior, run on to the horizon, for all scenarios of a question."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.cover import known_covers
from forecast.kernels.sparse.sampler import draw_paths_and_keep
from forecast.models.regressors import OIL_LAGS
from forecast.models.structural import priors
from forecast.models.structural.fitted import Fitted
from forecast.months import Span
from forecast.panel import Driver, Panel
from forecast.scenarios.common import CommonDraws, JointPaths
from forecast.scenarios.crisis_paths import crisis_paths
from forecast.scenarios.oil_paths import density_paths
from forecast.scenarios.structural.law import structural_law
from forecast.scenarios.structural.moments import oil_drivers
from forecast.scenarios.structural.published import meet_published
from forecast.scenarios.structural.stage import Stage, set_stage
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]


def structural_draws(stage: Stage, *, paths: int, seed: int) -> CommonDraws:
    """Draw states, shocks and oil prices once; the same seed gives the same bits, more paths only append."""
    fitted = stage.fitted
    panel, layout = fitted.panel, fitted.layout
    months = max(stage.end - panel.oil.end, 0)
    log_oil = density_paths(fitted.oil, paths=paths, months=max(months, 1), seed=seed)[:, :months]
    drawn, elasticities = draw_paths_and_keep(
        stage.system,
        fitted.coef,
        fitted.var,
        stage.t_kept,
        stage.a_kept,
        stage.P_kept,
        stage.drawn_from - layout.start,
        layout.end - layout.start + 1,
        stage.driver_of,
        oil_drivers(stage, log_oil),
        stage.heavy,
        priors.IRREGULAR_DF,
        stage.read,
        np.array([state for flow in layout.flows for state in flow.oil]),
        np.array([stream_key(seed, "states"), stream_key(seed, "irregular")], dtype=np.int64),
        paths,
    )
    ahead = layout.end + 1 - stage.drawn_from
    past = np.ones((paths, layout.end + 1 - stage.start, len(stage.flows)))
    np.exp(drawn[:, :ahead], out=past[:, stage.drawn_from - stage.start :])
    meet_published(stage.cells, stage.start, past)
    response = elasticities.reshape(paths, len(stage.flows), len(OIL_LAGS))
    return CommonDraws(
        model="structural",
        reporter=stage.reporter,
        as_of=panel.as_of,
        start=stage.start,
        origin=stage.origin,
        record_end=layout.end,
        end=stage.end,
        through=stage.through,
        flows=stage.flows,
        past_usd_bn=past,
        free=JointPaths(log_oil, np.ascontiguousarray(drawn[:, ahead:])),
        law=structural_law(stage, response),
        oil=panel.oil,
        oil_density=fitted.oil,
        draw=np.arange(paths) % len(fitted.coef),
        crises=crisis_paths(
            fitted.background,
            as_of=panel.as_of,
            first=layout.end + 1,
            months=stage.end - layout.end,
            paths=paths,
            seed=seed,
        ),
        record_of=lambda flow: _single_months(panel, flow, stage.reporter),
        background=fitted.background,
        holds_crises=False,
        seed=seed,
        response=response,
        pair=panel.pair,
    )


def oil_elasticities(fitted: Fitted, flows: tuple[str, ...], *, reporter: str, paths: int, seed: int) -> FloatArray:
    """Elasticities (p, k, groups) of some flows to the oil regressors, drawn from the posterior.

    Of turnover where the model has both ways: those of its parts by what they come to in the first month ahead.

    Raises:
        ScenarioError: the reporter has no figures.
    """
    end = fitted.layout.end
    common = structural_draws(set_stage(fitted, reporter=reporter, origin=end, through=end + 1), paths=paths, seed=seed)
    response, drawn = np.asarray(common.response), common.flows
    if flows == ("turnover",) and len(drawn) == 2:
        share = np.exp(common.free.flows[:, 0])
        share /= share.sum(axis=1, keepdims=True)
        return np.asarray((share[:, :, None] * response).sum(axis=1, keepdims=True))
    of_flow = [drawn.index(flow) if flow in drawn else 0 for flow in flows]
    return np.ascontiguousarray(response[:, of_flow])


def _single_months(panel: Panel, flow: str, reporter: str) -> Driver | None:
    """What a reporter has published of single months, USD bn, from the first to the last of them; NaN between."""
    first, last = int(panel.observations.start.min()), int(panel.observations.end.max())
    covers = known_covers(panel, flow, reporter, [Span(month, month) for month in range(first, last + 1)])
    values = np.array([np.nan if cover is None else cover.value_usd_bn for cover in covers])
    known = np.flatnonzero(~np.isnan(values))
    return Driver(flow, first + int(known[0]), values[known[0] : known[-1] + 1]) if len(known) else None
