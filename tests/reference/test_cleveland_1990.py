"""STL of Cleveland et al. 1990 against statsmodels' translation of the authors' program, on atmospheric CO2."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.datasets import co2
from statsmodels.tsa.seasonal import STL

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.order_selection.seasonal_strength import seasonal_strength
from forecast.kernels.order_selection.stl import stl_decompose
from forecast.kernels.status import OK

CO2 = gate(co2.load().data["co2"].resample("MS").mean().interpolate().to_numpy())


@pytest.mark.parametrize("months", [348, 133, 30, 24])
@pytest.mark.parametrize(
    ("windows", "degrees"), [((7, 23, 13), (1, 1, 1)), ((11, 21, 13), (0, 1, 1)), ((35, 19, 15), (0, 0, 0))]
)
def test_statsmodels_stl(months: int, windows: tuple[int, ...], degrees: tuple[int, ...]) -> None:
    y = gate(CO2[:months])
    names = ("seasonal", "trend", "low_pass")
    arguments = dict(zip(names, windows, strict=True)) | {
        f"{name}_deg": degree for name, degree in zip(names, degrees, strict=True)
    }
    expected = STL(y, period=12, **arguments).fit(inner_iter=2, outer_iter=0)
    found = stl_decompose(y, 12, gate_int(windows), gate_int(degrees), 2)
    assert found.counts[0] == OK
    np.testing.assert_allclose(found.trend, expected.trend, rtol=1e-11)
    np.testing.assert_allclose(found.seasonal, expected.seasonal, atol=1e-9)
    np.testing.assert_allclose(found.remainder, expected.resid, atol=1e-9)


def test_statsmodels_strength_of_the_season_of_co2() -> None:
    parts = STL(CO2, period=12, seasonal=11, trend=21, low_pass=13, seasonal_deg=0).fit(inner_iter=2, outer_iter=0)
    expected = 1.0 - np.var(parts.resid) / np.var(parts.resid + parts.seasonal)
    assert seasonal_strength(CO2, 12) == pytest.approx(expected, rel=1e-9)
    assert expected > 0.95
