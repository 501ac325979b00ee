"""A law to be worked out by hand: the log flow of a month is a weighted sum of log oil prices and normal noise."""

from __future__ import annotations

from datetime import date
from typing import cast

import numpy as np

from forecast.data.background import load_background
from forecast.evaluation.asked import Joint, Target
from forecast.kernels.random import draw_normals
from forecast.models.auto import Choice
from forecast.models.oil import OilDensity
from forecast.months import Span, month
from forecast.panel import Driver, Panel
from forecast.prepared import Prepared
from forecast.question import Question
from forecast.scenarios.common import CommonDraws, JointPaths, Pins, SumPin
from forecast.scenarios.crisis_paths import CrisisPaths
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.structural.oil_law import oil_covariance, oil_effects
from forecast.stress.chances import Trial

FloatArray = np.ndarray
TODAY, NOISE, MONTHS, PATHS = 60.0, 0.1, 6, 4000
FIRST = month(2019, 1)
LAST = Span(FIRST + MONTHS - 1, FIRST + MONTHS - 1)
DENSITY = OilDensity(theta=0.3, scale_sd=0.05, df=8.0, last_log=float(np.log(TODAY)), last_shock=0.02)


class Linear:
    """Flows answer to each month's oil price with fixed ``weights`` (months, months, flows)."""

    def __init__(self, weights: FloatArray) -> None:
        self.weights = weights

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        oil = np.where(np.isnan(pins.oil), free.oil, pins.oil)
        return JointPaths(oil, free.flows + np.einsum("pm,mhk->phk", oil - free.oil, self.weights))

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float, int]:
        r = oil - (DENSITY.last_log + DENSITY.theta * DENSITY.last_shock)
        return float(r @ np.linalg.solve(oil_covariance(DENSITY, MONTHS), r)), MONTHS


def mirrored(key: int, months: int) -> FloatArray:
    """Normals (PATHS, months), each with its negative, so that means and medians are 0."""
    z = draw_normals(key, PATHS // 2, months)
    return np.concatenate([z, -z])


def weights_of(*by_lag: tuple[float, ...]) -> FloatArray:
    """Weights of the price of the month and of those before it, for each flow."""
    found = np.zeros((MONTHS, MONTHS, len(by_lag)))
    for k, lags in enumerate(by_lag):
        for lag, weight in enumerate(lags):
            found[np.arange(MONTHS - lag), np.arange(lag, MONTHS), k] = weight
    return found


def trial_of(weights: FloatArray, target: Target | Joint, base: Scenario = BASELINE) -> Trial:
    """A Trial on that law; at oil 60 the median of every flow is about 10 USD bn a month."""
    flows = weights.shape[2]
    median = DENSITY.last_log + DENSITY.theta * DENSITY.last_shock
    oil = median + mirrored(1, MONTHS) @ oil_effects(DENSITY, MONTHS).T
    noise = np.stack([NOISE * mirrored(2 + k, MONTHS) for k in range(flows)], axis=2)
    logs = np.log(10.0) + np.einsum("pm,mhk->phk", oil - np.log(TODAY), weights) + noise
    names = ("exports", "imports")[:flows]
    day = date(2018, 12, 31)
    common = CommonDraws(
        model="linear",
        reporter="AAA",
        as_of=day,
        start=FIRST - 12,
        origin=FIRST - 1,
        record_end=FIRST - 1,
        end=FIRST + MONTHS - 1,
        through=FIRST + MONTHS - 1,
        flows=names,
        past_usd_bn=np.full((PATHS, 12, flows), 10.0),
        free=JointPaths(oil, logs),
        law=Linear(weights),
        oil=Driver("oil", FIRST - 24, np.full(24, TODAY)),
        oil_density=DENSITY,
        draw=np.arange(PATHS),
        crises=CrisisPaths(np.zeros((PATHS, MONTHS)), np.full(PATHS, -1, dtype=np.int64)),
        record_of=lambda _: None,
        background=load_background(),
        holds_crises=False,
        seed=1,
        response=np.zeros((PATHS, flows, 1)),
    )
    question = Question("AAA-BBB", as_of=day, paths=PATHS)
    no_panel = cast("Panel", None)  # nothing published is asked for
    ready = Prepared(question, (), no_panel, common, Choice("linear", ""), common.oil, ())
    return Trial(ready, target, base)


def last_month(mark: float, flow: str = "exports") -> Target:
    """At least ``mark`` in the last month."""
    return Target(flow, mark, LAST)
