"""The index of global activity that travels with Tradewind."""

from __future__ import annotations

import csv
from pathlib import Path


def rows(root: Path) -> list[dict[str, str]]:
    with (root / "fixtures" / "drivers" / "activity.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_months_follow_each_other_and_are_known_on_the_15th_of_the_next(root: Path) -> None:
    table = rows(root)
    months = [12 * int(row["month"][:4]) + int(row["month"][5:]) - 1 for row in table]
    assert months == list(range(12 * 1968, 12 * 1968 + len(table)))
    for month, row in zip(months, table, strict=True):
        assert row["published"] == f"{(month + 1) // 12}-{(month + 1) % 12 + 1:02d}-15"


def test_the_great_recession_is_the_fall_that_everyone_knows(root: Path) -> None:
    values = {row["month"]: float(row["value"]) for row in rows(root)}
    assert values["2008-05"] > 100.0
    assert values["2008-12"] < -50.0
