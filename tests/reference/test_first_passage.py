"""Sums of a log random walk and first passage of a Gaussian walk: closed form, convolution and printed golden numbers.

The numbers are those of METHODS, section 5: x0 = 8, mu .01, sd .08, twelve months; steps N(.1, 1), barrier 3.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from forecast.kernels.paths.law import NORMAL, PathLaw
from forecast.kernels.paths.quantiles import binned_quantiles
from forecast.kernels.paths.spans import passage_law
from forecast.kernels.paths.tally import Watch, tally_paths
from forecast.kernels.status import OK
from tests.twins.paths.naive import walk_reached_by

PATHS = 400_000
MEAN, SD = 104.709113, 18.296187


def walk(start: float, drift: float, sd: float, months: int) -> PathLaw:
    one = np.ones((1, 1))
    flat = np.zeros((months, 1))
    return PathLaw(one * start, one[None], flat + drift, flat, one * sd, np.ones(months), NORMAL, 0.0)


def watched(spans: list[tuple[int, int]], measure: list[int], marks: list[list[float]], bins: int = 4096) -> Watch:
    measures = np.array(measure, dtype=np.int64)
    return Watch(np.ones(1), np.empty(0), np.array(spans, dtype=np.int64), measures, np.array(marks), bins)


def test_closed_form_moments_of_the_year() -> None:
    """E x_s x_t of a log-normal walk, s <= t: exp of mean and half variance of log x_s + log x_t."""
    x0, mu, v = 8.0, 0.01, 0.08**2
    t = np.arange(1, 13)
    mean = x0 * np.exp((mu + v / 2) * t)
    s, t = np.meshgrid(t, t)
    second = x0**2 * np.exp(mu * (s + t) + v / 2 * (s + t + 2 * np.minimum(s, t)))
    assert mean.sum() == pytest.approx(MEAN, abs=5e-7)
    assert math.sqrt(second.sum() - mean.sum() ** 2) == pytest.approx(SD, abs=5e-7)


def test_simulated_year_has_the_closed_form_moments_and_the_golden_probability_and_bands() -> None:
    months = [(t, t) for t in range(12)]
    watch = watched([(0, 11), *months], [0] + [1] * 12, [[100.0], [1e9]])
    tally, status = tally_paths(walk(math.log(8.0), 0.01, 0.08, 12), watch, 2018, 0, PATHS)
    assert status == OK
    assert abs(tally.mean[0] - MEAN) < 5 * SD / math.sqrt(PATHS)
    assert abs(math.sqrt(tally.variance[0]) - SD) < 5 * SD / math.sqrt(PATHS)
    assert abs(tally.reached[0, 0] / PATHS - 0.567) < 5 * math.hypot(0.0008, math.sqrt(0.567 * 0.433 / PATHS))
    bands, statuses = binned_quantiles(tally.counts, tally.low, tally.width, np.array([0.05, 0.95]))
    assert (statuses == OK).all()
    # A tail quantile has the error sqrt(.05 .95 / n) / density, about .06 here.
    np.testing.assert_allclose(bands[0], [78.02, 137.43], atol=0.35)
    z = 1.6448536269514722
    t = np.arange(1, 13)
    monthly = 8.0 * np.exp(0.01 * t[:, None] + 0.08 * np.sqrt(t)[:, None] * np.array([-z, z]))
    # METHODS printed 142.42 from a simulation; the closed form is 142.4148.
    np.testing.assert_allclose(monthly.sum(axis=0), [74.49, 142.42], atol=0.006)
    np.testing.assert_allclose(bands[1:], monthly, rtol=0.006)
    assert bands[1:, 0].sum() < bands[0, 0] < bands[0, 1] < bands[1:, 1].sum()


def test_golden_first_passage_is_the_convolution_not_the_continuous_formula() -> None:
    exact = walk_reached_by(0.1, 1.0, 3.0, 12)
    np.testing.assert_allclose(exact[[0, 5, 11]], [0.001866, 0.213025, 0.423706], atol=6e-7)
    spans = [(t, t) for t in range(12)]
    tally, status = tally_paths(walk(0.0, 0.1, 1.0, 12), watched(spans, [0] * 12, [[math.exp(3.0)]], 0), 7, 0, PATHS)
    assert status == OK
    by, at, hazard, error, status = passage_law(tally.first, PATHS)
    assert status == OK
    assert (np.abs(by[:, 0] - exact) < 5 * error[:, 0]).all()
    assert tally.never[0, 0] / PATHS == pytest.approx(1.0 - by[-1, 0], abs=1e-12)
    exact_at = np.diff(exact, prepend=0.0)
    exact_hazard = exact_at / (1.0 - np.concatenate([[0.0], exact[:-1]]))
    np.testing.assert_allclose(at[:, 0], exact_at, atol=5 * 0.5 / math.sqrt(PATHS))
    np.testing.assert_allclose(hazard[:, 0], exact_hazard, atol=5 * 0.5 / math.sqrt(0.5 * PATHS))
    # Siegmund's continuous walk crosses between months as well.
    continuous = 0.507
    assert abs(by[-1, 0] - continuous) > 20 * error[-1, 0]
