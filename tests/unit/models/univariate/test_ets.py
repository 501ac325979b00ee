"""Weighted exponential smoothing against its forms fitted one by one."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels.ets.automatic import ets_choose
from forecast.kernels.ets.fit import ets_fit
from forecast.kernels.ets.forms import NAMES, ets_form
from forecast.kernels.ets.paths import ets_extend
from forecast.models.univariate.ets import ets
from tests.unit.models.univariate.records import AIR_PASSENGERS, FloatArray, flow, task


def point_of(values: FloatArray, form: int, horizon: int) -> FloatArray:
    found, out = ets_fit(values, form, 12, 1), np.zeros(horizon)
    ets_extend(form, 12, found.smoothing, found.last.copy(), np.zeros(horizon), out)
    return out


def weights_of(values: FloatArray) -> FloatArray:
    """Weight of each of the thirty forms, from the criteria that the kernel's own choice goes by."""
    _, criteria = ets_choose(values, 12, starts=1)
    raw = np.exp(-(criteria - criteria.min()) / 16.0)
    raw[raw < 0.02 * raw.sum()] = 0.0
    return np.asarray(raw / raw.sum())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_point_is_the_weighted_mean_of_the_forms(seed: int) -> None:
    values = flow(84, seed=seed)
    weights = weights_of(values)
    points = [w * point_of(values, form, 18) for form, w in enumerate(weights) if w > 0.0]
    assert len(points) > 1
    assert ets(task(values)).point == pytest.approx(np.sum(points, axis=0), rel=1e-10)


def test_each_form_has_its_share_of_the_paths() -> None:
    """Means of the paths against the means of the forms' laws, weighted, within five standard errors."""
    ahead = ets(task(AIR_PASSENGERS, horizon=12, paths=20_000))
    error = ahead.paths.std(axis=0) / np.sqrt(20_000)
    assert (np.abs(ahead.paths.mean(axis=0) - ahead.point) < 5.0 * error + 0.004 * ahead.point).all()


def test_the_heaviest_form_is_said_first_with_its_weight() -> None:
    values = AIR_PASSENGERS
    weights = weights_of(values)
    best = NAMES[int(np.argmax(weights))]
    said = ets(task(values)).said
    assert said.startswith(f"ETS({best[0]},{best[1:-1]},{best[-1]}) {weights.max():.0%}, alpha ")
    for form, weight in enumerate(weights):
        assert (f"{NAMES[form]} {weight:.0%}" in said) == (0.0 < weight < weights.max())


def test_zeros_leave_only_additive_forms() -> None:
    values = flow(84)
    values[20] = 0.0
    said = ets(task(values)).said
    forms = [said[4 : said.index(")")].replace(",", "")] + [part.split()[0] for part in said.split("; ")[1].split(", ")]
    assert all(ets_form(form) >= 0 and "M" not in form for form in forms)


def test_a_yearly_record_has_no_season() -> None:
    said = ets(task(flow(30, 12), step=12)).said
    assert said[said.index(")") - 1] == "N"
