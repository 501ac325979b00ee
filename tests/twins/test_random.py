"""Random numbers against whole-integer twins, bit by bit, and against their distributions at fixed seeds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.random import (
    draw_normals,
    draw_uniforms,
    fill_normals,
    fill_uniforms,
    lane_normals,
    lane_words,
    normal_pair,
    philox,
    student,
    uniform_of,
)
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
    for size in (1, 2, 3, 4, 5, 11, 64, 97):
        got = np.full(size, np.nan)
        fill_uniforms(key, path, got)
        np.testing.assert_array_equal(got, naive.uniforms(key, path, size))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", PATHS)
def test_fill_normals_are_box_muller_of_the_same_uniforms(key: int, path: int) -> None:
    for size in (1, 2, 3, 4, 5, 11, 64, 97):
        got = np.full(size, np.nan)
        fill_normals(key, path, got)
        np.testing.assert_allclose(got, naive.normals(key, path, size), rtol=0, atol=5e-15)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", PATHS)
def test_lane_words_are_those_of_philox(key: int, path: int) -> None:
    for lanes in (1, 5, 64):
        out = np.zeros((4, lanes), np.uint64)
        for block in (0, 1, 26):
            lane_words(key, path, block, out)
            for lane in {0, lanes // 2, lanes - 1}:
                assert out[:, lane].tolist() == naive.philox_words(block | (path + lane) << 64, key)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", PATHS)
def test_lane_normals_are_those_of_fill_normals_bit_by_bit(key: int, path: int) -> None:
    for size in (1, 2, 4, 7, 15, 16, 33, 60):
        for lanes in (1, 3, 16, 64):
            out = np.full((size + 3, lanes), np.nan)
            lane_normals(key, path, size, np.zeros((4, lanes), np.uint64), out)
            for lane in {0, lanes // 2, lanes - 1}:
                alone = np.empty(size)
                fill_normals(key, path + lane, alone)
                np.testing.assert_array_equal(out[:size, lane], alone)


def test_uniform_of_is_the_middle_of_a_word_s_place() -> None:
    for word in (0, 1, 2**31, WORD - 1):
        assert uniform_of(np.uint64(word)) == (2 * word + 1) / 2**33


def test_normal_pair_is_box_muller_with_the_standard_library() -> None:
    rng = np.random.default_rng(1)
    ends = [(0, 0), (WORD - 1, WORD - 1), (0, WORD - 1), (WORD - 1, 2**30)]
    for a, b in [*ends, *rng.integers(0, WORD, (3_000, 2)).tolist()]:
        radius = math.sqrt(-2.0 * math.log((a + 0.5) / WORD))
        angle = 2.0 * math.pi * (b + 0.5) / WORD
        got = normal_pair(np.uint64(a), np.uint64(b))
        np.testing.assert_allclose(got, [radius * math.cos(angle), radius * math.sin(angle)], rtol=0, atol=5e-15)


@pytest.mark.parametrize("fill", [fill_normals, fill_uniforms])
def test_the_bits_do_not_depend_on_how_many_numbers_are_asked_for(fill: Callable[..., None]) -> None:
    longest = np.empty(203)
    fill(5, 2**33 + 1, longest)
    for size in range(203):
        room = np.full(size + 2, -7.0)
        fill(5, 2**33 + 1, room[1 : size + 1])
        np.testing.assert_array_equal(room[1:-1], longest[:size])
        assert room[0] == room[-1] == -7.0


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
