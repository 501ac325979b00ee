"""Switching autoregressions against published estimates and statsmodels.

Hamilton 1989 (GNP 1951-1984, EViews output), Filardo 1994 (transition probabilities that change), the Stata manual's
mswitch examples; figures and outputs ship as test fixtures in the statsmodels wheel.
"""

from __future__ import annotations

import ast
import csv
from importlib import resources

import numpy as np
import pytest
from statsmodels.tsa.regime_switching import markov_autoregression, markov_regression

from forecast.kernels.regimes.estimate import RegimeShape, fit_regimes
from forecast.kernels.regimes.hamilton import INTERCEPT, MEAN, Switching, hamilton_filter
from forecast.kernels.regimes.kim import kim_smoother
from forecast.kernels.regimes.simulate import simulate_regimes
from forecast.kernels.status import OK

ERGODIC = np.empty(0)
PUBLISHED = Switching(
    np.array([[[0.754673, 1 - 0.754673], [0.095915, 1 - 0.095915]]]),
    np.array([-0.358811, 1.163516]),
    np.tile([0.013486, -0.057521, -0.246983, -0.212923], (2, 1)),
    np.full(2, np.exp(-0.262658) ** 2),
    ERGODIC,
    MEAN,
)


class Corrected(markov_autoregression.MarkovAutoregression):
    """statsmodels 0.15 with each variance given to S_t.

    From two lags on its switching variances are laid along the axis of an older regime (they are shaped (k, 1, 1) and
    meet an array of p + 2 axes), so its likelihood is that of another model.
    """

    def _conditional_loglikelihoods(self, params: np.ndarray) -> np.ndarray:
        resid = self._resid(params)
        variance = params[self.parameters["variance"]].reshape((-1,) + (1,) * (resid.ndim - 1))
        return -0.5 * resid**2 / variance - 0.5 * np.log(2 * np.pi * variance)


@pytest.fixture(scope="module")
def fixtures() -> dict[str, np.ndarray]:
    """Data and printed outputs in statsmodels' own tests; read, not imported, as they want marks of their own."""
    folder = resources.files("statsmodels.tsa.regime_switching.tests")
    tree = ast.parse(folder.joinpath("test_markov_autoregression.py").read_text(encoding="utf-8"))
    return {
        node.targets[0].id: np.array(ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.List)
    }


@pytest.fixture(scope="module")
def gnp(fixtures: dict[str, np.ndarray]) -> np.ndarray:
    return fixtures["rgnp"]


def from_statsmodels(params: np.ndarray, k: int, p: int, own_variance: bool, own_ar: bool) -> Switching:
    """Its order of parameters: P by new regime, mu, sigma2, phi lag by lag."""
    columns = params[: k * (k - 1)].reshape(k - 1, k)
    P = np.vstack([columns, 1 - columns.sum(axis=0)]).T
    mu, rest = params[k * (k - 1) : k * k], params[k * k :]
    sigma2 = np.broadcast_to(rest[: k if own_variance else 1], k).copy()
    ar = rest[k if own_variance else 1 :]
    phi = ar.reshape(p, k).T.copy() if own_ar else np.tile(ar, (k, 1))
    return Switching(P[None].copy(), mu.copy(), phi, sigma2, ERGODIC, MEAN)


def test_hamilton_1989_gnp_at_the_published_estimates(fixtures: dict[str, np.ndarray], gnp: np.ndarray) -> None:
    known = hamilton_filter(gnp, PUBLISHED)
    assert known.loglik == pytest.approx(-181.26339, abs=5e-6)
    np.testing.assert_allclose(known.filtered[:, 1], fixtures["hamilton_ar4_filtered"], atol=1e-5)
    np.testing.assert_allclose(kim_smoother(known).smoothed[:, 1], fixtures["hamilton_ar4_smoothed"], atol=1e-5)


def test_hamilton_1989_gnp_is_found_again_from_the_figures(gnp: np.ndarray) -> None:
    fit = fit_regimes(gnp, RegimeShape(2, 4, MEAN, False, False), 12, 1)
    assert fit.status == OK
    assert fit.agreeing >= 3
    assert fit.loglik == pytest.approx(-181.26339, abs=5e-6)
    np.testing.assert_allclose(fit.model.P, PUBLISHED.P, atol=1e-5)
    np.testing.assert_allclose(fit.model.mu, PUBLISHED.mu, atol=5e-6)
    np.testing.assert_allclose(fit.model.phi, PUBLISHED.phi, atol=5e-6)
    np.testing.assert_allclose(np.log(fit.model.sigma2) / 2, -0.262658, atol=5e-6)


def test_stata_mswitch_ar2_with_own_coefficients(gnp: np.ndarray) -> None:
    """Stata prints llf -179.32354; statsmodels' own search ends lower, at -179.38684."""
    fit = fit_regimes(gnp, RegimeShape(2, 2, MEAN, False, True), 12, 1)
    assert fit.loglik == pytest.approx(-179.32354, abs=5e-6)
    np.testing.assert_allclose(fit.model.P[0, :, 0], [0.3812383, 0.3564492], atol=1e-5)
    np.testing.assert_allclose(fit.model.mu, [-0.0055216, 1.195482], atol=1e-5)
    np.testing.assert_allclose(fit.model.phi, [[0.3710719, 0.7002937], [0.4621503, -0.3206652]], atol=1e-5)
    np.testing.assert_allclose(np.sqrt(fit.model.sigma2), 0.6677098, atol=1e-6)


def test_eviews_ar1_with_own_coefficients(fixtures: dict[str, np.ndarray], gnp: np.ndarray) -> None:
    fit = fit_regimes(gnp, RegimeShape(2, 1, MEAN, False, True), 12, 1)
    assert fit.loglik == pytest.approx(-186.7575, abs=5e-5)
    np.testing.assert_allclose(fit.model.P[0], [[1 - 0.53662099, 0.53662099], [1 - 0.85472458, 0.85472458]], atol=1e-5)
    np.testing.assert_allclose(fit.model.mu, [-0.479157, 1.041419], atol=3e-5)
    known = hamilton_filter(gnp, fit.model)
    np.testing.assert_allclose(known.filtered[:, 1], fixtures["hamilton_ar1_switch_filtered"], atol=3e-5)
    np.testing.assert_allclose(kim_smoother(known).smoothed[:, 1], fixtures["hamilton_ar1_switch_smoothed"], atol=3e-5)


def test_filardo_1994_transition_probabilities_that_change() -> None:
    folder = resources.files("statsmodels.tsa.regime_switching.tests.results")
    rows = list(csv.DictReader(folder.joinpath("mar_filardo.csv").read_text(encoding="utf-8").splitlines()))
    y = np.array([float(row["dlip"]) for row in rows[1:]])
    leading = np.array([float(row["dmdlleading"]) for row in rows[:-1]])
    index = np.column_stack([np.ones_like(leading), leading])
    stay0 = 1 / (1 + np.exp(-index @ [4.35941747, 1.7702123]))
    to0 = 1 / (1 + np.exp(-index @ [-1.6493936, 0.9945672]))
    P = np.stack([np.column_stack([stay0, 1 - stay0]), np.column_stack([to0, 1 - to0])], axis=1)
    phi = np.tile([0.189474, 0.079344, 0.110944, 0.122251], (2, 1))
    model = Switching(P, np.array([0.517298, -0.865888]), phi, np.full(2, np.exp(-0.362469) ** 2), ERGODIC, MEAN)
    theirs = markov_autoregression.MarkovAutoregression(y, 2, 4, switching_ar=False, exog_tvtp=index)
    smoothed = theirs.smooth(np.r_[4.35941747, -1.6493936, 1.7702123, 0.9945672, model.mu, model.sigma2[0], phi[0]])
    known = hamilton_filter(y, model)
    assert known.loglik == pytest.approx(-586.5718, abs=5e-5)
    assert known.loglik == pytest.approx(smoothed.llf, abs=1e-8)
    np.testing.assert_allclose(known.filtered[:, 0], [float(row["filtered_0"]) for row in rows[5:]], atol=1e-5)
    np.testing.assert_allclose(
        kim_smoother(known).smoothed[:, 0], [float(row["smoothed_0"]) for row in rows[5:]], atol=1e-5
    )


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("p", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(("own_variance", "own_ar"), [(False, False), (True, False), (True, True)])
def test_statsmodels_markov_autoregression(k: int, p: int, own_variance: bool, own_ar: bool) -> None:
    rng = np.random.default_rng([k, p, own_variance, own_ar])
    y = 2.0 * rng.normal(size=60).cumsum() * 0.3 + rng.normal(size=60)
    columns = rng.dirichlet(np.ones(k), k).T[:-1]
    sigma2 = rng.uniform(0.3, 2.0, k if own_variance else 1)
    ar = 0.3 * rng.normal(size=p * (k if own_ar else 1))
    params = np.concatenate([columns.ravel(), rng.normal(size=k), sigma2, ar])
    if p:
        theirs = Corrected(y, k, p, switching_ar=own_ar, switching_variance=own_variance).smooth(params)
    else:
        theirs = markov_regression.MarkovRegression(y, k, switching_variance=own_variance).smooth(params)
    known = hamilton_filter(y, from_statsmodels(params, k, p, own_variance, own_ar))
    assert known.loglik == pytest.approx(theirs.llf, abs=1e-8)
    np.testing.assert_allclose(known.filtered, theirs.filtered_marginal_probabilities, atol=1e-8)
    np.testing.assert_allclose(known.predicted, theirs.predicted_marginal_probabilities, atol=1e-8)
    np.testing.assert_allclose(kim_smoother(known).smoothed, theirs.smoothed_marginal_probabilities, atol=1e-8)


def test_statsmodels_intercept_form_as_regression_on_own_lags(gnp: np.ndarray) -> None:
    """With a lag as a regressor that switches, statsmodels' Markov regression is the intercept form."""
    params = np.r_[0.8, 0.3, -0.2, 0.9, 0.4, 0.1, 0.6, 1.1]
    theirs = markov_regression.MarkovRegression(gnp[1:], 2, exog=gnp[:-1], switching_variance=True).smooth(params)
    P = np.array([[[0.8, 0.2], [0.3, 0.7]]])
    phi, sigma2 = np.array([[0.4], [0.1]]), np.array([0.6, 1.1])
    known = hamilton_filter(gnp, Switching(P, np.array([-0.2, 0.9]), phi, sigma2, ERGODIC, INTERCEPT))
    assert known.loglik == pytest.approx(theirs.llf, abs=1e-9)
    np.testing.assert_allclose(kim_smoother(known).smoothed, theirs.smoothed_marginal_probabilities, atol=1e-10)


def test_paths_of_hamilton_1989_settle_at_the_ergodic_law_and_mean(gnp: np.ndarray) -> None:
    """What statsmodels does not offer: the expansion's long-run share is .7187, so the mean is .7352."""
    paths = 20_000
    ahead = simulate_regimes(gnp, PUBLISHED, 60, paths, 5)
    share = 0.245327 / (0.245327 + 0.095915)
    mean = share * 1.163516 + (1 - share) * -0.358811
    assert ahead.regimes[:, -1].mean() == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / paths))
    assert ahead.values[:, -1].mean() == pytest.approx(mean, abs=5 * ahead.values[:, -1].std() / np.sqrt(paths))
    first = hamilton_filter(gnp, PUBLISHED).filtered[-1] @ PUBLISHED.P[0]
    assert ahead.regimes[:, 0].mean() == pytest.approx(first[1], abs=5 * np.sqrt(first[0] * first[1] / paths))
