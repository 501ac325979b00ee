"""Student-t shocks in lanes against one path at a time, by the conditional law of a pair given those before it."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.paths.lanes import LANES, lane_students
from tests.twins import naive
from tests.twins.paths.naive import student_pairs


def words(lanes: int = LANES) -> np.ndarray:
    return np.zeros((4, lanes), np.uint64)


@pytest.mark.parametrize("df", [0.5, 1.0, 2.7, 5.0, 40.0])
@pytest.mark.parametrize("joint", [True, False])
@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_lane_students_follow_the_conditional_law(df: float, joint: bool, d: int) -> None:
    months, key, path = 5, 99, 41
    out = np.full((months * d + 4, LANES), np.nan)
    lane_students(key, path, months, d, df, joint, words(), np.empty(LANES), out)
    pairs = (d + 1) // 2 if joint else d
    for lane in (0, 8, LANES - 1):
        u = naive.uniforms(key, path + lane, 2 * months * pairs).reshape(months, pairs, 2)
        for t in range(months):
            twin = student_pairs(u[t], df)[:d] if joint else [student_pairs(pair[None], df)[0] for pair in u[t]]
            np.testing.assert_allclose(out[t * d : (t + 1) * d, lane], twin, rtol=1e-11, atol=1e-13)
