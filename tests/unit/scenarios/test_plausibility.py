"""Plausibility: a squared distance as a tail probability and as the bias of a coin."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.conditioning.plausibility import coin_bias
from forecast.scenarios.common import JointPaths, Pins, SumPin
from forecast.scenarios.plausibility import ORDINARY, judged, plausibility

FloatArray = np.ndarray


class Fixed:
    """A law that finds everything just so far out."""

    def __init__(self, q: float | FloatArray, dof: int) -> None:
        self.found = q, dof

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        return free

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float | FloatArray, int]:
        return self.found


@pytest.mark.parametrize(("q", "dof"), [(0.3, 12), (4.483503, 4), (60.0, 5)])
def test_a_distance_is_judged_by_chi_square_and_by_the_coin(q: float, dof: int) -> None:
    found = plausibility(Fixed(q, dof), np.zeros(dof))
    assert (found.q, found.dof) == (q, dof)
    assert found.tail_prob == pytest.approx(stats.chi2.sf(q, dof), rel=1e-10)
    assert found.score == pytest.approx(0.5 * (1 + np.sqrt(1 - np.exp(-q / dof))), rel=1e-12)
    assert found.score == pytest.approx(coin_bias(q, dof), rel=1e-12)


def test_nothing_pinned_is_ordinary_and_far_is_extreme() -> None:
    assert judged(0.0, 0) == ORDINARY
    assert judged(0.0, 3).score == 0.5
    scores = [judged(q, 12).score for q in (1.0, 12.0, 100.0)]
    assert scores == sorted(scores)
    assert scores[-1] > 0.99


def test_centres_path_by_path_are_judged_on_average() -> None:
    assert plausibility(Fixed(np.array([1.0, 3.0]), 2), np.zeros(2)) == judged(2.0, 2)
