"""Lines along which a chance, known at the corners of a grid, has one value."""

from __future__ import annotations

from collections.abc import Sequence

Point = tuple[float, float]

_NEAR = 1e-9


def find_contours(
    x: Sequence[float], y: Sequence[float], values: Sequence[Sequence[float]], level: float
) -> list[list[Point]]:
    """Polylines through every cell of a grid whose corners lie on both sides of ``level``, longest first.

    x, y: of the corners, rising. values: a row an x, a column a y. Between corners values are taken as linear; a saddle
    is cut apart by the mean of its four corners.

    Source: Lorensen & Cline 1987, "Marching cubes", SIGGRAPH 21(4), in two dimensions.
    """
    segments = [
        segment
        for i in range(len(x) - 1)
        for j in range(len(y) - 1)
        for segment in _crossings((x[i], x[i + 1]), (y[j], y[j + 1]), _corners(values, i, j), level)
        if not _same(*segment)  # a corner at the level
    ]
    return sorted(_join(segments), key=len, reverse=True)


def _corners(values: Sequence[Sequence[float]], i: int, j: int) -> tuple[float, float, float, float]:
    """Anticlockwise from the lower left."""
    return values[i][j], values[i + 1][j], values[i + 1][j + 1], values[i][j + 1]


def _crossings(
    x: tuple[float, float], y: tuple[float, float], corners: tuple[float, float, float, float], level: float
) -> list[tuple[Point, Point]]:
    places = (x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])
    above = [corner >= level for corner in corners]
    cut: list[Point] = []
    for a in range(4):
        b = (a + 1) % 4
        if above[a] != above[b]:
            share = (level - corners[a]) / (corners[b] - corners[a])
            (xa, ya), (xb, yb) = places[a], places[b]
            cut.append((xa + share * (xb - xa), ya + share * (yb - ya)))
    if len(cut) == 2:
        return [(cut[0], cut[1])]
    if len(cut) == 4:  # edges in turn: below, right, above, left
        joined = (sum(corners) / 4.0 >= level) == above[0]
        return [(cut[0], cut[1]), (cut[2], cut[3])] if joined else [(cut[3], cut[0]), (cut[1], cut[2])]
    return []


def _join(segments: list[tuple[Point, Point]]) -> list[list[Point]]:
    """Segments that share an end become one line."""
    left = list(segments)
    lines: list[list[Point]] = []
    while left:
        line = list(left.pop())
        grown = True
        while grown:
            grown = False
            for k, (a, b) in enumerate(left):
                for end, other in ((a, b), (b, a)):
                    if _same(line[-1], end):
                        line.append(other)
                        grown = True
                    elif _same(line[0], end):
                        line.insert(0, other)
                        grown = True
                    if grown:
                        break
                if grown:
                    left.pop(k)
                    break
        lines.append(line)
    return lines


def _same(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < _NEAR and abs(a[1] - b[1]) < _NEAR
