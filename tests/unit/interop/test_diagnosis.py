"""The verdicts: residuals made with one fault each are found out for that fault, good ones pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.stats.stattools import jarque_bera

from forecast.data.assemble import load_panel
from forecast.errors import GapError, SchemaError
from forecast.evaluation.diagnosed import LARGE, LARGE_SHARE, Check, Diagnosis
from forecast.interop.diagnosis import diagnose, diagnose_panel, diagnose_residuals
from forecast.interop.residuals import Residuals, spans_of
from forecast.series import Series
from tests.exact.cases import background, flagship

N = 300


def residuals(e: np.ndarray, *, memory: int = 0, start: int = 0, evenly: bool = True) -> Residuals:
    """Residuals as if a model had left them."""
    series = Series("made up", 12 * 1990, 1, np.ones(len(e)))
    return Residuals(
        name="made up",
        model="none",
        said="nothing",
        scale="logarithms",
        season=12,
        evenly=evenly,
        spans=spans_of(series),
        endog=e,
        fitted=np.zeros(len(e)),
        errors=e,
        standardised=e,
        start=start,
        loglik=0.0,
        params=np.zeros(0),
        names=(),
        bse=np.zeros(0),
        memory=memory,
    )


def noise(seed: int = 5, n: int = N) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n)


def checks(found: Diagnosis) -> dict[str, Check]:
    return {check.name: check for check in found.checks}


def failing(found: Diagnosis) -> list[str]:
    return [check.name for check in found.checks if check.holds is False]


def test_white_noise_passes_everything() -> None:
    found = diagnose_residuals(residuals(noise()))
    assert failing(found) == []
    assert [check.holds for check in found.checks] == [True] * 4
    assert (found.figures, found.gaps, len(found.lags)) == (N, 0, 24)
    assert found.bound == pytest.approx(1.96 / np.sqrt(N))


def test_each_fault_is_found() -> None:
    e = noise()
    lasting = e.copy()
    for t in range(1, N):
        lasting[t] += 0.4 * lasting[t - 1]
    yearly = e.copy()
    yearly[12:] += 0.5 * e[:-12]
    growing = e * np.where(np.arange(N) < 2 * N // 3, 1.0, 2.0)
    tails = e / np.sqrt(np.random.default_rng(2).chisquare(4, N) / 4)
    assert failing(diagnose_residuals(residuals(e + 0.4))) == ["mean"]
    assert failing(diagnose_residuals(residuals(lasting))) == ["memory"]
    assert "memory" in failing(diagnose_residuals(residuals(yearly)))
    assert "size" in failing(diagnose_residuals(residuals(growing)))
    assert "normal" in failing(diagnose_residuals(residuals(tails)))
    said = checks(diagnose_residuals(residuals(yearly)))["memory"].verdict
    assert "a year apart go the same way" in said
    assert "season" in said
    assert "a month apart" in checks(diagnose_residuals(residuals(lasting)))["memory"].verdict
    assert "1 figure apart" in checks(diagnose_residuals(residuals(lasting, evenly=False)))["memory"].verdict
    assert "Larger of late, 4" in checks(diagnose_residuals(residuals(growing)))["size"].verdict
    assert "Smaller of late" in checks(diagnose_residuals(residuals(growing[::-1])))["size"].verdict
    assert "more often" in checks(diagnose_residuals(residuals(tails)))["normal"].verdict
    assert "below the forecast by" in checks(diagnose_residuals(residuals(e - 0.4)))["mean"].verdict


def test_numbers_are_those_of_statsmodels() -> None:
    e = noise(8)
    found = diagnose_residuals(residuals(e, memory=2))
    theirs = acorr_ljungbox(e, lags=24, model_df=2)
    np.testing.assert_allclose([lag.ljung_box for lag in found.lags], theirs["lb_stat"])
    np.testing.assert_allclose([lag.p for lag in found.lags[2:]], theirs["lb_pvalue"][2:])
    assert [lag.p for lag in found.lags[:2]] == [None, None]
    assert [lag.degrees for lag in found.lags[:4]] == [0, 0, 1, 2]
    normal = checks(found)["normal"]
    statistic, p, skew, kurtosis = jarque_bera(e)
    assert (normal.statistic, normal.p) == (pytest.approx(statistic), pytest.approx(p))
    assert (found.skew, found.kurtosis) == (pytest.approx(skew), pytest.approx(kurtosis))
    h = checks(found)["size"].statistic
    assert h == pytest.approx(np.sum(e[-100:] ** 2) / np.sum(e[:100] ** 2))


def test_tests_hold_their_level() -> None:
    """Of 150 records of white noise each test fails about 7.5: five standard errors are 13.3."""
    rng = np.random.default_rng(11)
    found = [diagnose_residuals(residuals(rng.standard_normal(150))) for _ in range(150)]
    for name in ("mean", "memory", "size", "normal"):
        assert sum(name in failing(each) for each in found) <= 20
    share = np.mean([len(each.large) / each.figures for each in found])
    assert share == pytest.approx(LARGE_SHARE, abs=5 * np.sqrt(LARGE_SHARE / 150 / 150))


def test_gaps_are_skipped_and_the_start_is_left_out() -> None:
    e = noise()
    e[:13] = np.nan
    e[[40, 41, 200]] = np.nan
    e[100] = 4.0
    found = diagnose_residuals(residuals(e, start=13))
    assert (found.figures, found.gaps, len(found.spans)) == (N - 16, 3, N - 13)
    assert [check.holds for check in found.checks if check.name != "normal"] == [True] * 3
    assert found.large[0].span == "1998-05"
    assert found.large[0].standardised == 4.0
    assert all(abs(each.standardised) >= LARGE for each in found.large)
    assert found.standardised[27] is None
    assert "first 13 figures" in found.notes[0]


def test_what_cannot_be_tested_is_said() -> None:
    exact = replace(residuals(np.zeros(60)), standardised=np.full(60, np.nan))
    found = diagnose_residuals(exact)
    assert [check.holds for check in found.checks] == [None] * 4
    assert "meets every figure exactly" in found.checks[0].verdict
    same = diagnose_residuals(residuals(np.full(60, 0.7)))
    assert [check.holds for check in same.checks] == [False, None, None, None]
    with pytest.raises(GapError, match="at least 8"):
        diagnose_residuals(residuals(noise(1, 7)))
    few = diagnose_residuals(residuals(noise(1, 9), memory=3))
    assert checks(few)["memory"].holds is None


def test_constant_record_has_nothing_to_test() -> None:
    for model in ("ets", "arima", "theta", "drift", "airline"):
        found = diagnose(model, Series("constant", 12 * 2000, 1, np.full(60, 5.0)))
        assert found.figures == 0
        assert all(check.holds is None for check in found.checks)


def test_pair_by_either_kind_of_model() -> None:
    panel = load_panel("CHN-RUS", as_of=date(2024, 6, 30))
    found = diagnose_panel(panel, background(), model="drift", flow="exports", reporter="CHN")
    assert (found.season, found.evenly) == (12, True)
    assert "exports" in found.name
    of_fit = diagnose(flagship(), reporter="CHN")
    assert not of_fit.evenly
    assert any("counts figures" in note for note in of_fit.notes)


def test_bad_questions_are_refused_in_words() -> None:
    panel = flagship().panel
    with pytest.raises(SchemaError, match="Did you mean 'structural'"):
        diagnose_panel(panel, background(), model="structurel")
    with pytest.raises(SchemaError, match="flow"):
        diagnose_panel(panel, background(), flow="services")
    with pytest.raises(GapError, match="USA"):
        diagnose_panel(panel, background(), reporter="USA")
