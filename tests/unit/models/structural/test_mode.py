"""posterior_mode(): the top that a search by differences finds too, from any start, or a word that it broke."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from forecast.kernels.sparse.kalman import loglik
from forecast.models.structural.hyperparameters import hyperpriors, system_parameters
from forecast.models.structural.mode import posterior_mode
from tests.exact.cases import FloatArray, at_mode, flagship, one_flow_fit

CASES = {"one flow": one_flow_fit, "flagship": flagship}


@pytest.mark.parametrize("case", CASES)
def test_the_top_is_found_from_any_start(case: str) -> None:
    fitted = CASES[case]()
    system = at_mode(fitted)[0]
    beliefs = hyperpriors(fitted.panel, fitted.background, fitted.layout)
    centre, spread = (np.array([getattr(belief, name) for belief in beliefs]) for name in ("mean", "sd"))

    def cost(x: FloatArray) -> float:
        u = centre + spread * x
        return 0.5 * float(x @ x) - loglik(system, *system_parameters(fitted.layout, u))[1]

    u, value = posterior_mode(system, fitted.layout, centre, spread, centre)
    x = (u - centre) / spread
    assert value == pytest.approx(-cost(x), rel=1e-12)
    theirs = optimize.minimize(cost, x + 0.05, method="BFGS", options={"gtol": 1e-3})
    np.testing.assert_allclose(x, theirs.x, atol=2e-3)
    assert -value <= theirs.fun + 1e-9
    for shift in (-1.5, 0.7, 2.0):
        again, _ = posterior_mode(system, fitted.layout, centre, spread, centre + shift * spread)
        np.testing.assert_allclose((again - u) / spread, 0.0, atol=1e-5)


def test_a_likelihood_that_breaks_at_the_start_is_minus_infinity() -> None:
    fitted = one_flow_fit()
    system = at_mode(fitted)[0]
    beliefs = hyperpriors(fitted.panel, fitted.background, fitted.layout)
    centre, spread = (np.array([getattr(belief, name) for belief in beliefs]) for name in ("mean", "sd"))
    broken = system._replace(y=np.full_like(system.y, np.nan))
    u, value = posterior_mode(broken, fitted.layout, centre, spread, centre)
    assert value == -np.inf
    np.testing.assert_array_equal(u, centre)
