"""Philox4x32-10 against the known answers shipped with Random123 (Salmon, Moraes, Dror & Shaw 2011; kat_vectors)."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.random import lane_words, philox

ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> list[int]:
    return [int(word, 16) for word in text.split()]


@pytest.mark.parametrize(("counter", "key", "answer"), ANSWERS)
def test_random123_philox4x32_10_known_answers(counter: str, key: str, answer: str) -> None:
    got = philox(*(np.uint64(word) for word in words(counter) + words(key)))
    assert [int(word) for word in got] == words(answer)


def test_random123_first_known_answer_in_lanes() -> None:
    out = np.ones((4, 3), np.uint64)
    lane_words(0, 0, 0, out)
    assert out[:, 0].tolist() == words(ANSWERS[0][2])
    assert out[:, 1].tolist() != out[:, 0].tolist()
