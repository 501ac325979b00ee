"""Pooled priors on dynamics, oil by month, season and country drift: plausible, exact in months, built again alike."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from forecast.models.structural.priors import WORLD_DRIFT_A_YEAR, WORLD_DRIFT_LESS_WINDOW

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SPANS = range(1, 9)


@pytest.fixture(scope="module")
def priors(root: Path) -> dict[str, tuple[float, float]]:
    """Mean and sd of every pooled prior by its name."""
    table = pl.read_csv(root / "fixtures" / "pooled_priors.csv")
    return {name: (mean, sd) for name, mean, sd in table.select("name", "mean", "sd").rows()}


@pytest.fixture(scope="module")
def drift(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "country_drift.csv")


def load(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A program of fixtures/build, which imports its neighbours by their bare names."""
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    return importlib.import_module(name)


def test_what_two_flows_share_does_not_revert_and_what_they_do_not_share_does(
    priors: dict[str, tuple[float, float]],
) -> None:
    for group in ("oil", "non_oil"):
        shared = [priors[f"dynamics.shared_sd_{k}y.{group}.all"][1] ** 2 for k in SPANS]
        own = [priors[f"dynamics.own_sd_{k}y.{group}.all"][1] ** 2 for k in SPANS]
        assert shared[7] > 8 * shared[0]  # faster than a random walk
        assert own[7] < 8 * own[0]  # slower than one
        assert shared == sorted(shared)


def test_a_shared_level_fits_where_a_shared_cycle_alone_does_not(priors: dict[str, tuple[float, float]]) -> None:
    for group in ("oil", "non_oil"):
        assert priors[f"dynamics.common_level.full.{group}.all"][1] > 0.01
        cycle = priors[f"dynamics.common_cycle.full.{group}.all"][1]
        assert cycle < 0.3 * priors[f"dynamics.common_cycle.no_common_level.{group}.all"][1]


def test_own_level_agrees_between_moments_and_likelihood(priors: dict[str, tuple[float, float]]) -> None:
    for group in ("oil", "non_oil"):
        median, spread = priors[f"dynamics.spread.own_level.{group}"]
        assert median == pytest.approx(priors[f"dynamics.own_level.full.{group}.all"][1], rel=0.25)
        assert 0.2 < spread < 0.8


def test_oil_exporters_are_paid_more_at_once(priors: dict[str, tuple[float, float]]) -> None:
    first = {g: priors[f"oil.months.combined.{g}.0_2.all"][0] for g in ("from_oil", "turnover_oil", "to_oil")}
    assert first["from_oil"] > first["turnover_oil"] > first["to_oil"]
    assert first["from_oil"] > 3 * abs(priors["oil.months.combined.from_oil.3_6.all"][0])


def test_twelve_months_sum_to_zero_and_february_is_short(priors: dict[str, tuple[float, float]]) -> None:
    for flow in ("us_exports", "us_imports", "any"):
        effects = [priors[f"season.{month}.{flow}"][0] for month in MONTHS]
        assert sum(effects) == pytest.approx(0.0, abs=0.02)
        assert effects[1] < 0.0 < effects[2]


def test_country_drift_is_one_row_a_country_and_year_between_its_pairs_and_the_world(drift: pl.DataFrame) -> None:
    assert drift.select("iso3", "origin_year").is_duplicated().sum() == 0
    assert drift["iso3"].str.contains("^[A-Z]{3}$").all()
    assert drift.filter(pl.col("origin_year") == 2020).height >= 100
    assert (drift["pairs"] >= 5).all()
    low = pl.min_horizontal("median_of_pairs", "world_drift") - 1e-4
    high = pl.max_horizontal("median_of_pairs", "world_drift") + 1e-4
    assert drift.select(pl.col("drift_net_of_oil").is_between(low, high).all()).item()


def test_china_grew_faster_than_the_world_and_russia_has_rows_from_2001(drift: pl.DataFrame) -> None:
    china = drift.filter(pl.col("iso3") == "CHN")
    assert (china["drift_net_of_oil"] > china["world_drift"]).all()
    assert drift.filter(pl.col("iso3") == "RUS")["origin_year"].to_list() == list(range(2001, 2021))


def test_countries_foretell_a_pair_and_its_own_past_does_not(priors: dict[str, tuple[float, float]]) -> None:
    for horizon in ("1y", "3y", "5y"):
        slope, error = priors[f"drift.rule.countries.{horizon}.all"]
        assert slope > 4 * error
        assert priors[f"drift.rule.own_past.{horizon}.all"][0] < 0.05


def test_the_world_grew_slower_than_the_window_before_says_and_by_how_much_the_model_knows(
    priors: dict[str, tuple[float, float]],
) -> None:
    for horizon in ("1y", "5y"):
        assert priors[f"drift.rule.world_{horizon}_less_window"][0] < 0.0
    assert pytest.approx(priors["drift.rule.world_5y"][0], abs=5e-4) == WORLD_DRIFT_A_YEAR
    assert pytest.approx(priors["drift.rule.world_5y_less_window"][0], abs=5e-4) == WORLD_DRIFT_LESS_WINDOW


def test_codes_are_those_of_the_oil_table(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = load("iso_codes", root, monkeypatch).ISO3
    assert len(set(codes.values())) == len(codes)
    table = pl.read_csv(root / "fixtures" / "oil_exporters.csv")
    assert {name: codes[name] for name in table["imf_name"]} == dict(table.select("imf_name", "iso3").rows())
    assert codes["China, P.R.: Mainland"] == "CHN"


def test_aggregation_is_exact_against_sums_over_months(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = load("shock_memory", root, monkeypatch)
    walk, cycle, _, _ = load("pair_spread", root, monkeypatch).covariances(8)
    assert walk.shape == (7, 7)
    for k in (1, 3):
        n = 12 * (k + 1)
        weights = np.concatenate([np.full(12, -1 / 12), np.zeros(12 * (k - 1)), np.full(12, 1 / 12)])
        at = np.arange(n)
        assert memory.walk_variance(k) == pytest.approx(weights @ np.minimum.outer(at, at) @ weights)
        fading = 0.9 ** np.abs(at[:, None] - at)
        assert memory.cycle_variance(k, 0.9) == pytest.approx(weights @ fading @ weights)
    assert np.linalg.eigvalsh(cycle).min() > 0.0


def test_the_fit_finds_the_sds_that_made_the_moments(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = load("shock_memory", root, monkeypatch)
    truth = np.array([0.02, 0.015, 0.02, 0.08, 0.03, 0.02, 0.01])
    sds, error = memory.fit(memory.implied(np.log(truth), memory.FIXED_PHI))
    assert error < 0.01
    assert sds[[0, 1]] == pytest.approx(truth[[0, 1]], rel=0.2)


def test_the_month_regression_finds_a_known_response(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    months = load("month_regression", root, monkeypatch)
    n = 240
    x = np.column_stack([np.cumsum(np.sin(np.arange(n) ** 1.5 * k)) for k in (0.7, 1.3, 2.1, 2.9)])
    noise = 0.05 * np.sin(np.arange(n) ** 2 * 0.37)
    fitted = months.regress(x @ [0.6, 0.1, 0.0, -0.1] + noise, x)
    assert fitted.coefficients == pytest.approx([0.6, 0.1, 0.0, -0.1], abs=0.03)
    assert fitted.irregular == pytest.approx(0.05 / np.sqrt(2), rel=0.3)


def test_us_partners_called_oil_exporters_are_those_of_the_table(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partners = load("month_regression", root, monkeypatch).OIL_EXPORTERS
    table = pl.read_csv(root / "fixtures" / "oil_exporters.csv").filter("oil_exporter")
    names = {name.split(",")[0].replace("Russian Federation", "Russia") for name in table["imf_name"]}
    assert {partner.split(" (")[0] for partner in partners} <= names


@pytest.mark.shared
def test_country_drift_is_rebuilt_to_the_byte(root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load("country_drift", root, monkeypatch).build(shared_data)
    assert text == (root / "fixtures" / "country_drift.csv").read_text(encoding="utf-8")


@pytest.mark.shared
def test_pairs_of_drift_hold_no_china_russia(root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flows = load("shock_memory", root, monkeypatch).both_flows(shared_data, oil=True)
    ends = ["China, P.R.: Mainland", "Russian Federation"]
    assert flows.filter(pl.col("partner") == ends[1]).height > 0
    assert flows.filter(pl.col("reporter").is_in(ends) & pl.col("partner").is_in(ends)).height == 0
