"""common_of_var(): the Bayesian vector autoregression of a pair's flows and drivers, ready for scenarios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import NumericalError
from forecast.models.bvar.aligned import align
from forecast.models.bvar.fitted import fit_bvar
from forecast.models.bvar.forecaster import describe
from forecast.models.oil import fit_oil
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.oil_paths import density_paths
from forecast.scenarios.regular.crises_held import held_of, no_crises
from forecast.scenarios.regular.record_draws import Asked
from forecast.scenarios.regular.records import as_drivers, cut_records, drawn_flows, past_shown
from forecast.scenarios.regular.var_law import OIL, VarLaw
from forecast.series import Series

FloatArray = NDArray[np.float64]

_WIDEST_LOG = 700.0


def common_of_var(records: Mapping[str, Series], asked: Asked) -> tuple[CommonDraws, str]:
    """Draw joint paths of the flows, oil and the other drivers by one model; also what was fitted.

    records: monthly Series by flow: one flow, or exports, imports and turnover, which is their sum on every path.

    Raises:
        GapError: a record is not monthly, too short, or has months without trade.
        ConvergenceError: the model found no mode, or nearly all draws explode.
        NumericalError: the paths leave what a number can hold.
    """
    cut = cut_records(records, asked.origin)
    flows, oil, background = drawn_flows(cut), asked.known[OIL], asked.background
    aligned = align(tuple(cut[flow] for flow in flows), asked.known)
    fitted = fit_bvar(aligned, seed=asked.seed, lunar_new_year=background.lunar_new_year, episodes=background.episodes)
    law = VarLaw(
        fitted=fitted,
        flows=flows,
        first=asked.origin + 1,
        months=asked.through - fitted.settled,
        oil_end=oil.end,
        seed=asked.seed,
        held=held_of(tuple(cut[flow] for flow in flows)),
    )
    density, prices = fit_oil(oil), max(asked.through - oil.end, 0)
    own = np.zeros((asked.paths, 0))
    if prices and OIL not in aligned.names:
        own = density_paths(density, paths=asked.paths, months=prices, seed=asked.seed)
    free = law.read(law.free(asked.paths), own)
    if not (np.abs(free.flows) < _WIDEST_LOG).all():
        raise NumericalError("A path of the Bayesian VAR is too large or too small for a number of the machine.")
    start, past = past_shown(cut, oil, asked.origin, asked.paths)
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
        free=free,
        law=replace(law, base=free),
        oil=oil,
        oil_density=density,
        draw=np.arange(asked.paths),
        crises=no_crises(asked.paths, asked.through - asked.origin),
        record_of=as_drivers(records, {name: asked.known[name] for name in free.drivers}),
        background=background,
        holds_crises=True,
        seed=asked.seed,
        oil_median=np.median(free.oil, axis=0) if OIL in aligned.names else None,
    )
    return common, describe(fitted, np.full((asked.through - asked.origin, len(aligned.names)), np.nan))
