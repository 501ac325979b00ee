"""Results: residuals behind the names of statsmodels' results objects, for its diagnostics and for habits built on it.

The tests, the plot and the criteria are statsmodels' own functions, called on our numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from statsmodels.iolib.summary import Summary
from statsmodels.tools import eval_measures
from statsmodels.tsa.statespace.mlemodel import MLEResults

from forecast.errors import InputError
from forecast.interop.residuals import Residuals
from forecast.interop.structural import structural_residuals
from forecast.interop.univariate import residuals_of
from forecast.interop.vector import vector_residuals
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.structural.fitted import Fitted
from forecast.panel import Driver
from forecast.series import Series

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ResultsModel:
    """What statsmodels asks of ``results.model``: one series, its name, its season."""

    endog: FloatArray
    endog_names: list[str]
    nobs: int
    seasonal_periods: int
    param_names: list[str]
    k_endog: int = 1
    exog: None = None


@dataclass(frozen=True, slots=True)
class ResultsData:
    """What statsmodels asks of ``results.data``: dates of the cells, None where they are not one step apart."""

    dates: NDArray[np.datetime64] | None


@dataclass(frozen=True, slots=True)
class Results:
    """A fit as statsmodels' ``MLEResults`` would show it; names and shapes are theirs.

    params, bse (q): estimates and standard errors, NaN where not known. llf: of ``model.endog``, which is in
    logarithms where the model is. df_model: parameters, the variance included. resid, fittedvalues (n): NaN in gaps
    and where the model only starts. standardized_forecasts_error (1, n). loglikelihood_burn: cells that only start
    the model; the tests leave them out. source: the Residuals behind it.
    """

    source: Residuals
    model: ResultsModel
    data: ResultsData
    params: FloatArray
    param_names: list[str]
    bse: FloatArray
    llf: float
    nobs: int
    nobs_effective: int
    loglikelihood_burn: int
    df_model: int
    resid: FloatArray
    fittedvalues: FloatArray
    standardized_forecasts_error: FloatArray
    nobs_diffuse: int = 0
    k_diffuse_states: int = 0
    scale: float = 1.0

    @property
    def filter_results(self) -> Results:
        """Where statsmodels looks for ``standardized_forecasts_error``."""
        return self

    @property
    def df_resid(self) -> int:
        """Figures that count less parameters."""
        return self.nobs_effective - self.df_model

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return float(eval_measures.aic(self.llf, self.nobs_effective, self.df_model))

    @property
    def aicc(self) -> float:
        """Akaike's criterion for small samples."""
        return float(eval_measures.aicc(self.llf, self.nobs_effective, self.df_model))

    @property
    def bic(self) -> float:
        """The Bayesian criterion."""
        return float(eval_measures.bic(self.llf, self.nobs_effective, self.df_model))

    @property
    def hqic(self) -> float:
        """Hannan and Quinn's criterion."""
        return float(eval_measures.hqic(self.llf, self.nobs_effective, self.df_model))

    @property
    def sse(self) -> float:
        """Sum of squared residuals."""
        return float(np.nansum(self.resid**2))

    @property
    def mse(self) -> float:
        """Mean of squared residuals."""
        return float(np.nanmean(self.resid**2))

    @property
    def mae(self) -> float:
        """Mean of absolute residuals."""
        return float(np.nanmean(np.abs(self.resid)))

    @property
    def zvalues(self) -> FloatArray:
        """Estimates over their standard errors."""
        return self.params / self.bse

    @property
    def tvalues(self) -> FloatArray:
        """The same as ``zvalues``, under the name that tables ask for."""
        return self.zvalues

    @property
    def pvalues(self) -> FloatArray:
        """Two-sided, by the normal law."""
        return np.asarray(2.0 * norm.sf(np.abs(self.zvalues)), dtype=np.float64)

    def conf_int(self, alpha: float = 0.05) -> FloatArray:
        """Lower and upper ends (q, 2) of what a parameter is taken for at level 1 - alpha."""
        reach = norm.ppf(1.0 - alpha / 2.0) * self.bse
        return np.column_stack([self.params - reach, self.params + reach])

    def test_normality(self, method: str | None = "jarquebera") -> FloatArray:
        """Jarque-Bera (1, 4): statistic, p, skew, kurtosis."""
        return np.asarray(MLEResults.test_normality(self, method))

    def test_heteroskedasticity(
        self, method: str | None = "breakvar", alternative: str = "two-sided", use_f: bool = True
    ) -> FloatArray:
        """Squares of the last third over those of the first (1, 2): statistic, p."""
        return np.asarray(MLEResults.test_heteroskedasticity(self, method, alternative=alternative, use_f=use_f))

    def test_serial_correlation(
        self, method: str | None = "ljungbox", df_adjust: bool = False, lags: Any = None
    ) -> FloatArray:
        """Ljung-Box or Box-Pierce (1, 2, lags): statistics, ps; NaN with gaps, as statsmodels has it."""
        return np.asarray(MLEResults.test_serial_correlation(self, method, df_adjust=df_adjust, lags=lags))

    def plot_diagnostics(self, **options: Any) -> Any:
        """Statsmodels' four panels as a matplotlib figure; ``options`` are those of statsmodels.

        Raises:
            InputError: matplotlib is not installed.
        """
        if find_spec("matplotlib") is None:
            raise InputError(
                "plot_diagnostics() draws with matplotlib, which is not installed: pip install matplotlib. "
                "`tradewind diagnose ... --chart FILE.svg` draws the same four panels without it."
            )
        return MLEResults.plot_diagnostics(self, **options)

    def summary(self, alpha: float = 0.05) -> Summary:
        """Statsmodels' tables of the fit, the parameters and the tests."""
        (jb, jb_p, skew, kurtosis), (h, h_p) = self.test_normality()[0], self.test_heteroskedasticity()[0]
        q, q_p = self.test_serial_correlation(lags=[1])[0, :, 0]
        spans = self.source.spans
        left = [("Dep. Variable:", self.model.endog_names), ("Model:", [self.source.said])]
        left += [("Sample:", [spans[0]]), ("", [f"- {spans[-1]}"]), ("Scale:", [self.source.scale])]
        right = [("No. Observations:", [str(self.nobs)])]
        criteria = (("Log Likelihood", self.llf), ("AIC", self.aic), ("BIC", self.bic), ("HQIC", self.hqic))
        right += [(name, [f"{value:#5.3f}"]) for name, value in criteria]
        table = Summary()
        table.add_table_2cols(self, gleft=left, gright=right, title="Tradewind Model Results")
        table.add_table_params(self, alpha=alpha, xname=self.param_names, use_t=False)
        first = [("Ljung-Box (L1) (Q):", q), ("Prob(Q):", q_p), ("Heteroskedasticity (H):", h)]
        second = [("Jarque-Bera (JB):", jb), ("Prob(JB):", jb_p), ("Skew:", skew), ("Kurtosis:", kurtosis)]
        columns = [
            [(name, [f"{value:.2f}"]) for name, value in side]
            for side in ([*first, ("Prob(H) (two-sided):", h_p)], second)
        ]
        table.add_table_2cols(self, gleft=columns[0], gright=columns[1], title="")
        if self.source.notes:
            table.add_extra_txt(list(self.source.notes))
        return table


def results_of(
    fit: Fitted | FittedBvar | str,
    series: Series | None = None,
    *,
    known: Mapping[str, Driver] | None = None,
    **chosen: Any,
) -> Results:
    """A structural Fitted, a FittedBvar, or a univariate member by its name on a record, as statsmodels' results.

    known: drivers of a member. chosen: ``reporter``, ``flow``, ``weighted`` of `structural_residuals`; ``variable`` of
    `vector_residuals`.

    Raises:
        InputError: a member without a record, or a record beside a Fitted.
    """
    if isinstance(fit, str) and series is not None and not chosen:
        return as_results(residuals_of(fit, series, known))
    if isinstance(fit, Fitted) and series is None:
        return as_results(structural_residuals(fit, **chosen))
    if isinstance(fit, FittedBvar) and series is None:
        return as_results(vector_residuals(fit, **chosen))
    raise InputError("Give a Fitted, a FittedBvar, or the name of a model and a Series.")


def as_results(found: Residuals) -> Results:
    """Residuals as statsmodels' results."""
    counted = int(np.count_nonzero(~np.isnan(found.endog[found.start :])))
    names = list(found.names)
    return Results(
        source=found,
        model=ResultsModel(found.endog, [found.name], len(found.endog), found.season if found.season > 1 else 0, names),
        data=ResultsData(_dates(found)),
        params=found.params,
        param_names=names,
        bse=found.bse,
        llf=found.loglik,
        nobs=len(found.endog),
        nobs_effective=counted,
        loglikelihood_burn=found.start,
        df_model=len(found.params),
        resid=found.errors,
        fittedvalues=found.fitted,
        standardized_forecasts_error=found.standardised[None, :],
    )


def _dates(found: Residuals) -> NDArray[np.datetime64] | None:
    """First days of the spans, where they are one step apart."""
    if not found.evenly:
        return None
    return np.array([f"{span[:7] if '-' in span else f'{span}-01'}-01" for span in found.spans], dtype="datetime64[D]")
