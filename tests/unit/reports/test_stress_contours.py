"""Contours of a grid against functions whose contours are known."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.reports.stress_contours import find_contours

X, Y = tuple(np.linspace(-1.0, 2.0, 13)), tuple(np.linspace(-1.5, 1.5, 11))


def grid(values: np.ndarray) -> list[list[float]]:
    return [[float(value) for value in row] for row in values]


def test_the_contour_of_a_plane_is_its_line() -> None:
    plane = 2.0 * np.array(X)[:, None] - np.array(Y)[None, :]
    (line,) = find_contours(X, Y, grid(plane), 0.3)
    assert [2.0 * x - y for x, y in line] == pytest.approx([0.3] * len(line))
    ends = sorted((line[0], line[-1]), key=lambda point: point[1])
    assert ends[0][1] == pytest.approx(-1.5)
    assert ends[1][1] == pytest.approx(1.5)
    steps = np.diff([point[1] for point in line])
    assert (steps > 0.0).all() or (steps < 0.0).all()  # in order, so that one stroke draws it


def test_a_hill_has_one_closed_line() -> None:
    hill = np.hypot(np.array(X)[:, None] - 0.5, np.array(Y)[None, :])
    (line,) = find_contours(X, Y, grid(hill), 1.0)
    assert line[0] == pytest.approx(line[-1])
    assert [np.hypot(x - 0.5, y) for x, y in line] == pytest.approx([1.0] * len(line), abs=0.05)


@pytest.mark.parametrize(("fourth", "apart"), [(0.2, ((0.0, 0.0), (1.0, 1.0))), (-0.4, ((1.0, 0.0), (0.0, 1.0)))])
def test_a_saddle_is_cut_apart_by_its_mean(fourth: float, apart: tuple[tuple[float, float], ...]) -> None:
    # A mean above the level joins the two high corners, so that the low ones are cut off, and the other way round.
    lines = find_contours((0.0, 1.0), (0.0, 1.0), [[0.0, 1.0], [1.0, fourth]], 0.5)
    assert len(lines) == 2
    for corner in apart:
        assert any(all(abs(x - corner[0]) + abs(y - corner[1]) < 1.0 for x, y in line) for line in lines)


def test_a_contour_through_corners_is_one_line() -> None:
    values = [[float(i - j) for j in range(5)] for i in range(5)]
    (line,) = find_contours(range(5), range(5), values, 0.0)
    assert sorted(line) == [(float(i), float(i)) for i in range(5)]


def test_nothing_crosses_where_all_lies_on_one_side() -> None:
    assert find_contours(X, Y, grid(np.ones((13, 11))), 0.5) == []
