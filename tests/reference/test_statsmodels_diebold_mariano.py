"""The test of equal scores against statsmodels' Diebold-Mariano test, where both use the same variance."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.stattools import diebold_mariano_test

from forecast.evaluation.comparison import equal_scores

OUTCOMES = np.array([0.79, 1.32, 2.63, 2.27, 2.34, 4.31, 3.20, 3.03, 2.57, 0.83, 2.10, 3.41, 2.97, 3.67, 3.46])
FIRST = np.array([0.98, 3.35, 1.81, 4.50, 0.99, 0.99, 3.78, 2.50, 4.86, 1.74, 3.46, 3.10, 3.04, 3.25, 3.20])
SECOND = np.array([0.48, 1.23, 1.82, 3.86, 2.18, 3.24, 2.46, 2.46, 1.44, 1.76, 1.89, 2.20, 3.03, 2.96, 1.78])


def test_one_step_ahead() -> None:
    theirs = diebold_mariano_test(OUTCOMES, FIRST, SECOND, lags=0, horizon=1, harvey_adj=True)
    differences = (OUTCOMES - FIRST) ** 2 - (OUTCOMES - SECOND) ** 2
    ours = equal_scores(differences, np.arange(15, dtype=np.int64), 1)
    assert ours is not None
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-10)
    assert ours.p_value == pytest.approx(theirs.pvalue, rel=1e-9)


def test_weights_of_bartlett_where_the_plain_sum_is_not_positive() -> None:
    d = np.array([1.0, -1.0, 1.2, -0.9, 1.1, -1.05, 0.95, -1.0, 1.0, -0.8])
    zeros = np.zeros(10)
    theirs = diebold_mariano_test(zeros, d, zeros, lags=1, horizon=2, harvey_adj=True, criterion=lambda y, f: f)
    ours = equal_scores(d, np.arange(10, dtype=np.int64), 2)
    assert ours is not None
    assert ours.statistic == pytest.approx(theirs.statistic, rel=1e-9)
