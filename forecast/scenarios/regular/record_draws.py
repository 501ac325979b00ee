"""common_of_records(): forecasts of a pair's records with their oil paths, ready for scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.models.background import Background
from forecast.models.oil import fit_oil
from forecast.panel import Driver
from forecast.scenarios.common import CommonDraws, JointPaths
from forecast.scenarios.oil_paths import density_paths, median_path
from forecast.scenarios.regular.crises_held import held_of, no_crises
from forecast.scenarios.regular.flows_ahead import FlowsForecaster
from forecast.scenarios.regular.meeting import shrunk_covariance
from forecast.scenarios.regular.oil_answer import MEASURED, OilAnswer, match_oil, oil_covariance, oil_lags
from forecast.scenarios.regular.record_law import NO_TRADE, RecordLaw
from forecast.scenarios.regular.records import as_drivers, cut_records, drawn_flows, past_shown
from forecast.series import Series

FloatArray = NDArray[np.float64]

_LEAST_SHARE = 0.01  # of a month's median; paths below count as this when moments are taken


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model of single months is asked. origin: last month all records know. through: last month asked.

    known: monthly drivers as known on the day ``as_of``, "oil" among them.
    """

    model: str
    reporter: str
    as_of: date
    origin: int
    through: int
    paths: int
    seed: int
    known: Mapping[str, Driver]
    background: Background


def common_of_records(
    forecast: FlowsForecaster, records: Mapping[str, Series], asked: Asked, response: FloatArray | None = None
) -> tuple[CommonDraws, str]:
    """Draw joint paths of the flows from their own records, and oil beside them; also what was fitted.

    forecast: `each_flow` of a forecaster. records: monthly Series by flow: one flow, or exports, imports and turnover.
    response (p, k, groups): elasticities of the drawn flows to the oil regressors on each path, from the structural
    model; None where no scenario speaks of oil: oil paths then stand in no relation to the flows.

    Raises:
        GapError: a record is not monthly, or too short for the forecaster.
    """
    cut = cut_records(records, asked.origin)
    horizon, paths, seed, oil = asked.through - asked.origin, asked.paths, asked.seed, asked.known["oil"]
    ahead, said = forecast(cut, horizon, paths, seed, asked.known)
    start, past = past_shown(cut, oil, asked.origin, paths)
    flows = drawn_flows(cut)
    values = np.stack([ahead[flow] for flow in flows], axis=2)
    logs = np.log(np.maximum(values, NO_TRADE))
    density, months = fit_oil(oil), max(asked.through - oil.end, 0)
    log_oil = density_paths(density, paths=paths, months=months, seed=seed) if months else np.zeros((paths, 0))
    covariance = oil_covariance(density, months)
    least = _least(values[:MEASURED])
    bounded = np.maximum(logs, least)
    answer = None
    if response is not None and months:
        answer = OilAnswer(np.asarray(response), oil_lags(asked.origin + 1, horizon, oil.end, months))
        log_oil = match_oil(log_oil, bounded, answer, covariance, seed)
    median = median_path(density, months)
    rest = bounded[:MEASURED]
    if answer is not None:
        measured = OilAnswer(answer.elasticities[:MEASURED], answer.lags)
        rest = rest - measured.moves(log_oil[:MEASURED] - median)
    law = RecordLaw(
        model=asked.model,
        flows=flows,
        first=asked.origin + 1,
        answer=answer,
        centre=np.concatenate([median, np.median(bounded[:MEASURED], axis=0).ravel()]),
        oil=covariance,
        rest=shrunk_covariance(rest.reshape(len(rest), -1)),
        least=least,
        held=held_of(tuple(cut[flow] for flow in flows)),
    )
    common = CommonDraws(
        model=asked.model,
        reporter=asked.reporter,
        as_of=asked.as_of,
        start=start,
        origin=asked.origin,
        record_end=asked.origin,
        end=asked.through,
        through=asked.through,
        flows=flows,
        past_usd_bn=past,
        free=JointPaths(log_oil, logs),
        law=law,
        oil=oil,
        oil_density=density,
        draw=np.arange(paths),
        crises=no_crises(paths, horizon),
        record_of=as_drivers(records),
        background=asked.background,
        holds_crises=True,
        seed=seed,
        response=None if answer is None else answer.elasticities,
    )
    return common, said


def _least(values: FloatArray) -> FloatArray:
    """The log (h, k) below which paths (p, h, k) count as it: a hundredth of the median of the paths with trade."""
    some = np.where(values > NO_TRADE, values, np.nan)
    least = np.full(values.shape[1:], np.log(NO_TRADE))
    any_trade = ~np.isnan(some).all(axis=0)
    least[any_trade] = np.log(_LEAST_SHARE * np.nanmedian(some[:, any_trade], axis=0))
    return least
