"""The crisis and prior fixtures: whole, plausible against each other, and the same bytes when built again."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="module")
def crises(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "crises.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def episodes(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "episodes.csv", infer_schema_length=None)


@pytest.fixture(scope="module")
def priors(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "pooled_priors.csv")


def value(priors: pl.DataFrame, name: str, column: str = "mean") -> float:
    """One number of the prior table; fails unless the name is there once."""
    row = priors.filter(pl.col("name") == name)
    assert row.height == 1, name
    return float(row[column][0])


def test_every_crisis_of_the_list_is_measured(crises: pl.DataFrame) -> None:
    names = crises["episode"].to_list()
    assert names == ["1981-82", "1998", "2001", "2008-09", "2014-16", "2020", "2022", "typical"]
    episodes = crises.filter(pl.col("episode") != "typical")
    assert episodes["depth_log_mean"].is_finite().all()
    assert (episodes["pairs"] >= 50).all()
    assert (episodes["months_to_trough"] >= 1).all()


def test_no_crisis_is_known_before_it_starts_nor_measured_before_it_is_known(crises: pl.DataFrame) -> None:
    episodes = crises.filter(pl.col("episode") != "typical")
    assert (episodes["first_known"].str.slice(0, 7) >= episodes["start"]).all()
    assert (episodes["depth_known"] > episodes["first_known"]).all()


def test_counted_crises_are_falls_and_the_hazard_counts_them(crises: pl.DataFrame) -> None:
    counted = crises.filter("in_hazard")
    assert (counted["depth_log_mean"] < 0.0).all()
    typical = crises.filter(pl.col("episode") == "typical").row(0, named=True)
    years = typical["hazard_to"] - typical["hazard_from"] + 1
    assert typical["hazard_per_year"] == pytest.approx(counted.height / years, abs=5e-4)
    assert typical["depth_log_mean"] == pytest.approx(counted["depth_log_mean"].mean(), abs=1e-3)


def test_2008_09_is_the_deepest_since_and_2020_the_shortest(crises: pl.DataFrame) -> None:
    recent = crises.filter(pl.col("in_hazard"))
    assert recent.sort("depth_log_mean")["episode"][0] == "2008-09"
    assert recent.sort("months_to_trough")["episode"][0] == "2020"


def test_priors_have_names_once_and_positive_spreads(priors: pl.DataFrame) -> None:
    assert priors["name"].is_unique().all()
    assert (priors["sd"] >= 0.0).all()
    assert priors["method"].str.len_chars().min() > 20


def test_oil_moves_what_oil_exporters_sell_most(priors: pl.DataFrame) -> None:
    sold, pair, bought, other = (
        value(priors, f"oil.same.{group}.all.1976_2019") for group in ("from_oil", "turnover_oil", "to_oil", "non_oil")
    )
    assert sold > pair > bought
    assert pair > other
    assert value(priors, "oil.lag.to_oil.all.1976_2019") > value(priors, "oil.lag.from_oil.all.1976_2019")


def test_parts_of_the_mirror_add_up(priors: pl.DataFrame) -> None:
    for group in ("all", "oil", "above_5bn"):
        walk, noise = (value(priors, f"mirror.{part}_sd.{group}", "sd") for part in ("walk", "noise"))
        change = value(priors, f"mirror.yearly_change_sd.{group}", "sd")
        assert walk**2 + 2.0 * noise**2 == pytest.approx(change**2, rel=0.15)


def test_russia_is_an_oil_exporter_and_china_is_not_listed(root: Path) -> None:
    table = pl.read_csv(root / "fixtures" / "oil_exporters.csv")
    chosen = table.filter("oil_exporter")["iso3"].to_list()
    assert {"RUS", "SAU", "NGA", "NOR", "VEN", "IRN", "AGO", "KAZ", "DZA", "KWT", "QAT", "IRQ"} <= set(chosen)
    assert "CHN" not in table["iso3"].to_list()


def test_every_figure_of_the_episodes_is_whole_or_empty(episodes: pl.DataFrame) -> None:
    assert not episodes.select("episode", "table", "quantity").is_duplicated().any()
    assert (episodes["n"] >= 2).all()
    assert episodes["method"].str.len_chars().min() > 20
    told = episodes.drop_nulls(["q25", "median", "q75"])
    assert told.height > 15
    assert (told["q25"] <= told["median"]).all()
    assert (told["median"] <= told["q75"]).all()
    assert (episodes.drop_nulls("sd_between")["sd_between"] >= 0.0).all()
    assert (episodes.drop_nulls("error")["error"] > 0.0).all()


def test_depths_by_month_and_year_agree_with_those_of_the_crises(crises: pl.DataFrame, episodes: pl.DataFrame) -> None:
    yearly = episodes.filter(pl.col("quantity") == "depth_log_trough_year", pl.col("table") == "IMF annual pairs")
    joined = yearly.join(crises, on="episode").filter(pl.col("episode") != "typical")
    assert joined.height == 6
    assert (joined["median"] - joined["trough_year_log_mean"]).abs().max() < 0.002
    monthly = episodes.filter(pl.col("quantity") == "depth_log").join(crises, on="episode").drop_nulls("us_trough_log")
    assert (monthly["median"] - monthly["us_trough_log"]).abs().max() < 0.035


def test_where_there_was_no_crisis_the_measure_finds_none(episodes: pl.DataFrame) -> None:
    calm = episodes.filter(pl.col("episode") == "calm")
    assert calm["quantity"].to_list() == ["depth_log_after_6m", "depth_log_after_18m"]
    assert (calm["median"].abs() < 1.5 * calm["sd_between"]).all()
    counted = episodes.filter(pl.col("quantity") == "depth_log", pl.col("episode").is_in(["2001", "2008-09", "2020"]))
    assert (counted["median"] < -4.0 * calm["sd_between"].max()).all()


def test_the_fall_of_2020_was_the_shortest_and_was_made_good(episodes: pl.DataFrame) -> None:
    lengths = episodes.filter(pl.col("quantity") == "months_to_trough", pl.col("episode") != "typical")
    assert lengths.sort("median")["episode"][0] == "2020"
    shares = episodes.filter(pl.col("quantity") == "recovered_share_24m", pl.col("episode") != "typical")
    assert shares.sort("median")["episode"].to_list() == ["2001", "2008-09", "2020"]
    assert shares.filter(pl.col("episode") == "2020")["median"][0] > 0.8


def test_hazard_has_its_uncertainty(crises: pl.DataFrame, episodes: pl.DataFrame) -> None:
    hazard = episodes.filter(pl.col("quantity") == "hazard_per_year").row(0, named=True)
    typical = crises.filter(pl.col("episode") == "typical").row(0, named=True)
    years = typical["hazard_to"] - typical["hazard_from"] + 1
    assert hazard["n"] == crises.filter("in_hazard").height
    assert hazard["mean"] == pytest.approx(hazard["n"] / years, abs=5e-4)
    assert hazard["error"] == pytest.approx(hazard["n"] ** 0.5 / years, abs=5e-4)
    assert hazard["q25"] < typical["hazard_per_year"] < hazard["q75"]


@pytest.mark.shared
@pytest.mark.slow
def test_episodes_are_rebuilt_to_the_byte(root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    text = importlib.import_module("episodes_figures").build(shared_data)
    assert text == (root / "fixtures" / "episodes.csv").read_text(encoding="utf-8")


@pytest.mark.shared
def test_lengths_are_found_again_where_they_are_known(
    root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Falls of known lengths over the curves of calm windows: the matched law is theirs."""
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    curves, spread, figures = (
        importlib.import_module(name) for name in ("episodes_curves", "episodes_spread", "episodes_figures")
    )
    calm = curves.calm_us(shared_data)
    chance = np.random.default_rng(6)
    noise = np.concatenate([window.values[:, :36] for window in calm])
    lengths = np.maximum(8.0 * np.exp(0.5 * chance.standard_normal(len(noise))), 1.0)
    depths = -0.3 + 0.15 * chance.standard_normal(len(noise))
    seen = curves.Curves(noise + depths[:, None] * figures.falling(lengths, 0.3)[:, :36], np.arange(len(noise)))
    found = spread.length_spread(seen, calm, spread.Spread(-0.3, sd_between=0.15), 0.3, 24, figures.falling)
    assert found.median == pytest.approx(8.0, rel=0.15)
    assert found.q75 / found.q25 == pytest.approx(np.exp(2.0 * 0.6745 * 0.5), rel=0.25)


@pytest.mark.shared
def test_china_russia_is_in_none_of_the_pooled_figures(
    root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    flows = importlib.import_module("trade_pairs").annual_flows(shared_data)
    ends = ["China, P.R.: Mainland", "Russian Federation"]
    assert flows.filter(pl.col("reporter").is_in(ends)).height > 0
    assert flows.filter(pl.col("reporter").is_in(ends) & pl.col("partner").is_in(ends)).height == 0


@pytest.mark.shared
def test_crises_are_rebuilt_to_the_byte(root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    text = importlib.import_module("crises").build(shared_data)
    assert text == (root / "fixtures" / "crises.csv").read_text(encoding="utf-8")


@pytest.mark.shared
@pytest.mark.slow
def test_pooled_priors_are_rebuilt_to_the_byte(root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    priors, exporters = importlib.import_module("pooled_priors").build(shared_data)
    assert priors == (root / "fixtures" / "pooled_priors.csv").read_text(encoding="utf-8")
    assert exporters == (root / "fixtures" / "oil_exporters.csv").read_text(encoding="utf-8")
