"""The kinds of crisis agree with the fixtures, and nothing is known before its time."""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl
import pytest

from forecast.models.crises.kinds import KINDS, length_log_sd, measured_by, starts_known_by, under_way
from forecast.months import format_month, month

_QUARTILES = 2.0 * 0.6744898


@pytest.fixture(scope="module")
def crises(root: Path) -> dict[str, dict[str, object]]:
    table = pl.read_csv(root / "fixtures" / "crises.csv", infer_schema_length=None)
    return {row["episode"]: row for row in table.iter_rows(named=True)}


@pytest.fixture(scope="module")
def episodes(root: Path) -> dict[tuple[str, str], dict[str, object]]:
    """By episode and quantity, US months before annual pairs."""
    table = pl.read_csv(root / "fixtures" / "episodes.csv", infer_schema_length=None)
    found: dict[tuple[str, str], dict[str, object]] = {}
    for row in table.sort(pl.col("table") == "IMF annual pairs", maintain_order=True).iter_rows(named=True):
        found.setdefault((row["episode"], row["quantity"]), row)
    return found


def test_every_episode_of_the_table_is_here_in_order(crises: dict[str, dict[str, object]]) -> None:
    assert [kind.name for kind in KINDS] == [name for name in crises if name != "typical"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_starts_days_and_depths_are_those_of_crises(kind, crises) -> None:
    row = crises[kind.name]
    assert format_month(kind.start) == row["start"]
    assert format_month(kind.known) == row["first_known"][:7]
    assert format_month(kind.measured) >= row["depth_known"][:7]
    assert kind.counted == row["in_hazard"]
    assert (kind.depth_log, kind.depth_log_sd) == (row["depth_log_mean"], row["depth_log_pair_sd"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_lengths_and_recoveries_are_those_of_episodes(kind, crises, episodes) -> None:
    length = episodes.get((kind.name, "months_to_trough"))
    if length is None:
        assert kind.months_to_trough == crises[kind.name]["months_to_trough"]
        assert kind.length_log_sd is None
    else:
        assert kind.months_to_trough == pytest.approx(length["median"], abs=0.05)
        assert kind.length_log_sd == pytest.approx(math.log(length["q75"] / length["q25"]) / _QUARTILES, abs=0.005)
    share = episodes.get((kind.name, "recovered_share_24m")) or episodes.get((kind.name, "recovered_share_2y"))
    if share is None:
        assert kind.recovered_share is None
        assert kind.recovered_share_sd is None
    else:
        assert (kind.recovered_share, kind.recovered_share_sd) == (share["median"], share["sd_between"])


def test_a_kind_is_measured_only_when_its_recovery_has_been_seen() -> None:
    for kind in KINDS:
        if kind.counted and kind.recovered_share is not None:
            assert kind.measured >= kind.start + kind.months_to_trough + 23


def test_what_was_known_when() -> None:
    assert measured_by(month(1984, 11)) == ()
    assert [kind.name for kind in measured_by(month(2008, 12))] == ["1981-82", "1998", "2001"]
    assert [starts_known_by(m) for m in (month(1981, 12), month(2008, 8), month(2008, 9), month(2024, 1))] == [
        0,
        3,
        4,
        5,
    ]
    assert under_way(month(2008, 8)) is None
    running = under_way(month(2008, 9))
    assert running is not None
    assert running.name == "2008-09"
    assert under_way(month(2010, 6)) is None
    assert under_way(month(1982, 3)) is None, "nothing was measured by which its length could be judged"


def test_a_kind_without_its_own_spread_takes_that_of_the_others() -> None:
    by_name = {kind.name: kind for kind in KINDS}
    first, others = by_name["1981-82"], (by_name["1998"], by_name["2008-09"])
    assert length_log_sd(first, others) == pytest.approx(math.sqrt((0.15**2 + 0.55**2) / 2.0))
    assert length_log_sd(by_name["1998"], others) == 0.15
    assert length_log_sd(first, (first,)) == 0.5
