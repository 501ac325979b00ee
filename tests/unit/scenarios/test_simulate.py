"""simulate(): joint paths, common shocks, and what each condition does to trade."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.evaluation.bands import year_sums
from forecast.months import Span, month
from forecast.scenarios.conditions.kinds import (
    OIL,
    Condition,
    Crisis,
    Percent,
    Pinned,
    Ramp,
    Realised,
    Replay,
    Values,
)
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate
from forecast.scenarios.structural.moments import oil_drivers
from forecast.scenarios.structural.stage import set_stage
from tests.exact.cases import FloatArray, background, flagship, oil, paths_of

THROUGH, PATHS = month(2019, 12), 2000


def drawn(*conditions: Condition, seed: int = 7, paths: int = PATHS) -> Ensemble:
    scenario = Scenario("tried", conditions=conditions) if conditions else BASELINE
    return paths_of(flagship(), scenario, through=THROUGH, paths=paths, seed=seed)[0]


def year(ensemble: Ensemble, which: int = 2019) -> FloatArray:
    return year_sums(ensemble.flow("turnover"), ensemble.start, which, which)[:, 0]


def test_an_empty_scenario_is_the_baseline_bit_for_bit() -> None:
    empty, plausible = paths_of(flagship(), Scenario("empty", "Empty"), through=THROUGH, paths=PATHS)
    np.testing.assert_array_equal(empty.values_usd_bn, drawn().values_usd_bn)
    np.testing.assert_array_equal(empty.oil_usd, drawn().oil_usd)
    assert plausible.q == 0.0


def test_a_scenario_meets_the_shocks_of_the_baseline() -> None:
    """The effect of an oil path, path by path, is far less noisy than between independent seeds."""
    common = np.log(year(drawn(Pinned(OIL, Ramp(45.0, 6)))) / year(drawn()))
    apart = np.log(year(drawn(Pinned(OIL, Ramp(45.0, 6)))) / year(drawn(seed=8)))
    assert common.std() < 0.25 * apart.std()
    assert common.mean() < -0.1
    assert common.mean() == pytest.approx(apart.mean(), abs=5 * apart.std() / np.sqrt(PATHS))


def test_same_seed_same_bits_other_seed_other_paths_more_paths_append() -> None:
    np.testing.assert_array_equal(drawn().values_usd_bn, drawn().values_usd_bn)
    other = drawn(seed=8).values_usd_bn
    assert (other[:, -1] != drawn().values_usd_bn[:, -1]).all()
    np.testing.assert_array_equal(drawn(paths=300).values_usd_bn, drawn().values_usd_bn[:300])


def test_turnover_is_exports_and_imports_and_everything_is_positive() -> None:
    found = drawn()
    np.testing.assert_allclose(found.flow("turnover"), found.flow("exports") + found.flow("imports"), rtol=1e-14)
    assert (found.values_usd_bn > 0).all()
    assert np.isfinite(found.values_usd_bn).all()
    assert found.values_usd_bn.shape == (PATHS, THROUGH - month(2017, 1) + 1, 3)
    assert (found.start, found.end, found.origin) == (month(2017, 1), THROUGH, month(2018, 9))
    assert set(found.draw) == set(range(512))


@pytest.mark.parametrize(
    "condition",
    [
        Pinned(OIL, Ramp(45.0, 6)),
        Pinned(OIL, Percent(-30.0, 3)),
        Pinned(OIL, Values((70.0, 65.0, 60.0)), month(2018, 10)),
        Pinned(OIL, Replay(Span(month(2014, 7), month(2015, 1)))),
        Pinned(OIL, Realised()),
    ],
)
def test_oil_of_the_ensemble_follows_the_condition(condition: Pinned) -> None:
    found = drawn(condition)
    known = oil().values[found.start - oil().start : month(2018, 9) - oil().start + 1]
    np.testing.assert_allclose(found.oil_usd[:, : len(known)], np.tile(known, (PATHS, 1)), rtol=1e-12)
    median = np.median(found.oil_usd[:, len(known) :], axis=0)
    last = float(known[-1])
    match condition.form:
        case Ramp(over_months=over) | Percent(over_months=over):
            to = 45.0 if isinstance(condition.form, Ramp) else 0.7 * last
            assert median[-1] == pytest.approx(to, rel=0.05)
            assert (np.diff(median[:over]) < 0).all()
        case Values():
            np.testing.assert_allclose(median[:3], [70.0, 65.0, 60.0], rtol=0.02)
        case Replay():
            change = oil().values[month(2015, 1) - oil().start] / oil().values[month(2014, 6) - oil().start]
            assert median[6] == pytest.approx(last * change, rel=0.04)
        case Realised():
            later = oil().values[month(2018, 10) - oil().start :][: len(median)]
            np.testing.assert_allclose(found.oil_usd[:, len(known) :], np.tile(later, (PATHS, 1)), rtol=1e-12)


def test_oil_enters_through_its_lags() -> None:
    """A price certainly twice as high from October 2018 on: a third of lags 0-2 at first, then two, then all."""
    last = float(oil().values[month(2018, 9) - oil().start])
    same, twice = (drawn(Pinned(OIL, Ramp(factor * last), width="none"), paths=200) for factor in (1.0, 2.0))
    effect = np.log(twice.values_usd_bn / same.values_usd_bn)[:, :, :2]
    first = month(2018, 10) - same.start
    np.testing.assert_allclose(effect[:, :first], 0.0, atol=1e-12)
    assert np.median(effect[:, first, 1]) > 0.03, "imports from an oil exporter"
    np.testing.assert_allclose(effect[:, first + 1], 2 * effect[:, first], atol=1e-9)
    np.testing.assert_allclose(effect[:, first + 2], 3 * effect[:, first], atol=1e-9)
    second = effect[:, first + 3] - effect[:, first + 2]
    np.testing.assert_allclose(effect[:, first + 6] - effect[:, first + 2], 4 * second, atol=1e-9)
    np.testing.assert_allclose(effect[:, first + 13], effect[:, first + 12], atol=1e-9)


def test_oil_that_stays_is_the_oil_of_the_system() -> None:
    """Regressors of a path at the last known price are those that the operations take when no path is given."""
    stage = set_stage(flagship(), reporter="CHN", origin=month(2018, 9), through=THROUGH)
    known = stage.fitted.panel.oil
    drivers = oil_drivers(stage, np.full((1, stage.end - known.end), np.log(known.values[-1])))
    entries = np.flatnonzero(stage.driver_of >= 0)
    assert len(entries) == 6
    t_stop = stage.fitted.layout.end - stage.fitted.layout.start + 1
    for entry in entries:
        np.testing.assert_allclose(drivers[0, :, stage.driver_of[entry]], stage.system.val[t_stop:, entry], atol=1e-12)


def test_no_width_narrows_the_answer() -> None:
    own, none = (year(drawn(Pinned(OIL, Ramp(75.0), width=width))) for width in ("own", "none"))  # type: ignore[arg-type]
    assert np.log(none).std() < 0.97 * np.log(own).std()
    assert np.log(np.median(none) / np.median(own)) == pytest.approx(0.0, abs=0.015)


def test_a_crisis_lowers_every_month_of_the_path_by_its_own_effect() -> None:
    calm, crisis = (drawn(Crisis("2008-09", month(2019, 1), severity)) for severity in (0.0, 1.0))
    ratio = np.log(crisis.values_usd_bn / calm.values_usd_bn)
    january = month(2019, 1) - crisis.start
    np.testing.assert_allclose(ratio[:, :january], 0.0, atol=1e-12)
    np.testing.assert_allclose(ratio[:, :, 0], ratio[:, :, 1], atol=1e-9)
    trough = ratio[:, january + 6, 0]
    episode = next(e for e in background().episodes if e.name == "2008-09")
    assert trough.mean() == pytest.approx(episode.depth_log, abs=5 * episode.depth_log_sd / np.sqrt(PATHS))
    assert (crisis.crisis_start <= month(2019, 1)).all()
    assert (crisis.crisis_start == month(2019, 1)).mean() > 0.9


def test_oil_and_crisis_add_up() -> None:
    """In logs, path by path: neither counts the other's fall again."""
    none = Crisis("2008-09", month(2019, 1), severity=0.0)
    fall, slump = Crisis("2008-09", month(2019, 1)), Pinned(OIL, Ramp(45.0, 6))
    base, only_oil = np.log(drawn(none).values_usd_bn), np.log(drawn(none, slump).values_usd_bn)
    only_crisis, both = np.log(drawn(fall).values_usd_bn), np.log(drawn(fall, slump).values_usd_bn)
    flows = slice(0, 2)  # exports and imports; turnover is their sum
    np.testing.assert_allclose(
        (both - base)[:, :, flows], (only_oil - base + only_crisis - base)[:, :, flows], atol=1e-9
    )


def test_the_other_count_is_higher_in_2017_and_less_certain() -> None:
    china, _ = paths_of(flagship(), through=THROUGH, paths=PATHS, reporter="CHN")
    russia, _ = paths_of(flagship(), through=THROUGH, paths=PATHS, reporter="RUS")
    assert russia.origin == month(2017, 12)
    by_china, by_russia = (year_sums(e.flow("turnover"), e.start, 2017, 2018) for e in (china, russia))
    np.testing.assert_allclose(by_russia[:, 0], 86.94, atol=0.01)
    assert np.ptp(by_china[:, 0]) < 1e-9
    assert np.log(by_russia[:, 1]).std() > np.log(by_china[:, 1]).std()


def test_an_unknown_count_is_refused() -> None:
    asked = {"origin": month(2018, 9), "through": THROUGH, "paths": 10, "seed": 1, "realised_oil": oil()}
    with pytest.raises(ScenarioError) as caught:
        simulate(flagship(), BASELINE, reporter="USA", **asked)  # type: ignore[arg-type]
    assert caught.value.pointer == "/reporter"
