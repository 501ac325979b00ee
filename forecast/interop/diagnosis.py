"""diagnose(): the residuals of a fit put to statsmodels' tests, with what each result means in plain words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, ttest_1samp
from statsmodels.tsa.stattools import acf, q_stat

from forecast.errors import GapError
from forecast.evaluation.diagnosed import LARGE, SIGNIFICANT, Check, Diagnosis, Lag, LargeResidual
from forecast.evaluation.regular import regular_series
from forecast.fields import choice_field
from forecast.interop.residuals import Residuals
from forecast.interop.results import Results, as_results, results_of
from forecast.interop.univariate import MODELS
from forecast.models.background import Background
from forecast.models.bvar.aligned import align
from forecast.models.bvar.fitted import FittedBvar, fit_bvar
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.panel import FLOWS, Driver, Panel
from forecast.series import Series

FloatArray = NDArray[np.float64]

STRUCTURAL = "structural"
BVAR = "bvar"
DIAGNOSED = (STRUCTURAL, BVAR, *MODELS)
"""Models whose residuals can be tested."""

_FEWEST = 8  #: residuals that a test can say something of
_MOST_LAGS = 24
_FAT, _THIN = 3.5, 2.5  #: kurtosis from which on tails are called fat, and thin
_LEANING = 0.2  #: skew worth a word
_STILL = 1e-9  #: standard deviations; residuals as near to each other are the same
_AGO = {12: "a month", 4: "a quarter", 1: "a year"}


def diagnose(
    fitted: Fitted | FittedBvar | str,
    series: Series | None = None,
    *,
    known: Mapping[str, Driver] | None = None,
    reporter: str | None = None,
    flow: str | None = None,
) -> Diagnosis:
    """Test the one-step errors of a structural Fitted, a FittedBvar, or a univariate member (by its name) on a record.

    Args:
        fitted: what `forecast.fit` or `fit_bvar` returned (of the latter the first flow is tested), or one of
            `forecast.interop.univariate.MODELS`.
        series: the record of a member; None with a fit.
        known: drivers of a member, as ``Task.known`` has them.
        reporter: of a Fitted's figures, those of one country's count only.
        flow: of a Fitted's figures, those of one flow only.

    Raises:
        SchemaError: no such member.
        GapError: fewer figures than the model or any test needs.
        InputError: a member without a record.
    """
    chosen = {name: value for name, value in (("reporter", reporter), ("flow", flow)) if value is not None}
    return diagnose_residuals(results_of(fitted, series, known=known, **chosen).source)


def diagnose_panel(
    panel: Panel,
    background: Background,
    *,
    model: str = STRUCTURAL,
    flow: str | None = None,
    reporter: str | None = None,
    known: Mapping[str, Driver] | None = None,
    seed: int = 7,
) -> Diagnosis:
    """Fit a model to what a panel holds of one reporter's count, and test what it leaves.

    Args:
        panel: what is known.
        background: what the structural model knows beside it.
        model: one of DIAGNOSED.
        flow: exports, imports or turnover. None: all figures with the structural model, turnover with the others. The
            structural model reads turnover as exports and imports, so that is all its figures too.
        reporter: whose count; None is the first country of the pair.
        known: drivers beside the record; None takes the oil price and the exchange rates of the panel.
        seed: of the structural model's draws; it moves the standard errors only.

    Raises:
        SchemaError: no such model or flow.
        GapError: the record is too short, or not regular enough for a univariate model.
        ModelError: the structural model cannot speak about the record.
    """
    check_model(model, flow)
    asked, who = flow or "turnover", reporter or panel.first
    if model != STRUCTURAL:
        series = regular_series(panel, asked, who)
        if known is None:
            known = {"oil": panel.oil} | {f"fx:{code}": driver for code, driver in panel.fx.items()}
        if model == BVAR:
            return diagnose(fit_bvar(align((series,), known), seed=seed))
        return diagnose(model, series, known=known)
    if who not in panel.reporters:
        raise GapError(
            f"No figure of {panel.pair} by the count of {who} was known on {panel.as_of}; known were counts of "
            f"{', '.join(panel.reporters)}.",
            pointer="/reporter",
            allowed=panel.reporters,
        )
    fitted = fit(panel, background, seed=seed)
    return diagnose(fitted, reporter=who, flow=None if asked == "turnover" else asked)


def check_model(model: str, flow: str | None = None) -> None:
    """Refuse a model that is not in DIAGNOSED, or a flow that is none.

    Raises:
        SchemaError: with what is near.
    """
    choice_field({"model": model}, "model", None, DIAGNOSED)
    if flow is not None:
        choice_field({"flow": flow}, "flow", None, FLOWS)


def diagnose_residuals(found: Residuals) -> Diagnosis:
    """The tests of any residuals; see `diagnose`."""
    results = as_results(found)
    e = found.standardised[found.start :]
    seen = e[~np.isnan(e)]
    exact = not len(seen) and bool(np.isfinite(found.errors).any())
    still = exact or bool(np.ptp(seen) <= _STILL)
    if len(seen) < _FEWEST and not exact:
        raise GapError(
            f"{found.name} leaves {len(seen)} residuals of {found.model}; a diagnosis needs at least {_FEWEST}. Give a "
            "longer record."
        )
    lags = () if still else _lags(found, e)
    shape = None if still else results.test_normality()[0]
    checks = _untested(seen) if shape is None else (_mean(seen), _memory(found, lags), _size(results), _normal(shape))
    spans = found.spans[found.start :]
    large = [(span, float(value)) for span, value in zip(spans, e, strict=True) if abs(value) >= LARGE]
    return Diagnosis(
        name=found.name,
        model=found.model,
        said=found.said,
        scale=found.scale,
        season=found.season,
        figures=len(seen),
        gaps=0 if exact else int(np.isnan(e).sum()),
        evenly=found.evenly,
        spans=spans,
        standardised=tuple(None if np.isnan(value) else float(value) for value in e),
        skew=None if shape is None else float(shape[2]),
        kurtosis=None if shape is None else float(shape[3]),
        lags=lags,
        bound=None if exact else float(1.96 / np.sqrt(len(seen))),
        checks=checks,
        large=tuple(LargeResidual(span, value) for span, value in sorted(large, key=lambda each: -abs(each[1]))),
        notes=(*_start_note(found), *found.notes),
    )


def _untested(seen: FloatArray) -> tuple[Check, ...]:
    """The record is met exactly, or missed by the same every time: there is nothing to test."""
    said = "Cannot be tested: the model meets every figure exactly, so nothing is left over."
    mean = Check("mean", "t", None, None, None, said)
    if len(seen):
        said = "Cannot be tested: all residuals are the same."
        side = "above" if seen[0] > 0.0 else "below"
        mean = Check("mean", "t", None, None, False, f"Biased: every figure comes {side} the forecast by the same.")
    tests = (("memory", "Ljung-Box"), ("size", "H"), ("normal", "Jarque-Bera"))
    return (mean, *(Check(name, test, None, None, None, said) for name, test in tests))


def _start_note(found: Residuals) -> tuple[str, ...]:
    if not found.start:
        return ()
    many = "figure only starts" if found.start == 1 else f"{found.start} figures only start"
    return (f"The first {many} the model and {'leaves' if found.start == 1 else 'leave'} no residual.",)


def _lags(found: Residuals, e: FloatArray) -> tuple[Lag, ...]:
    """Autocorrelations and Ljung-Box tests; gaps are skipped, the parameters of memory taken off the degrees."""
    count = int(np.count_nonzero(~np.isnan(e)))
    most = min(_MOST_LAGS if found.season in (1, 12) else 2 * found.season, count // 5)
    if most < 1 or np.nanmax(e) == np.nanmin(e):
        return ()
    r = np.asarray(acf(e, nlags=most, fft=False, missing="conservative"))[1:]
    statistics = np.asarray(q_stat(r, count)[0])
    return tuple(
        Lag(
            lag=k + 1,
            autocorrelation=float(r[k]),
            ljung_box=float(statistics[k]),
            degrees=max(k + 1 - found.memory, 0),
            p=float(chi2.sf(statistics[k], k + 1 - found.memory)) if k + 1 > found.memory else None,
        )
        for k in range(most)
    )


def _mean(seen: FloatArray) -> Check:
    found = ttest_1samp(seen, 0.0)
    statistic, p, mean = float(found.statistic), float(found.pvalue), float(seen.mean())
    holds = p >= SIGNIFICANT
    if holds:
        verdict = f"Unbiased: the mean is {mean:+.2f} standard deviations, which chance explains."
    else:
        verdict = (
            f"Biased: figures come {'above' if mean > 0 else 'below'} the forecast by {abs(mean):.2f} sd on average."
        )
    return Check("mean", "t", statistic, p, holds, verdict)


def _memory(found: Residuals, lags: tuple[Lag, ...]) -> Check:
    """The verdict on the longest lag; with the lag that stands out where it fails."""
    tested = [lag for lag in lags if lag.p is not None]
    if not tested:
        said = "Cannot be tested: too few figures for the lags that the model's parameters leave."
        return Check("memory", "Ljung-Box", None, None, None, said)
    last = tested[-1]
    holds = bool(last.p is not None and last.p >= SIGNIFICANT)
    failing = sum(lag.p < SIGNIFICANT for lag in tested[:-1] if lag.p is not None)
    if holds and failing > len(tested) // 4:
        verdict = (
            f"Little memory left: none up to lag {last.lag} as a whole, but the test fails at {failing} of the "
            f"{len(tested) - 1} lags before it."
        )
    elif holds:
        verdict = f"No memory left up to lag {last.lag}: the model has used what the past tells."
    else:
        worst = max(lags, key=lambda lag: abs(lag.autocorrelation))
        together = "go the same way" if worst.autocorrelation > 0 else "go opposite ways"
        verdict = (
            f"Memory is left: residuals {_apart(found, worst.lag)} {together} (r = {worst.autocorrelation:+.2f}); "
            f"{_missed(found, worst.lag)}"
        )
    return Check("memory", f"Ljung-Box, lags 1 to {last.lag}", last.ljung_box, last.p, holds, verdict)


def _apart(found: Residuals, lag: int) -> str:
    if not found.evenly:
        return f"{lag} figure{'s' if lag > 1 else ''} apart"
    whole, rest = divmod(lag, found.season)
    if not rest and found.season > 1:
        return "a year apart" if whole == 1 else f"{whole} years apart"
    unit = _AGO.get(found.season, "a step")
    return f"{unit} apart" if lag == 1 else f"{lag} {unit.split()[1]}s apart"


def _missed(found: Residuals, lag: int) -> str:
    if found.evenly and found.season > 1 and lag % found.season == 0:
        return "the season is not fully caught."
    return "forecasts can be bettered, and bands may be off."


def _size(results: Results) -> Check:
    """Squares of the last third over those of the first."""
    whole = results.standardized_forecasts_error[0, results.loglikelihood_burn :]
    third = round(len(whole) / 3)
    parts = [int(np.count_nonzero(~np.isnan(part))) for part in (whole[:third], whole[-third:])]
    if min(parts) < 3 or not np.nansum(whole[:third] ** 2) > 0.0:
        return Check("size", "H", None, None, None, "Cannot be tested: too few residuals at one end of the record.")
    statistic, p = (float(value) for value in results.test_heteroskedasticity()[0])
    holds = p >= SIGNIFICANT
    if holds:
        verdict = f"No clear change of size: the last third has {statistic:.2f} times the variance of the first."
    elif statistic > 1.0:
        verdict = f"Larger of late, {statistic:.1f} times the early variance: bands are too narrow for what comes."
    else:
        verdict = f"Smaller of late, {statistic:.2f} times the early variance: bands are too wide for what comes."
    return Check("size", f"H, thirds of {third}", statistic, p, holds, verdict)


def _normal(shape: FloatArray) -> Check:
    statistic, p, skew, kurtosis = (float(value) for value in shape)
    holds = p >= SIGNIFICANT
    if holds:
        verdict = f"Near the normal law: skew {skew:+.2f}, kurtosis {kurtosis:.1f} (0 and 3)."
    else:
        tails = {True: "extremes come more often", False: "extremes are rarer"}[kurtosis > 3.0]
        parts = [f"{tails} than normal bands say (kurtosis {kurtosis:.1f}, not 3)"]
        if abs(skew) > _LEANING:
            lean = f"residuals lean {'up' if skew > 0 else 'down'} (skew {skew:+.2f})"
            parts = [*(parts if not _THIN < kurtosis < _FAT else []), lean]
        verdict = f"Not normal: {' and '.join(parts)}."
    return Check("normal", "Jarque-Bera", statistic, p, holds, verdict)
