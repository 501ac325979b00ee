"""Fits that several tests share, each estimated once a run, and made-up tables with a known law."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache

import numpy as np
import polars as pl

from forecast.data.assemble import load_panel
from forecast.data.background import load_background
from forecast.data.store import load_driver
from forecast.evaluation.record import last_month_known
from forecast.kernels.sparse.system import System
from forecast.models.background import Background
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import system_parameters
from forecast.models.structural.linearise import observe
from forecast.models.structural.model import operations
from forecast.months import format_month, month
from forecast.panel import Driver, Panel
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.kinds import Condition
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.plausibility import Plausibility
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate, simulate_on
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.stage import set_stage

FloatArray = np.ndarray
FLAGSHIP_DAY = date(2018, 10, 12)
ANNUAL_DAY = date(2014, 6, 30)  #: when nearly all that China had published of the pair were yearly sums
SEED = 7


@cache
def background() -> Background:
    return load_background()


@cache
def oil() -> Driver:
    """Brent as known today."""
    return load_driver("oil")


@cache
def flagship(day: date = FLAGSHIP_DAY, pair: str = "CHN-RUS") -> Fitted:
    """The estimate of the flagship pair as of a day."""
    return fit(load_panel(pair, as_of=day), background(), seed=SEED)


def at_mode(fitted: Fitted, through: int | None = None) -> tuple[System, FloatArray, FloatArray]:
    """The linearised System to a month, with coefficients and variances at the posterior mode."""
    layout = fitted.layout
    ops = operations(fitted.panel, fitted.background, layout, layout.end if through is None else through)
    system = observe(layout, fitted.reading, ops, fitted.a0, fitted.P0, fitted.path)
    return system, *system_parameters(layout, fitted.mode)


def paths_of(
    fitted: Fitted,
    scenario: Scenario = BASELINE,
    *,
    through: int,
    paths: int = 2000,
    seed: int = SEED,
    reporter: str | None = None,
) -> tuple[Ensemble, Plausibility]:
    """simulate() with the flagship's defaults."""
    who = reporter or fitted.panel.first
    return simulate(
        fitted,
        scenario,
        reporter=who,
        origin=last_month_known(fitted.panel, who),
        through=through,
        paths=paths,
        seed=seed,
        realised_oil=oil(),
    )


# ---- made-up tables ----------------------------------------------------------------------------------

PAIR = "POL-CZE"  #: sells no oil, keeps no Lunar New Year
START, MONTHS = month(2008, 1), 120  #: to 2017-12
Row = tuple[int, int, str, float]  #: first month, last month, flow, USD bn


@cache
def monthly_flows(seed: int = 1) -> FloatArray:
    """Exports and imports (MONTHS, 2), USD bn a month: drift, season and noise, about 24 bn a year in all."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(
        0.004 + 0.02 * rng.standard_normal((MONTHS, 1)) + 0.015 * rng.standard_normal((MONTHS, 2)), axis=0
    )
    season = 0.08 * np.sin(2 * np.pi * (np.arange(MONTHS)[:, None] / 12 + np.array([0.0, 0.25])))
    return np.exp(np.array([0.1, -0.1]) + level + season + 0.04 * rng.standard_normal((MONTHS, 2)))


def spans_of(flows: FloatArray, length: int, *, first: int = 0, last: int = MONTHS) -> list[Row]:
    """Sums over consecutive spans of ``length`` months."""
    return [
        (START + at, START + at + length - 1, name, float(flows[at : at + length, f].sum()))
        for at in range(first, last, length)
        for f, name in enumerate(("exports", "imports"))
    ]


def running_sums(flows: FloatArray, *, first: int = 0, last: int = MONTHS) -> list[Row]:
    """Year-to-date sums of every month."""
    return [
        (START + at - at % 12, START + at, name, float(flows[at - at % 12 : at + 1, f].sum()))
        for at in range(first, last)
        for f, name in enumerate(("exports", "imports"))
    ]


def frame(rows: Iterable[Row], *, reporter: str = "POL", resolution: float = 0.0, factor: float = 1.0) -> pl.DataFrame:
    """A table in the schema of the README."""
    listed = list(rows)
    return pl.DataFrame(
        {
            "span_start": [format_month(row[0]) for row in listed],
            "span_end": [format_month(row[1]) for row in listed],
            "flow": [row[2] for row in listed],
            "value": [factor * row[3] for row in listed],
            "unit": ["USD bn"] * len(listed),
            "resolution": [resolution] * len(listed),
            "reporter": [reporter] * len(listed),
        }
    )


def panel_of(*frames: pl.DataFrame, pair: str = PAIR, as_of: date = date(2018, 2, 15)) -> Panel:
    return load_panel(pair, as_of=as_of, table=pl.concat(frames))


def fit_of(*frames: pl.DataFrame, pair: str = PAIR, as_of: date = date(2018, 2, 15)) -> Fitted:
    return fit(panel_of(*frames, pair=pair, as_of=as_of), background(), seed=SEED)


@cache
def monthly_fit() -> Fitted:
    """Ten years of single months of both flows."""
    return fit_of(frame(spans_of(monthly_flows(), 1)))


@cache
def one_flow_fit() -> Fitted:
    """Ten years of one flow alone: eight of yearly sums, two of single months."""
    rows = spans_of(monthly_flows(), 12, last=96) + spans_of(monthly_flows(), 1, first=96)
    return fit_of(frame(row for row in rows if row[2] == "exports"))


@cache
def common_draws(paths: int = 1000, through: int = month(2019, 12)) -> CommonDraws:
    """What all scenarios of the flagship question share."""
    stage = set_stage(flagship(), reporter="CHN", origin=month(2018, 9), through=through)
    return structural_draws(stage, paths=paths, seed=SEED)


def played(*conditions: Condition, paths: int = 1000) -> Ensemble:
    """The flagship under some conditions."""
    scenario = Scenario("tried", conditions=conditions)
    return simulate_on(common_draws(paths), scenario, realised_oil=oil()).ensemble
