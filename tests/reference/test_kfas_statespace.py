"""KFAS 1.3.1 (R): exact diffuse start, gaps, correlated errors; its figures travel with statsmodels.

Known errata of KFAS 1.3.1, listed in statsmodels' tests: the likelihood lacks -log(2 pi)/2 for each observation with
F_inf > 0 (Durbin & Koopman 2012, s7.2.5 has it), and the states of the diffuse time points are off for the dynamic
factor model and for the mixed start; so is the first state of the restricted common level (20.08 for 9.06 = r1).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.tsa.statespace.api as of_statsmodels
from numpy.typing import NDArray
from statsmodels.datasets import macrodata
from statsmodels.tsa.statespace.dynamic_factor import DynamicFactor
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.statespace.varmax import VARMAX

from forecast.kernels._jit import gate
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.disturbance import statespace_disturbances
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace, state_space
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form
from tests.twins.statespace.peers import from_statsmodels

RESULTS = Path(of_statsmodels.__file__).parent / "tests" / "results"
FloatArray = NDArray[np.float64]
Table = dict[str, FloatArray]


def table(name: str) -> Table:
    lines = (RESULTS / name).read_text(encoding="utf-8").splitlines()
    names = [field.strip('"') for field in lines[0].split(",")]
    values = np.genfromtxt(lines[1:], delimiter=",", missing_values="NA", filling_values=np.nan)
    return dict(zip(names, values.T, strict=True))


def columns(found: Table, prefix: str, many: int, mark: str = "_") -> FloatArray:
    return np.column_stack([found[f"{prefix}{mark}{k + 1}"] for k in range(many)])


Y1 = np.r_[10.2394, np.ones(9)]
Y3 = np.r_[10.2394, 4.2039, 6.123123, np.ones(7)]
Y2 = np.column_stack([Y1, np.r_[8.2304, np.ones(9)]])
THETA, LEVEL = 0.1111, 3.2324
VAR1 = np.array([0.5, 0.3, 0.2, 0.4, 2**0.5, 0.0, 3**0.5])


def growth() -> FloatArray:
    """Growth of American output and consumption, 20 quarters."""
    data = macrodata.load_pandas().data
    return np.asarray(400.0 * np.diff(np.log(data[["realgdp", "realcons"]].to_numpy()[:21]), axis=0))


def growth_with_gaps() -> FloatArray:
    y = growth()
    y[:5, 0] = np.nan
    y[8:12] = np.nan
    return y


def var1(y: FloatArray, errors: tuple[float, ...] = (), start: Initialization | None = None) -> Any:
    model = VARMAX(y, order=(1, 0), trend="n", measurement_error=bool(errors))
    model.update(np.append(VAR1, errors))
    model.ssm.initialize(Initialization(2, "diffuse") if start is None else start)
    return model.ssm


def trend(kind: str, y: FloatArray, variances: list[float]) -> Any:
    model = UnobservedComponents(y, kind)
    model.update(variances)
    model.ssm.initialize(Initialization(len(variances) - 1, "diffuse"))
    return model.ssm


def mixed() -> Any:
    start = Initialization(2)
    start.set(0, "diffuse")
    start.set(1, "stationary")
    return var1(growth(), start=start)


def factor() -> Any:
    model = DynamicFactor(growth(), k_factors=1, factor_order=2)
    model.update(np.array([0.5, 1.0, 1.5, 2.0, 0.9, 0.1]))
    model.ssm.initialize(Initialization(2, "diffuse"))
    return model.ssm


def of(build: Callable[[], Any]) -> Callable[[], tuple[FloatArray, StateSpace]]:
    def made() -> tuple[FloatArray, StateSpace]:
        ssm = build()
        return gate(ssm.endog.T), from_statsmodels(ssm)

    return made


def common_level() -> tuple[FloatArray, StateSpace]:
    return gate(Y2), state_space([[1, 0], [THETA, 1]], np.eye(2), np.eye(2), [[1], [0]], [[LEVEL]])


def common_level_restricted() -> tuple[FloatArray, StateSpace]:
    return gate(Y2), state_space([[1], [THETA]], np.eye(2), [[1]], [[1]], [[LEVEL]])


CASES = {
    "local_level": of(lambda: trend("llevel", Y1, [1.993, 8.253])),
    "local_linear_trend": of(lambda: trend("lltrend", Y3, [1.993, 8.253, 2.334])),
    "local_linear_trend_missing": of(
        lambda: trend("lltrend", np.where(np.arange(10) == 1, np.nan, Y3), [1.993, 8.253, 2.334])
    ),
    "common_level": common_level,
    "common_level_restricted": common_level_restricted,
    "var1": of(lambda: var1(growth())),
    "var1_measurement_error": of(lambda: var1(growth(), (4.0, 5.0))),
    "var1_missing": of(lambda: var1(growth_with_gaps())),
    "var1_mixed": of(mixed),
    "dfm": of(factor),
}
STATES_OFF = {"var1_mixed", "dfm", "common_level_restricted"}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.filterwarnings("ignore")
def test_kfas_exact_diffuse_start(name: str) -> None:
    y, s = CASES[name]()
    expected = table(f"results_exact_initial_{name}_R.csv")
    (n, p), m, r = y.shape, len(s.a1), s.Q.shape[1]
    u, _ = univariate_form(y, s)
    f = statespace_filter(u, s)
    b = statespace_backward(u, f)
    mean, V = statespace_smooth(u, f, b)
    errors = statespace_disturbances(s, u, b)
    near: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-8}

    Finf = columns(expected, "Finf", p)[:n]
    constants = ((Finf > 0) & ~np.isnan(y)).sum()
    assert f.status == 0
    assert f.loglik == pytest.approx(expected["llf"][0] - 0.5 * np.log(2 * np.pi) * constants, rel=1e-9)

    late = f.diffuse if name in STATES_OFF else 0
    np.testing.assert_allclose(mean[late:], columns(expected, "alphahat", m)[late:n], **near)
    np.testing.assert_allclose(f.a[f.diffuse :], columns(expected, "a", m)[f.diffuse :], **near)
    np.testing.assert_allclose(errors.eta[: n - 1], columns(expected, "etahat", r)[: n - 1], **near)
    np.testing.assert_allclose(
        np.where(np.isnan(y), 0.0, errors.eps), np.where(np.isnan(y), 0.0, columns(expected, "epshat", p)[:n]), **near
    )
    for ours, theirs, k in ((V, "V", m), (f.P[:n], "P", m), (errors.eta_cov, "Veta", r)):
        kept = slice(0, n - 1) if theirs == "Veta" else slice(0, n)
        if f"{theirs}_1" in expected and k > 1:
            got = columns(expected, theirs, k * k)[:n].reshape(n, k, k)
            np.testing.assert_allclose(ours[kept], got[kept], **near)
        elif f"sum{theirs}" in expected:
            np.testing.assert_allclose(ours[kept].sum(axis=(1, 2)), expected[f"sum{theirs}"][:n][kept], **near)
    seen = Finf > 0
    assert set(np.flatnonzero(seen.any(axis=1))) <= set(range(f.diffuse))
    np.testing.assert_allclose(np.sort(f.F_inf[f.F_inf > 0]), np.sort(Finf[seen & ~np.isnan(y)]), **near)
    np.testing.assert_allclose(b.r1[: f.diffuse], columns(expected, "r1", m)[: f.diffuse], **near)


def test_kfas_smoothing_with_singular_correlated_errors() -> None:
    """H = X X' of rank 2 over three series; determinants of the covariances as KFAS printed them."""
    data = macrodata.load_pandas().data
    y = np.diff(data[["realgdp", "realcons", "realinv"]].to_numpy(), axis=0)
    X = np.arange(1.0, 10.0).reshape(3, 3) / 10.0
    one = np.eye(3)
    s = state_space(one, X @ X.T, one, one, one, P1=1e6 * one)
    expected = table("results_smoothing_generalobscov_R.csv")
    u, _ = univariate_form(gate(y), s)
    f = statespace_filter(u, s)
    b = statespace_backward(u, f)
    mean, V = statespace_smooth(u, f, b)
    errors = statespace_disturbances(s, u, b)
    n = len(y)
    near: dict[str, Any] = {"rtol": 1e-6, "atol": 1e-4}
    np.testing.assert_allclose(mean, columns(expected, "alphahat", 3, ""), **near)
    assert np.abs(np.linalg.det(V)).max() < 1e-5, "one combination of the states is seen without error"
    # KFAS prints L^-1 eps, the errors of the observations made independent.
    np.testing.assert_allclose((u.h * b.e).reshape(n, 3), columns(expected, "epshat", 3, ""), **near)
    np.testing.assert_allclose(errors.eta[: n - 1], columns(expected, "etahat", 3, "")[: n - 1], **near)
