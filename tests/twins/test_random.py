"""Random numbers against whole-integer twins, bit by bit, and against their distributions at fixed seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.random import draw_normals, draw_uniforms, fill_normals, fill_uniforms, philox, student
from forecast.streams import stream_key
from tests.twins import naive

KEYS = [0, 1, 2**31, 2**32, 2**63 - 1, stream_key(7, "states")]
PATHS = [0, 1, 9_999, 2**32 - 1, 2**32, 2**40 + 3]
WORD = 2**32


@pytest.mark.parametrize("key", KEYS)
def test_philox_is_whole_integer_arithmetic(key: int) -> None:
    for path in PATHS:
        counter = (path << 64) + 12345
        words = [counter >> shift & (WORD - 1) for shift in (0, 32, 64, 96)]
        got = philox(*(np.uint64(word) for word in words), np.uint64(key % WORD), np.uint64(key // WORD))
        assert [int(word) for word in got] == naive.philox_words(counter, key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", PATHS)
def test_fill_uniforms_bit_by_bit(key: int, path: int) -> None:
    for size in (1, 2, 3, 4, 5, 11):
        got = np.full(size, np.nan)
        fill_uniforms(key, path, got)
        np.testing.assert_array_equal(got, naive.uniforms(key, path, size))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", PATHS)
def test_fill_normals_are_box_muller_of_the_same_uniforms(key: int, path: int) -> None:
    for size in (1, 2, 3, 4, 5, 11):
        got = np.full(size, np.nan)
        fill_normals(key, path, got)
        np.testing.assert_allclose(got, naive.normals(key, path, size), rtol=1e-12, atol=1e-14)


def test_draw_normals_and_draw_uniforms_lay_paths_under_one_another() -> None:
    key = stream_key(3, "rows")
    normals, uniforms = draw_normals(key, 5, 7), draw_uniforms(key, 5, 7)
    for path in range(5):
        np.testing.assert_allclose(normals[path], naive.normals(key, path, 7), rtol=1e-12, atol=1e-14)
        np.testing.assert_array_equal(uniforms[path], naive.uniforms(key, path, 7))


@pytest.mark.parametrize("df", [1.0, 3.0, 5.0, 30.0])
def test_student_inverts_the_radius(df: float) -> None:
    for u in (1e-6, 0.01, 0.3, 0.9, 0.999):
        for v in (0.001, 0.2, 0.49, 0.8):
            assert student(u, v, df) == pytest.approx(naive.student_variate(u, v, df), rel=1e-9, abs=1e-9)


def test_normals_have_their_distribution() -> None:
    z = draw_normals(stream_key(11, "moments"), 4_000, 101)
    size = z.size
    assert stats.kstest(z.ravel(), "norm").pvalue > 1e-3
    for power, expected in ((1, 0.0), (2, 1.0), (3, 0.0), (4, 3.0)):
        error = math.sqrt(float(stats.norm.moment(2 * power)) - expected**2) / math.sqrt(size)
        assert abs((z**power).mean() - expected) < 5 * error


def test_numbers_of_a_path_and_of_neighbouring_paths_are_unrelated() -> None:
    z = draw_normals(stream_key(11, "pairs"), 4_000, 40)
    bound = 5 / math.sqrt(4_000 * 39)
    assert abs((z[:, :-1] * z[:, 1:]).mean()) < bound
    assert abs((z[:-1] * z[1:]).mean()) < bound
    assert abs(((z[:-1] ** 2 - 1) * (z[1:] ** 2 - 1)).mean()) < 2 * bound
    other = draw_normals(stream_key(12, "pairs"), 4_000, 40)
    assert abs((z * other).mean()) < bound


@pytest.mark.parametrize("df", [2.5, 5.0, 12.0])
def test_student_has_scipy_s_distribution(df: float) -> None:
    u = draw_uniforms(stream_key(5, "student"), 20_000, 2)
    drawn = np.array([student(a, b, df) for a, b in u])
    assert stats.kstest(drawn, stats.t(df).cdf).pvalue > 1e-3
