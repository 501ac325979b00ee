"""StructuralLaw on the flagship: pins met, everything else moved jointly, and the law that results."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.kernels.sparse.sampler import draw_paths
from forecast.models.structural import priors
from forecast.months import Span, month
from forecast.scenarios.common import JointPaths, Pins, SumPin
from forecast.scenarios.oil_paths import median_path
from forecast.scenarios.structural import moments
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.moments import joint_moments, oil_drivers
from forecast.scenarios.structural.oil_law import oil_covariance
from forecast.scenarios.structural.stage import set_stage
from forecast.streams import stream_key
from tests.exact.cases import SEED, one_flow_fit
from tests.unit.scenarios.structural.flagship_law import (
    FIRST,
    MONTHS,
    PATHS,
    FloatArray,
    draws,
    law,
    one,
    pins,
    stage,
    turnover_of_2019,
)

N = 2 * MONTHS


def flat(paths: JointPaths) -> FloatArray:
    """Oil, then flows month by month (p, T + n)."""
    return np.concatenate([paths.oil, paths.flows.reshape(len(paths.oil), -1)], axis=1)


def exact_law() -> tuple[FloatArray, FloatArray]:
    """Mean (d, T + n) and covariance (d, T + n, T + n) within each draw, about the density's median path of oil."""
    density = stage().fitted.oil
    C, median = oil_covariance(density, MONTHS), median_path(density, MONTHS)
    found = joint_moments(stage(), np.arange(N), C, median)
    d = len(found.mean)
    with_oil = found.cov[:, :MONTHS]
    left = np.concatenate([np.broadcast_to(C, (d, *C.shape)), with_oil.transpose(0, 2, 1)], axis=1)
    return np.concatenate([np.tile(median, (d, 1)), found.mean], axis=1), np.concatenate([left, found.cov], axis=2)


def agrees(found: FloatArray, mean: FloatArray, cov: FloatArray) -> None:
    """Sample moments (p, .) within five standard errors of a mixture's mean (d, .) and covariance (d, ., .)."""
    expected = mean.mean(axis=0)
    variance = np.diagonal(cov, axis1=1, axis2=2).mean(axis=0) + mean.var(axis=0)
    error = np.sqrt(np.maximum(variance, 0.0) / len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 5 * error + 1e-11).all()
    squares = (found - expected) ** 2
    assert (np.abs(squares.mean(axis=0) - variance) < 5 * squares.std(axis=0) / np.sqrt(len(found)) + 1e-11).all()


def test_no_pins_change_no_bit() -> None:
    free = draws().free
    assert law().condition(free, pins()) is free


def test_free_paths_have_the_law_that_is_conditioned() -> None:
    mean, cov = exact_law()
    agrees(flat(draws().free), mean, cov)


def test_paths_given_single_months_have_the_exact_conditional_law() -> None:
    """Two months of exports and one of imports, a fifth above what is expected; oil of one month."""
    mean, cov = exact_law()
    d, at = len(mean), np.array([4, MONTHS + 2 * 3, MONTHS + 2 * 6, MONTHS + 2 * 6 + 1])
    target = mean[:, at].mean(axis=0) + np.array([0.1, 0.2, 0.2, 0.2])
    oil = np.full(MONTHS, np.nan)
    oil[4] = target[0]
    sums = (one(0, 3, target[1]), one(0, 6, target[2]), one(1, 6, target[3]))
    found = law().condition(draws().free, pins(oil, *sums))
    np.testing.assert_array_equal(found.oil[:, 4], target[0])
    for pin, value in zip(sums, target[1:], strict=True):
        np.testing.assert_allclose(found.flows[:, pin.span.start - FIRST, pin.flows[0]], value, rtol=1e-12)
    gain = np.array([np.linalg.solve(cov[i][np.ix_(at, at)], cov[i][at]).T for i in range(d)])
    given_mean = mean + np.einsum("dij,dj->di", gain, target - mean[:, at])
    agrees(flat(found), given_mean, cov - gain @ cov[:, at])
    assert (given_mean[:, :4].mean(axis=0) > mean[:, :4].mean(axis=0) + 0.02).all(), "oil before the pin moves too"


def test_a_month_pinned_late_moves_the_months_before_it() -> None:
    """Conditioning month by month would leave everything before the pin where it was."""
    free = draws().free
    high = law().condition(free, pins(None, one(1, 8, free.flows[:, 8, 1] + 0.3)))
    moved = (high.flows - free.flows).mean(axis=0)
    assert (moved[:8, 1] > 0.02).all()
    assert (np.diff(moved[:9, 1]) > 0.0).all(), "the nearer the more"
    assert (moved[:8, 0] > 0.004).all(), "the other flow shares the common level"
    assert ((high.oil - free.oil).mean(axis=0)[:9] > 0.01).all(), "and oil may be why"
    assert (moved[9:, 1] < 0.3).all()


def test_a_year_is_met_in_its_sum_with_what_lies_on_top() -> None:
    offset = np.zeros((PATHS, MONTHS, 2))
    offset[:, 5:] = -0.1 * (1 + np.arange(PATHS) % 3)[:, None, None]
    found = law().condition(draws().free, pins(None, turnover_of_2019(125.0), offset=offset))
    year = slice(month(2019, 1) - FIRST, None)
    np.testing.assert_allclose(np.exp(found.flows + offset)[:, year].sum(axis=(1, 2)), 125.0, rtol=1e-12)
    plain = law().condition(draws().free, pins(None, turnover_of_2019(125.0)))
    np.testing.assert_allclose(np.exp(plain.flows)[:, year].sum(axis=(1, 2)), 125.0, rtol=1e-12)
    assert plain.flows.std(axis=0)[8, 0] > 0.03, "how it is spread over months and flows stays open"


def test_a_pinned_year_is_like_the_free_paths_that_happen_to_meet_it() -> None:
    """Rejection needs no rule for conditioning; it leaves a few hundred paths within two per cent of the sum."""
    free = draws().free
    sums = np.exp(free.flows[:, month(2019, 1) - FIRST :]).sum(axis=(1, 2))
    for level in (0.2, 0.8):
        usd_bn = float(np.quantile(sums, level))
        kept = flat(free)[np.abs(np.log(sums / usd_bn)) < 0.02]
        found = flat(law().condition(free, pins(None, turnover_of_2019(usd_bn))))
        error = np.sqrt(kept.var(axis=0) / len(kept) + found.var(axis=0) / len(found))
        assert len(kept) > 300
        assert (np.abs(kept.mean(axis=0) - found.mean(axis=0)) < 5 * error).all()
        assert (np.abs(np.log(kept.std(axis=0) / found.std(axis=0))) < 0.25).all()
        moved = np.abs(kept.mean(axis=0) - flat(free).mean(axis=0)) / error
        assert moved.max() > 10, "the test would see paths that stayed where they were"


def test_flows_answer_to_oil_as_the_sampler_would_have_drawn_them() -> None:
    """The same seed with the pinned price given from the start."""
    on, few = stage(), 1030
    fitted, layout = on.fitted, on.fitted.layout
    free = draws().free
    oil = free.oil[:few] + np.linspace(0.0, -0.5, MONTHS)
    cut = JointPaths(free.oil[:few], free.flows[:few])
    own = type(law())(on, law().response[:few])
    found = own.condition(cut, pins(oil))
    np.testing.assert_array_equal(found.oil, oil)
    again = draw_paths(
        on.system,
        fitted.coef,
        fitted.var,
        on.t_kept,
        on.a_kept,
        on.P_kept,
        on.drawn_from - layout.start,
        layout.end - layout.start + 1,
        on.driver_of,
        oil_drivers(on, oil),
        on.heavy,
        priors.IRREGULAR_DF,
        on.read,
        np.array([stream_key(SEED, "states"), stream_key(SEED, "irregular")], dtype=np.int64),
        few,
    )
    np.testing.assert_allclose(found.flows, again[:, layout.end + 1 - on.drawn_from :], rtol=0, atol=1e-10)
    assert found.flows[:, -1, 1].mean() < cut.flows[:, -1, 1].mean() - 0.15


def test_oil_that_is_pinned_stays_when_flows_are_pinned_too() -> None:
    oil = np.log(np.full(MONTHS, 60.0))
    found = law().condition(draws().free, pins(oil, turnover_of_2019(120.0)))
    np.testing.assert_array_equal(found.oil, np.tile(oil, (PATHS, 1)))
    np.testing.assert_allclose(np.exp(found.flows)[:, 3:].sum(axis=(1, 2)), 120.0, rtol=1e-12)


@pytest.mark.parametrize("who", ["exports", "imports", "common", "oil"])
def test_only_named_shocks_adjust(who: str) -> None:
    """What drives one flow moves neither the other nor oil, the common level both flows, oil all three."""
    free = draws().free
    flow = 0 if who == "exports" else 1
    found = law().condition(free, pins(None, one(flow, 6, free.flows[:, 6, flow] + 0.05), adjust=(who,)))
    np.testing.assert_allclose(found.flows[:, 6, flow], free.flows[:, 6, flow] + 0.05, atol=1e-12)
    assert np.array_equal(found.oil, free.oil) == (who != "oil")
    assert np.array_equal(found.flows[:, :, 1 - flow], free.flows[:, :, 1 - flow]) == (who in ("exports", "imports"))
    if who == "common":
        moved = found.flows - free.flows
        np.testing.assert_allclose(moved[:, :, 0], moved[:, :, 1], atol=1e-12)


def test_shocks_that_cannot_meet_a_pin_are_named_with_it() -> None:
    free = draws().free
    above = one(1, 2, free.flows[:, 2, 1] + 0.1)
    with pytest.raises(ScenarioError, match=r"imports in 2018-12.*only the shocks of exports.*rank 0 of 1"):
        law().condition(free, pins(None, above, adjust=("exports",)))
    both = (one(0, 0, 1.6), one(1, 0, 1.7))
    with pytest.raises(ScenarioError, match=r"imports in 2018-10.*only the shocks of oil.*rank 1 of 2"):
        law().condition(free, pins(None, *both, adjust=("oil",)))
    with pytest.raises(ScenarioError, match="oil price is pinned, but only the shocks of exports"):
        law().condition(free, pins(np.full(MONTHS, 4.0), adjust=("exports",)))
    with pytest.raises(ScenarioError, match="'rain'") as caught:
        law().condition(free, pins(None, above, adjust=("rain",)))
    assert "common" in caught.value.allowed


def test_pins_that_contradict_each_other_are_named_and_repeated_ones_met_once() -> None:
    free = draws().free
    span = Span(FIRST + 2, FIRST + 2)
    sums = (one(0, 2, 1.5), one(1, 2, 1.6), SumPin((0, 1), span, np.array([np.logaddexp(1.5, 1.6)])))
    found = law().condition(free, pins(None, *sums))
    np.testing.assert_allclose(found.flows[:, 2], np.tile([1.5, 1.6], (PATHS, 1)), rtol=1e-12)
    wrong = (*sums[:2], SumPin((0, 1), span, np.array([2.5])))
    with pytest.raises(ScenarioError, match=r"turnover in 2018-12 cannot be met together.*rank 2 of 3"):
        law().condition(free, pins(None, *wrong))


def test_a_sum_pinned_to_less_than_its_parts_is_refused() -> None:
    quarter = SumPin((0, 1), Span(FIRST, FIRST + 2), np.array([np.log(20.0)]))
    parts = (one(0, 0, np.log(12.0)), one(1, 2, np.log(9.0)))
    with pytest.raises(
        ScenarioError, match=r"turnover over 2018-10/2018-12.*exports in 2018-10 and imports in 2018-12"
    ):
        law().condition(draws().free, pins(None, *parts, quarter))
    fits = law().condition(draws().free, pins(None, parts[1], quarter))
    np.testing.assert_allclose(np.exp(fits.flows[:, :3]).sum(axis=(1, 2)), 20.0, rtol=1e-12)


def test_moments_in_parts_are_those_of_all_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    free, asked = draws().free, pins(None, turnover_of_2019(115.0), one(0, 1, 1.6))
    whole, far = law().condition(free, asked), law().distance(asked.oil[0], asked.sums)
    monkeypatch.setattr(moments, "_MOST_BYTES", 10**7)
    assert len(list(moments.parted(stage(), 25))) > 3
    np.testing.assert_array_equal(law().condition(free, asked).flows, whole.flows)
    assert law().distance(asked.oil[0], asked.sums) == (pytest.approx(far[0], rel=1e-10), 2)


def test_pins_of_known_months_or_unknown_drivers_are_refused() -> None:
    free = draws().free
    known = SumPin((0,), Span(FIRST - 1, FIRST + 1), np.array([2.0]))
    with pytest.raises(ScenarioError, match="run from 2018-10 to 2019-12"):
        law().condition(free, pins(None, known))
    with pytest.raises(ScenarioError, match="no positive number"):
        law().condition(free, pins(None, one(0, 1, -np.inf)))
    still = np.zeros((1, MONTHS, 2))
    rouble = Pins(np.full((1, MONTHS), np.nan), (), still, drivers={"fx:RUS": np.zeros((1, MONTHS))})
    with pytest.raises(ScenarioError, match="fx:RUS"):
        law().condition(free, rouble)


def test_a_pair_of_one_flow_is_conditioned_too() -> None:
    fitted = one_flow_fit()
    end = fitted.layout.end
    alone = structural_draws(set_stage(fitted, reporter="POL", origin=end, through=end + 6), paths=300, seed=SEED)
    months = alone.free.flows.shape[1]
    pin = SumPin((0,), Span(end + 2, end + 4), np.array([np.log(4.0)]))
    asked = Pins(np.full((1, alone.free.oil.shape[1]), np.nan), (pin,), np.zeros((1, months, 1)))
    for adjust in ((), ("exports",), ("common",)):
        found = alone.law.condition(alone.free, Pins(asked.oil, asked.sums, asked.offset, adjust))
        np.testing.assert_allclose(np.exp(found.flows[:, 1:4, 0]).sum(axis=1), 4.0, rtol=1e-12)
    with pytest.raises(ScenarioError) as caught:
        alone.law.condition(alone.free, Pins(asked.oil, asked.sums, asked.offset, ("imports",)))
    assert caught.value.allowed == ("oil", "exports", "common")


def test_the_covariance_falls_apart_by_who_drives() -> None:
    """The parts add up to the whole but for what is left open of today's states and elasticities."""
    C, median = oil_covariance(stage().fitted.oil, MONTHS), median_path(stage().fitted.oil, MONTHS)
    cell = np.array([2 * MONTHS - 2, 2 * MONTHS - 1])
    whole = joint_moments(stage(), cell, C, median, ())
    parts = [joint_moments(stage(), cell, C, median, (who,)).cov for who in ("oil", "exports", "imports", "common")]
    left = (whole.cov - sum(parts))[:, MONTHS + cell, [0, 1]]
    assert (left > 0).all()
    assert (left < whole.variance).all()
    every = joint_moments(stage(), cell, C, median, ("oil", "exports", "imports", "common")).cov
    np.testing.assert_allclose(every, sum(parts), atol=1e-15)
    assert not parts[1][:, MONTHS + 1 :: 2].any(), "exports' own shocks leave imports alone"
