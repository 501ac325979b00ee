"""Shocks in lanes have the laws that they are named after: Kolmogorov-Smirnov against scipy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.paths.lanes import LANES, lane_students
from forecast.kernels.random import lane_normals


@pytest.mark.parametrize("df", [2.5, 6.0])
def test_student_shocks_have_scipy_s_law(df: float) -> None:
    d, months, blocks = 3, 12, 80
    words, Q, out = np.zeros((4, LANES), np.uint64), np.empty(LANES), np.empty((months * d + 4, LANES))
    kept = {}
    for joint in (True, False):
        rows = []
        for block in range(blocks):
            lane_students(3, block * LANES, months, d, df, joint, words, Q, out)
            rows.append(out[: months * d].reshape(months, d, LANES).transpose(0, 2, 1).reshape(-1, d).copy())
        kept[joint] = np.concatenate(rows)
        for i in range(d):
            assert stats.kstest(kept[joint][:, i], stats.t(df).cdf).pvalue > 1e-3
    # Squared radius over d is F(d, df) for the multivariate t; in any direction its coordinate is a t.
    assert stats.kstest((kept[True] ** 2).sum(axis=1) / d, stats.f(d, df).cdf).pvalue > 1e-3
    for direction in ([1.0, 1.0, 1.0], [0.0, 1.0, -1.0], [1.0, 0.0, 1.0]):
        unit = np.array(direction) / np.linalg.norm(direction)
        assert stats.kstest(kept[True] @ unit, stats.t(df).cdf).pvalue > 1e-3
    assert stats.kstest((kept[False] ** 2).sum(axis=1) / d, stats.f(d, df).cdf).pvalue < 1e-3
    rank = stats.spearmanr(np.abs(kept[False][:, 0]), np.abs(kept[False][:, 1])).statistic
    assert abs(rank) < 5 / math.sqrt(len(kept[False]))


def test_normals_in_lanes_have_their_law() -> None:
    words, out = np.zeros((4, LANES), np.uint64), np.empty((104, LANES))
    rows = []
    for block in range(60):
        lane_normals(11, block * LANES, 100, words, out)
        rows.append(out[:100].copy())
    z = np.concatenate(rows, axis=1)
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    assert abs((z[1:] * z[:-1]).mean()) < 5 / math.sqrt(z.size)
    assert abs((z[:, 1:] * z[:, :-1]).mean()) < 5 / math.sqrt(z.size)
