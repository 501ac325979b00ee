"""KPSS statistics against statsmodels on its data sets, critical values against Kwiatkowski et al. 1992, table 1."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from statsmodels.datasets import macrodata, nile, sunspots
from statsmodels.tsa.stattools import kpss

from forecast.kernels._jit import gate
from forecast.kernels.order_selection.unit_roots import first_differences, kpss_test
from forecast.kernels.random import draw_normals
from forecast.kernels.status import OK

SERIES = {
    "log gdp": np.log(macrodata.load().data["realgdp"].to_numpy()),
    "inflation": macrodata.load().data["infl"].to_numpy(),
    "unemployment": macrodata.load().data["unemp"].to_numpy(),
    "nile": nile.load().data["volume"].to_numpy(),
    "sunspots": sunspots.load().data["SUNACTIVITY"].to_numpy(),
}


@pytest.mark.parametrize("lags", [0, 2, 9])
@pytest.mark.parametrize("trend", [0, 1])
@pytest.mark.parametrize("name", SERIES)
def test_statsmodels_kpss(name: str, trend: int, lags: int) -> None:
    y = gate(SERIES[name])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = kpss(y, "ct" if trend else "c", nlags=lags)
    found = kpss_test(y, trend, lags)
    assert found.counts[0] == OK
    np.testing.assert_allclose(found.numbers[:2], expected[:2], rtol=1e-9)


@pytest.mark.parametrize(("name", "d"), [("log gdp", 1), ("inflation", 1), ("nile", 1), ("sunspots", 1)])
def test_statsmodels_data_need_as_many_differences_as_its_kpss_says(name: str, d: int) -> None:
    x, found = SERIES[name], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while found < 2 and kpss(x, "c", nlags=int(3.0 * np.sqrt(len(x)) / 13.0))[1] < 0.05:
            x, found = np.diff(x), found + 1
    assert first_differences(gate(SERIES[name]), 2) == found == d


@pytest.mark.parametrize(("trend", "critical"), [(0, 0.463), (1, 0.146)])
def test_kwiatkowski_1992_table_1_five_per_cent(trend: int, critical: float) -> None:
    """Of stationary series about one in twenty exceeds the upper 5 % point: 4,000 series of 400 figures."""
    eta = np.array([kpss_test(row, trend, 0).numbers[0] for row in draw_normals(1992, 4000, 400)])
    assert np.mean(eta > critical) == pytest.approx(0.05, abs=0.011)
