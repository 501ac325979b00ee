"""Spans by cumulators against sums written out over the dense joint law of the months."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import linalg

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.statespace.backward import statespace_backward
from forecast.kernels.statespace.batch import statespace_loglik
from forecast.kernels.statespace.cumulator import Cumulated, Spans, statespace_cumulate
from forecast.kernels.statespace.filter import statespace_filter
from forecast.kernels.statespace.model import StateSpace
from forecast.kernels.statespace.simulation import statespace_draws
from forecast.kernels.statespace.smoother import statespace_smooth
from forecast.kernels.statespace.univariate import univariate_form
from forecast.kernels.status import OK, OUT_OF_RANGE, SINGULAR
from tests.twins.statespace.dense import FloatArray, at, joint, random_case


def spans_of(seed: int, n: int, p: int, many: int) -> Spans:
    rng = np.random.default_rng(seed)
    first = rng.integers(0, n, many)
    last = np.minimum(first + rng.integers(0, 9, many), n - 1)
    first[1], last[1] = first[0], min(last[0] + 2, n - 1)
    value = rng.normal(size=many) * 4
    value[rng.uniform(size=many) < 0.2] = np.nan
    columns = (rng.integers(0, p, many), first, last, rng.integers(0, 2, many))
    return Spans(*(gate_int(x) for x in columns), gate(value), gate(rng.choice([0.0, 0.3], many)))


def proper(s: StateSpace) -> StateSpace:
    return s._replace(P1=s.P1 + np.eye(len(s.a1)), P1_inf=np.zeros_like(s.P1_inf))


def rows(s: StateSpace, n: int, spans: Spans) -> tuple[FloatArray, FloatArray]:
    """Each span as a row over all states (k, n * m), and what d adds to it."""
    m = len(s.a1)
    A, extra = np.zeros((len(spans.first), n * m)), np.zeros(len(spans.first))
    for j, (k, first, last, average) in enumerate(zip(*spans[:4], strict=True)):
        share = 1.0 / (last - first + 1) if average else 1.0
        for t in range(first, last + 1):
            A[j, t * m : (t + 1) * m] += share * at(s.Z, t)[k]
            extra[j] += share * at(s.d, t)[k]
    return A, extra


@pytest.mark.parametrize("seed", range(60))
def test_statespace_cumulate_is_the_law_of_the_sums(seed: int) -> None:
    y, s = random_case(seed)
    s, n, m = proper(s), len(y), len(s.a1)
    spans = spans_of(seed, n, y.shape[1], 9)
    cumulated = statespace_cumulate(s, n, spans)
    assert cumulated.status == OK
    mean, load, _, _ = joint(s, n)
    A, extra = rows(s, n, spans)
    seen = ~np.isnan(spans.value)
    states = load[: n * m]
    V = A[seen] @ states @ states.T @ A[seen].T + np.diag(spans.variance[seen])
    if np.linalg.cond(V) > 1e6:  # the same span twice without error, and with two values
        assert statespace_loglik(cumulated.y, cumulated.system)[1] == SINGULAR
        return
    gap = (spans.value - extra)[seen] - A[seen] @ mean[: n * m]
    expected = -0.5 * (len(gap) * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + gap @ linalg.solve(V, gap))
    assert statespace_loglik(cumulated.y, cumulated.system) == (pytest.approx(expected, rel=1e-9), OK)
    u, _ = univariate_form(cumulated.y, cumulated.system)
    f = statespace_filter(u, cumulated.system)
    smoothed, _ = statespace_smooth(u, f, statespace_backward(u, f))
    dense = mean[: n * m] + states @ states.T @ A[seen].T @ linalg.solve(V, gap)
    np.testing.assert_allclose(smoothed[:, :m], dense.reshape(n, m), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", range(15))
def test_statespace_cumulate_places_every_span_and_draws_its_sum(seed: int) -> None:
    """A drawn span equals the sum of the drawn months; one without error equals its value, to 1e-10."""
    y, s = random_case(seed)
    s, n, m = proper(s)._replace(T=0.9 * s.T), len(y), len(s.a1)
    spans = spans_of(100 + seed, n, y.shape[1], 7)
    spans = spans._replace(variance=np.zeros(7))
    cumulated = statespace_cumulate(s, n, spans)
    u, _ = univariate_form(cumulated.y, cumulated.system)
    f = statespace_filter(u, cumulated.system)
    if np.linalg.matrix_rank(rows(s, n, spans)[0][~np.isnan(spans.value)]) < (~np.isnan(spans.value)).sum():
        assert f.status == SINGULAR, "the same span with two values"
        return
    assert f.status == OK
    states, values, status = statespace_draws(cumulated.y, cumulated.system, u, f, 5, 20, 0, gate_int(np.arange(m)))
    assert not status.any()
    A, extra = rows(s, n, spans)
    sums = states.reshape(20, n * m) @ A.T + extra
    near = 1e-10 * (1.0 + np.abs(states).max())
    np.testing.assert_allclose(values[:, spans.last, cumulated.column], sums, rtol=0, atol=10 * near)
    known = ~np.isnan(spans.value)
    np.testing.assert_allclose(sums[:, known], np.tile(spans.value[known], (20, 1)), rtol=0, atol=10 * near)


def monthly(first: list[int], last: list[int]) -> Cumulated:
    _, s = random_case(0)
    n = 36
    s = StateSpace(*(x[:1] if x.ndim == 3 else x for x in s))._replace(d=s.d[:1], c=s.c[:1])
    zeros = gate_int(np.zeros(len(first)))
    spans = Spans(zeros, gate_int(first), gate_int(last), zeros, gate(np.ones(len(first))), gate(np.ones(len(first))))
    return statespace_cumulate(s, n, spans)


def test_statespace_cumulate_shares_and_reuses_cumulators() -> None:
    years = monthly([0, 12, 24, 0, 0, 5], [11, 23, 35, 8, 1, 5])
    assert years.slot.tolist() == [0, 0, 0, 0, 0, -1]
    overlapping = monthly([0, 6, 12, 20], [11, 17, 23, 30])
    assert len(set(overlapping.slot[:2].tolist())) == 2
    assert overlapping.slot.max() == 1
    assert overlapping.y.shape == (36, 1)


@pytest.mark.parametrize(("first", "last"), [([-1], [3]), ([4], [3]), ([3], [36])])
def test_statespace_cumulate_refuses_spans_outside(first: list[int], last: list[int]) -> None:
    assert monthly(first, last).status == OUT_OF_RANGE


def test_no_kernel_was_compiled_twice() -> None:
    assert len(statespace_cumulate.signatures) <= 1
