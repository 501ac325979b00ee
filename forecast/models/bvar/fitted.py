"""fit_bvar(): picks terms, lags and episodes, finds the hyperparameters, and keeps draws of the posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ConvergenceError, GapError
from forecast.models.background import Episode
from forecast.models.bvar.aligned import ACTIVITY, FEWEST_MONTHS, Aligned
from forecast.models.bvar.crisis_scale import log_scale, with_months_to_come
from forecast.models.bvar.draws import ENOUGH, draw
from forecast.models.bvar.mode import Mode, find_mode
from forecast.models.bvar.terms import LUNAR_SDS, SEASON_SDS, Terms, lunar_days_for, terms_of
from forecast.models.bvar.weighted import Rows, rows_of
from forecast.months import format_month, month_of

FloatArray = NDArray[np.float64]

MOST_LAGS = 13
_MONTHS_A_LAG = 8
_FURTHEST = 120  # months ahead that the days of Lunar New Year must reach, if they are to be used
_START_LEVEL = 1.0  # of every log level: beliefs about unit roots stand on it, whatever the unit of a record


@dataclass(frozen=True, slots=True)
class FittedBvar:
    """A vector autoregression of n variables with p lags and m terms, as draws from its posterior; read-only.

    aligned: what it was fitted on. settled: last month in which all variables are known; later months are pinned.
    base (n): taken off the columns, so that log levels begin at one. terms: season and Lunar New Year.
    episodes: whose months are scaled. scales (episodes, 4): see `crisis_scale`. mode: of the hyperparameters.
    coefficients (draws, m + n p, n), roots (draws, n, n): draws; roots are lower Cholesky factors of the covariance.
    drawn: draws made; refused: those of them that explode. accepted: share of the walk's steps that were taken.
    """

    aligned: Aligned
    settled: int
    lags: int
    base: FloatArray
    terms: Terms
    episodes: tuple[Episode, ...]
    scales: FloatArray
    mode: Mode
    coefficients: FloatArray
    roots: FloatArray
    drawn: int
    refused: int
    accepted: float

    def scale(self, start: int, months: int) -> FloatArray:
        """By how much the errors of months (months) from ``start`` are larger than ordinary ones."""
        starts = np.array([episode.start for episode in self.episodes], dtype=np.int64)
        return np.asarray(np.exp(log_scale(self.scales, starts, start, months)[0]))


def lags_for(months: int) -> int:
    """13 lags from 104 months on, before that one for every eight months."""
    return min(MOST_LAGS, months // _MONTHS_A_LAG)


def fit_bvar(
    aligned: Aligned,
    *,
    seed: int,
    lunar_new_year: NDArray[np.int64] | None = None,
    episodes: tuple[Episode, ...] = (),
) -> FittedBvar:
    """Estimate the vector autoregression on columns side by side.

    episodes: crises whose months may have larger errors; only those that had begun, and were known, by the last
    month of the flows are used. The lags follow from the months at hand (`lags_for`).

    Raises:
        GapError: fewer than 36 months in which all variables are known.
        ConvergenceError: no mode was found, or nearly all draws explode.
    """
    known = ~np.isnan(aligned.values).any(axis=1)
    settled = aligned.start + int(np.flatnonzero(known)[-1]) if known.any() else aligned.start - 1
    months = settled - aligned.start + 1
    if months < FEWEST_MONTHS:
        raise GapError(f"The Bayesian VAR needs {FEWEST_MONTHS} months in which all is known; found {months}.")
    p = lags_for(months)
    base = aligned.values[:p].mean(axis=0) - _START_LEVEL
    base[[name == ACTIVITY for name in aligned.names]] = 0.0
    days = lunar_days_for(lunar_new_year, aligned.start, aligned.origin + _FURTHEST)
    terms, rows, theta = _choose_terms(aligned, months, p, base, days)
    used = tuple(e for e in episodes if aligned.start + p <= e.start <= settled and month_of(e.known) <= aligned.origin)
    starts = np.array([episode.start for episode in used], dtype=np.int64)
    mode = find_mode(rows, starts, aligned.start, theta)
    draws = draw(rows, mode, seed)
    kept = len(draws.coefficients)
    if kept < ENOUGH:
        raise ConvergenceError(
            f"{draws.drawn - kept} of {draws.drawn} draws of the Bayesian VAR explode; the record up to "
            f"{format_month(settled)} is too short or its growth too steep for it."
        )
    for array in (base, draws.coefficients, draws.roots):
        array.flags.writeable = False
    return FittedBvar(
        aligned=aligned,
        settled=settled,
        lags=p,
        base=base,
        terms=terms,
        episodes=used,
        scales=with_months_to_come(mode.scales, starts, settled),
        mode=mode,
        coefficients=draws.coefficients,
        roots=draws.roots,
        drawn=draws.drawn,
        refused=draws.drawn - kept,
        accepted=draws.accepted,
    )


def _choose_terms(
    aligned: Aligned, months: int, lags: int, base: FloatArray, lunar_new_year: NDArray[np.int64] | None
) -> tuple[Terms, Rows, FloatArray]:
    """The terms under which the record is likeliest when all months have the same scale, the rows with them, theta."""
    y = aligned.values[:months] - base
    told = np.asarray(aligned.told[:months].all(axis=1))
    best: tuple[float, Terms, Rows, FloatArray] | None = None

    def weigh(choices: list[Terms]) -> None:
        nonlocal best
        for terms in choices:
            columns = terms_of(terms, aligned.start, months)
            rows = rows_of(y, columns, np.ones(y.shape[1]), lags, told, aligned.flows)
            guess = None if best is None else best[3]
            found = find_mode(rows, np.zeros(0, dtype=np.int64), aligned.start, guess)
            if best is None or found.log_marginal > best[0]:
                best = (found.log_marginal, terms, rows, found.theta)

    weigh([Terms(sd) for sd in SEASON_SDS])
    if lunar_new_year is not None and best is not None:
        weigh([Terms(best[1].season_sd, sd, lunar_new_year) for sd in LUNAR_SDS])
    assert best is not None
    return best[1:]
