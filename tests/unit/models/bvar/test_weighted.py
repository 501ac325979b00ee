"""Rows and their moments when months have scales of their own, against the kernel's."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.bvar.data import var_moments
from forecast.models.bvar.weighted import rows_of, weighted_gram
from tests.twins.bvar.naive import random_sample


@pytest.mark.parametrize(("seed", "n", "p", "m"), [(1, 1, 1, 1), (2, 2, 3, 1), (3, 3, 2, 4), (4, 2, 1, 0)])
def test_weighted_moments_are_those_of_the_kernel(seed: int, n: int, p: int, m: int) -> None:
    s, _ = random_sample(seed, n, p, m, 30)
    rows, expected = rows_of(s.y, s.terms, s.own, p), var_moments(*s)
    gram = weighted_gram(rows, np.log(s.scale[p:]))
    whole = np.block([[expected.XX, expected.XR], [expected.XR.T, expected.RR]])
    np.testing.assert_allclose(gram, whole, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(rows.start, expected.start)
    np.testing.assert_allclose(rows.terms, expected.terms)
    assert (rows.lags, len(rows.at)) == (expected.lags, expected.rows)


def test_a_month_that_was_bridged_has_no_row() -> None:
    s, _ = random_sample(7, 2, 2, 1, 20)
    told = np.ones(22, dtype=np.bool_)
    told[[0, 5, 11]] = False
    rows = rows_of(s.y, s.terms, s.own, 2, told)
    np.testing.assert_array_equal(rows.at, [t for t in range(2, 22) if t not in (5, 11)])
    whole = rows_of(s.y, s.terms, s.own, 2)
    np.testing.assert_array_equal(rows.both, whole.both[rows.at - 2])
