"""Crossings of a level on a grid, each by bisection."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.stress.crossing import bisect, find_crossings

NEAR = 1e-6


def test_every_crossing_of_a_wave_is_found_with_its_direction() -> None:
    found = find_crossings(lambda x: float(np.sin(x)), np.linspace(0.5, 9.0, 20), 0.0, NEAR)
    assert [x for x, _ in found] == pytest.approx([np.pi, 2.0 * np.pi], abs=NEAR)
    assert [rises for _, rises in found] == [False, True]


def test_no_crossing_where_the_level_is_out_of_reach() -> None:
    assert find_crossings(lambda x: float(np.sin(x)), np.linspace(0.0, 9.0, 20), 1.5, NEAR) == []


@pytest.mark.parametrize(("left", "right", "sign"), [(-1.0, 3.0, 1.0), (-1.0, 3.0, -1.0)])
def test_bisection_of_a_step_ends_beside_it(left: float, right: float, sign: float) -> None:
    assert bisect(lambda x: sign * float(x > 0.7), left, right, 0.5 * sign, NEAR) == pytest.approx(0.7, abs=NEAR)
