"""The filter by hand on one or two states, and what it does with numbers that are none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels.sparse.kalman import LOG_2PI, advance, filter_on, gain, gains_from, loglik, loglik_draws, update
from forecast.kernels.sparse.kalman import moments_of_draws as moments
from forecast.kernels.sparse.system import System
from forecast.kernels.status import NON_FINITE, OK, SINGULAR
from tests.twins.dense import log_density, write_out
from tests.twins.systems import Operation, Seen, build_system, random_case

ONE = gate([1.0])
VAR = gate([0.0, 1.0])


def level(*figures: Seen, n: int = 3, P0: float = 1.0) -> System:
    """A random walk with steps of variance 1 from N(0, P0)."""
    return build_system([0.0], [[P0]], n, [Operation(0, [(0, 1.0, 0)], 1)], figures)


def test_one_observation_by_hand() -> None:
    s = level(Seen(0, [(0, 1.0)], 1.0, 3.0))  # variance before it 1 + 1, its own 1
    assert loglik(s, ONE, VAR)[1] == pytest.approx(-0.5 * (LOG_2PI + math.log(3.0) + 3.0))
    a, P = moments(s, ONE[None], VAR[None], 1)
    assert a[0, 0] == pytest.approx(2.0)
    assert P[0, 0, 0] == pytest.approx(2.0 / 3.0)
    K, v, F = gains_from(s, ONE, VAR, 0, 3, s.a0, s.P0)
    assert (K.item(), v.item(), F.item()) == pytest.approx((2 / 3, 3.0, 3.0))


def test_log_two_pi() -> None:
    assert pytest.approx(math.log(2 * math.pi), rel=1e-15) == LOG_2PI


def test_a_gap_only_adds_variance() -> None:
    s = level(n=4)
    a, P = s.a0.copy(), s.P0.copy()
    filter_on(s, ONE, VAR, 0, 4, a, P)
    assert (a.item(), P.item()) == (0.0, 5.0)
    assert loglik(s, ONE, VAR)[1] == 0.0


def test_operations_see_what_earlier_ones_have_done() -> None:
    """The second operation reads the first one's new value; the third copies both into a state with its own noise."""
    ops = [
        Operation(0, [(0, 2.0, 0)], 1),
        Operation(1, [(0, 1.0, 0), (1, 1.0, 1)]),
        Operation(2, [(0, 1.0, 0), (1, -1.0, 0)], 1, 9.0),
    ]
    s = build_system([1.0, 10.0, 0.0], np.diag([1.0, 1.0, 0.0]), 1, ops, [])
    a, P = s.a0.copy(), s.P0.copy()
    advance(s, 0, gate([1.0, 0.5]), VAR, a, P, np.empty(3))
    np.testing.assert_allclose(a, [2.0, 7.0, -5.0])
    np.testing.assert_allclose(P, [[5.0, 5.0, 0.0], [5.0, 5.25, -0.25], [0.0, -0.25, 9.25]])


def test_gain_and_update_by_hand() -> None:
    s = level(Seen(0, [(0, 2.0)], 1.0, 4.0))
    a, P, K = np.array([1.0]), np.array([[3.0]]), np.empty(1)
    assert gain(s, 0, a, P, K) == (2.0, 13.0)
    update(a, P, K, 2.0, 13.0)
    assert a[0] == pytest.approx(1.0 + 6.0 / 13.0 * 2.0)
    assert P[0, 0] == pytest.approx(3.0 - 36.0 / 13.0)


def test_two_observations_of_one_month_in_either_order() -> None:
    figures = [Seen(1, [(0, 1.0)], 0.5, 1.0), Seen(1, [(0, 2.0)], 2.0, -1.0)]
    assert loglik(level(*figures), ONE, VAR)[1] == pytest.approx(loglik(level(*figures[::-1]), ONE, VAR)[1], rel=1e-14)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_system_agrees_with_its_twin(seed: int) -> None:
    case = random_case(seed)
    assert loglik(*case)[1] == pytest.approx(log_density(case.system, write_out(*case)), rel=1e-10)


BROKEN = {
    "an observation's variance is NaN": (Seen(0, [(0, 1.0)], math.nan, 1.0), VAR, NON_FINITE),
    "an observation's variance is so negative that F is": (Seen(0, [(0, 1.0)], -5.0, 1.0), VAR, SINGULAR),
    "the innovation variance is zero": (Seen(0, [(0, 0.0)], 0.0, 1.0), VAR, SINGULAR),
    "an observation is NaN": (Seen(0, [(0, 1.0)], 1.0, math.nan), VAR, NON_FINITE),
    "an observation is infinite": (Seen(0, [(0, 1.0)], 1.0, math.inf), VAR, NON_FINITE),
    "a factor is NaN": (Seen(0, [(0, math.nan)], 1.0, 1.0), VAR, NON_FINITE),
    "a variance of the model is NaN": (Seen(0, [(0, 1.0)], 1.0, 1.0), gate([0.0, math.nan]), NON_FINITE),
    "a variance of the model is negative": (Seen(0, [(0, 1.0)], 1.0, 1.0), gate([0.0, -7.0]), SINGULAR),
}


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # as plain Python, numpy says so too
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_likelihood_is_a_status_and_minus_infinity(what: str) -> None:
    figure, var, status = BROKEN[what]
    s = level(figure, Seen(1, [(0, 1.0)], 1.0, 0.5))
    assert loglik(s, ONE, var) == (status, -math.inf)


def test_a_broken_coefficient_is_a_status() -> None:
    s = build_system([1.0], [[1.0]], 2, [Operation(0, [(0, 1.0, 1)], 1)], [Seen(1, [(0, 1.0)], 1.0, 0.5)])
    assert loglik(s, gate([1.0, math.nan]), VAR) == (NON_FINITE, -math.inf)


def test_a_broken_draw_leaves_the_others_alone() -> None:
    s = level(Seen(0, [(0, 1.0)], 1.0, 3.0))
    coef, var = np.ones((3, 1)), gate([[0.0, 1.0], [0.0, math.nan], [0.0, 2.0]])
    status, (first, broken, last) = loglik_draws(s, coef, var)
    assert status.tolist() == [OK, NON_FINITE, OK]
    assert broken == -math.inf
    assert first == loglik(s, ONE, VAR)[1]
    assert last == pytest.approx(-0.5 * (LOG_2PI + math.log(4.0) + 9.0 / 4.0))


def two_levels(*figures: Seen) -> System:
    """Two random walks with steps of variance 1 from N(0, I)."""
    operations = [Operation(0, [(0, 1.0, 0)], 1), Operation(1, [(1, 1.0, 0)], 1)]
    return build_system([0.0, 0.0], np.eye(2), 2, operations, figures)


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("shares", [(1.0, 1.0), (0.3, -0.7), (1.0 / 3.0, 1e-3)])
def test_a_figure_known_already_is_a_status_and_teaches_nothing(unit: float, shares: tuple[float, float]) -> None:
    """The same exact sum twice: what is left of its variance is rounding, which must not become a weight."""
    once = Seen(0, [(0, shares[0] * unit), (1, shares[1] * unit)], 0.0, 2.0 * unit)
    s = two_levels(once, once)
    assert loglik(s, ONE, VAR) == (SINGULAR, -math.inf)
    a, P = s.a0.copy(), s.P0.copy()
    filter_on(s, ONE, VAR, 0, 2, a, P)
    a_once, P_once = s.a0.copy(), s.P0.copy()
    filter_on(two_levels(once), ONE, VAR, 0, 2, a_once, P_once)
    np.testing.assert_array_equal(a, a_once)
    np.testing.assert_array_equal(P, P_once)
    K, _, F = gains_from(s, ONE, VAR, 0, 2, s.a0, s.P0)
    assert (K[1] == 0.0).all()
    assert F[1] == math.inf


def test_no_draws() -> None:
    assert loglik_draws(level(), np.ones((0, 1)), np.zeros((0, 2)))[1].shape == (0,)


def test_inputs_stay_as_they_were() -> None:
    s, coef, var = random_case(1)
    before = [array.copy() for array in (*s, coef, var)]
    loglik(s, coef, var)
    loglik_draws(s, coef[None], var[None])
    moments(s, coef[None], var[None], len(s.val))
    gains_from(s, coef, var, 0, len(s.val), s.a0, s.P0)
    for now, then in zip((*s, coef, var), before, strict=True):
        np.testing.assert_array_equal(now, then)
