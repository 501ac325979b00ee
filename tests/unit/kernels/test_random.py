"""Counter-based random numbers: published vectors, open intervals, order, and distributions on small sizes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from forecast.kernels.random import draw_normals, draw_uniforms, fill_normals, fill_uniforms, philox, student
from forecast.streams import stream_key

WORD = 0xFFFFFFFF
KNOWN = {  # counter and key -> words; the known-answer file of Random123 (Salmon et al. 2011), philox4x32 10
    "zeros": ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    "ones": ((WORD,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    "pi": (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_salmon_2011_known_answers(name: str) -> None:
    given, expected = KNOWN[name]
    assert tuple(int(word) for word in philox(*(np.uint64(word) for word in given))) == expected


def test_uniforms_are_the_words_of_the_counter() -> None:
    out = np.empty(4)
    fill_uniforms(0, 0, out)
    words = np.array(KNOWN["zeros"][1], dtype=np.float64)
    np.testing.assert_array_equal(out, (words + 0.5) / 2.0**32)


def test_smallest_and_largest_uniform_lie_inside_the_open_interval() -> None:
    for word in (0, WORD):
        u = (np.float64(word) + 0.5) / 2.0**32
        assert 0.0 < u < 1.0
        assert math.isfinite(math.sqrt(-2.0 * math.log(u)))
        assert math.isfinite(student(u, 0.25, 5.0))
        assert math.isfinite(student(u, 0.0, 2.1))


def test_uniforms_fill_the_open_interval_evenly() -> None:
    u = draw_uniforms(stream_key(1, "uniforms"), 40, 100).ravel()
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_normals_are_normal() -> None:
    z = draw_normals(stream_key(1, "normals"), 40, 101).ravel()
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(z.mean()) < 5 / math.sqrt(z.size)
    assert abs(z.var() - 1.0) < 5 * math.sqrt(2 / z.size)


def test_student_is_student() -> None:
    u = draw_uniforms(stream_key(1, "student"), 2_000, 2)
    assert stats.kstest([student(a, b, 5.0) for a, b in u], stats.t(5.0).cdf).pvalue > 1e-3


@pytest.mark.parametrize("fill", [fill_uniforms, fill_normals])
def test_more_numbers_only_append(fill: object) -> None:
    longest = np.empty(13)
    fill(9, 4, longest)  # type: ignore[operator]
    assert len(set(longest)) == 13
    for size in range(13):
        out = np.empty(size)
        fill(9, 4, out)  # type: ignore[operator]
        np.testing.assert_array_equal(out, longest[:size])


def test_paths_and_keys_give_other_numbers() -> None:
    rows = [draw_uniforms(key, 3, 8) for key in (0, 1, 2**32, 2**33, 2**62)]
    assert len(np.unique(np.concatenate(rows))) == 5 * 3 * 8


def test_nothing_drawn_is_no_error() -> None:
    assert draw_normals(3, 0, 5).shape == (0, 5)
    assert draw_uniforms(3, 2, 0).shape == (2, 0)
