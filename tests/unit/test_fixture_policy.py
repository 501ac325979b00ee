"""Trade policy, origin of oil moves and composition: plausible, exact in their parts, built again alike."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest


@pytest.fixture(scope="module")
def policy(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "trade_policy.csv")


@pytest.fixture(scope="module")
def composition(root: Path) -> pl.DataFrame:
    return pl.read_csv(root / "fixtures" / "composition.csv", schema_overrides={"hs": pl.String})


def load(name: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A program of fixtures/build, which imports its neighbours by their bare names."""
    monkeypatch.syspath_prepend(str(root / "fixtures" / "build"))
    return importlib.import_module(name)


def test_every_figure_says_what_it_rests_on(policy: pl.DataFrame) -> None:
    assert set(policy["basis"]) == {"measured", "read", "recalled", "judged"}
    assert policy["source"].null_count() == 0
    assert policy["what"].null_count() == 0
    used = policy.filter("used")
    assert used.select("quantity", "kind").is_duplicated().sum() == 0
    assert used.select(pl.all_horizontal(pl.col("mean", "low", "high", "published").is_not_null())).to_series().all()
    recalled = used.filter(pl.col("basis").is_in(["read", "recalled"]) & (pl.col("quantity") != "over_months"))
    assert (recalled["sd"] > 0.05).all()


def test_the_default_elasticity_is_the_mean_of_the_three_beside_it(policy: pl.DataFrame) -> None:
    seen = policy.filter(pl.col("quantity") == "seen.elasticity")["mean"].to_list()[:3]
    default = policy.filter("used", quantity="elasticity").row(0, named=True)
    assert default["mean"] == pytest.approx(np.mean(seen), abs=1e-4)
    assert default["sd"] == pytest.approx(np.std(seen, ddof=1), abs=1e-4)


def test_no_third_country_gains_more_than_all_of_them(policy: pl.DataFrame) -> None:
    used = {(row["quantity"], row["kind"]): row["mean"] for row in policy.filter("used").iter_rows(named=True)}
    everyone = policy.filter(quantity="seen.diversion_to_all")["mean"].item()
    assert used["diversion", "tariff"] < used["diversion", "sanctions"] < everyone < 1.0


def test_sanctions_were_measured_where_there_were_some_and_not_where_there_were_none(policy: pl.DataFrame) -> None:
    laid = policy.filter(quantity="seen.log_effect", kind="financial")
    calm = policy.filter(quantity="seen.log_effect_calm", kind="financial")
    assert (laid["mean"] < -3.0 * laid["sd"]).all()
    assert (calm["mean"].abs() < 2.0 * calm["sd"]).all()


def test_shares_are_parts_of_the_whole(composition: pl.DataFrame) -> None:
    apart = composition.filter(~pl.col("group").is_in(["all", "energy"]))
    sums = apart.group_by("flow", "year").agg(pl.col("share").sum())
    assert sums.height == 14
    assert sums["share"].is_between(0.4, 1.0).all()
    energy = composition.filter(pl.col("group") == "energy").sort("flow", "year")["share"].to_numpy()
    parts = apart.filter(pl.col("group").is_in(["crude-oil", "refined-oil", "gas", "coal"]))
    inside = parts.group_by("flow", "year").agg(pl.col("share").sum()).sort("flow", "year")["share"].to_numpy()
    assert (inside <= energy + 3e-6).all()
    assert (composition["published"].str.slice(0, 4).cast(int) == composition["year"] + 2).all()


def test_estimates_that_disagree_have_a_wider_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    combined = load("oil_origin", root, monkeypatch).combined
    assert combined([(0.1, 0.1), (0.1, 0.1)]) == pytest.approx((0.1, 0.1 / np.sqrt(2.0)))
    mean, error = combined([(0.0, 0.1), (1.0, 0.1)])
    assert (mean, error) == pytest.approx((0.5, 0.5))


def test_signs_tell_demand_from_supply(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    origin = load("oil_origin", root, monkeypatch)
    rng = np.random.default_rng(11)
    n = 800
    demand, supply = rng.normal(size=(2, n))
    oil, activity = np.cumsum(0.08 * (demand + 0.6 * supply)), 0.3 * demand - 0.15 * supply
    moved_by_demand, moved_by_supply = origin.split(activity, oil)
    assert moved_by_demand + moved_by_supply == pytest.approx(oil[origin.LAGS :] - oil[origin.LAGS - 1])
    found = np.diff(moved_by_demand), np.diff(moved_by_supply)
    later = slice(origin.LAGS + 1, None)
    assert np.corrcoef(found[0], demand[later])[0, 1] > 0.8
    assert np.corrcoef(found[1], supply[later])[0, 1] > 0.4
    assert abs(np.corrcoef(found[1], demand[later])[0, 1]) < 0.3


@pytest.mark.shared
@pytest.mark.parametrize("name", ["trade_policy", "oil_origin", "composition"])
def test_rebuilt_to_the_byte(name: str, root: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = load(name, root, monkeypatch).build(shared_data)
    assert text == (root / "fixtures" / f"{name}.csv").read_text(encoding="utf-8")


@pytest.mark.shared
def test_groups_match_sums_over_the_raw_chapters(composition: pl.DataFrame, shared_data: Path) -> None:
    raw = pl.read_csv(shared_data / "composition" / "baci_china_russia_hs2_2017_2023.csv")
    for flow, exporter, group, chapters in (
        ("imports", "Russia", "wood", [44]),
        ("imports", "Russia", "energy", [27]),
        ("exports", "China", "clothing", [61, 62]),
    ):
        rows = raw.filter(pl.col("exporter") == exporter)
        for year in (2017, 2021, 2023):
            part = rows.filter(pl.col("hs2").is_in(chapters), year=year)["value_thousand_usd"].sum()
            whole = rows.filter(year=year)["value_thousand_usd"].sum()
            found = composition.filter(flow=flow, group=group, year=year).row(0, named=True)
            assert found["value_usd_bn"] == pytest.approx(part / 1e6, abs=1e-6)
            assert found["share"] == pytest.approx(part / whole, abs=1e-6)
