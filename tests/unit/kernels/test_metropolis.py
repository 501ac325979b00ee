"""Adaptive Metropolis: laws that are known, domains with an edge, and chains that have or have not mixed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from forecast.kernels.metropolis import ACCEPTANCE, begin_chains, propose
from forecast.kernels.metropolis import accept as take_or_refuse
from forecast.kernels.mixing import split_spread
from forecast.kernels.status import NON_FINITE, OK, TOO_SHORT

MEAN = np.array([1.0, -2.0])
COVARIANCE = np.array([[4.0, -1.9], [-1.9, 1.0]])


def log_normal(x: np.ndarray) -> np.ndarray:
    return np.asarray(-0.5 * np.einsum("ci,ij,cj->c", x - MEAN, np.linalg.inv(COVARIANCE), x - MEAN))


def run(log_density: Callable[[np.ndarray], np.ndarray], x0: np.ndarray, turns: int, key: int = 3) -> np.ndarray:
    chains = begin_chains(x0, log_density(x0), np.full(x0.shape[1], 0.1), key)
    kept = np.empty((len(x0), turns, x0.shape[1]))
    for turn in range(turns):
        propose(chains)
        take_or_refuse(chains, log_density(chains.proposal))
        kept[:, turn] = chains.x
    assert (chains.counts[:, 0] == turns).all()
    if turns > 1000:
        assert np.abs(chains.counts[:, 1] / turns - ACCEPTANCE).max() < 0.08
    return kept


def test_a_narrow_normal_law_is_found_from_a_wrong_scale() -> None:
    kept = run(log_normal, np.zeros((4, 2)), 2500)[:, 500:]
    for i in range(2):
        status, r_hat, effective = split_spread(np.ascontiguousarray(kept[:, :, i]))
        assert status == OK
        assert r_hat < 1.05
        assert abs(kept[:, :, i].mean() - MEAN[i]) < 5.0 * np.sqrt(COVARIANCE[i, i] / effective)
        assert kept[:, :, i].var() == pytest.approx(COVARIANCE[i, i], rel=0.25)


def test_no_chain_leaves_the_domain() -> None:
    def log_exponential(x: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(np.where(x[:, 0] > 0.0, -x[:, 0], np.log(x[:, 0])))

    kept = run(log_exponential, np.ones((2, 1)), 1500)
    assert (kept > 0.0).all()
    assert kept.mean() == pytest.approx(1.0, abs=0.3)


def test_a_start_outside_the_domain_is_left() -> None:
    for outside in (np.nan, -np.inf):
        chains = begin_chains(np.zeros((1, 1)), np.array([outside]), np.ones(1), 5)
        propose(chains)
        take_or_refuse(chains, np.array([-1e9]))
        assert chains.log_density[0] == -1e9
        assert chains.x[0, 0] == chains.proposal[0, 0]


def test_a_chain_does_not_depend_on_its_neighbours() -> None:
    x0 = np.array([[0.0, 0.0], [3.0, -3.0]])
    np.testing.assert_array_equal(run(log_normal, x0, 400)[:1], run(log_normal, x0[:1], 400))
    assert not np.array_equal(run(log_normal, x0[:1], 400), run(log_normal, x0[:1], 400, key=4))


def test_chains_that_sit_apart_are_seen() -> None:
    draws = np.random.default_rng(1).normal(size=(2, 200)) + np.array([[0.0], [5.0]])
    _, r_hat, effective = split_spread(draws)
    assert r_hat > 2.0
    assert effective < 20.0
    _, r_hat, effective = split_spread(draws - np.array([[0.0], [5.0]]))
    assert r_hat < 1.02
    assert effective > 250.0


def test_what_cannot_be_judged_is_a_status() -> None:
    assert split_spread(np.zeros((2, 7)))[0] == TOO_SHORT
    bad = np.ones((2, 20))
    assert split_spread(bad) == (OK, 1.0, 40.0)
    bad[1, 3] = np.nan
    assert split_spread(bad) == (NON_FINITE, np.inf, 0.0)
    assert split_spread(np.array([[0.0] * 20, [1.0] * 20]))[1] == np.inf
