"""The generated parts of README.md: from measured rows to Markdown, between its markers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

README = Path(__file__).with_name("README.md")
_GROUPS = ("whole", "whole, others", "regular", "regular, others", "all")

Found = dict[str, Any]


def m3_lines(found: Found) -> list[str]:
    """Methods on M3's monthly series, the best first, and what was to be reached."""
    rows = sorted(found["rows"], key=lambda row: row["smape"])
    lines = [
        "| method | by | series | sMAPE | MASE | CRPS, scaled | in 80 % | in 95 % | seconds |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        ours = row["by"] == "tradewind"
        name = f"**{row['method']}**" if ours else row["method"]
        shown = [_number(row.get("smape"), 2), _number(row.get("mase"), 3), _number(row.get("crps"), 3)]
        shown += [_share(row.get("cover_80")), _share(row.get("cover_95")), _number(row.get("seconds"), 0)]
        lines.append(f"| {name} | {row['by']} | {row['series']:,} | {' | '.join(shown)} |")
    return [*lines, "", *verdict_lines(found["verdicts"])]


def us_lines(found: Found) -> list[str]:
    """Methods on United States trade by partner, by group of records, and what was to be reached."""
    lines = []
    for part, measured in found["parts"].items():
        lines += [f"### {part}", "", *_part_lines(measured), ""]
    return lines[:-1]


def _part_lines(measured: Found) -> list[str]:
    lines = []
    for group in _GROUPS:
        rows = sorted((row for row in measured["rows"] if row["group"] == group), key=lambda row: row["crps"])
        if not rows:
            continue
        lines += [
            f"{rows[0]['records']} records ({group}), {rows[0]['forecasts']:,} forecasts of 24 months:",
            "",
            "| method | by | CRPS | 1 | 3 | 6 | 12 | 24 | in crises | in 80 % | in crises | in 95 % | below 0 "
            "| Brier year 1 | year 2 |",
            "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        ]
        for row in rows:
            name = f"**{row['method']}**" if row["by"] == "tradewind" else row["method"]
            shown = [_number(row["crps"], 3), *(_number(value, 3) for value in row["crps_by_horizon"].values())]
            shown += [_number(row["crps_in_crises"], 3), _share(row["cover_80"]), _share(row["cover_80_in_crises"])]
            shown += [_share(row["cover_95"]), _share(row["negative"])]
            briers = [value for key, value in row.items() if key.startswith("brier_")][:2]
            shown += [_number(value, 3) for value in briers]
            lines.append(f"| {name} | {row['by']} | {' | '.join(shown)} |")
        lines.append("")
    said = [one for one in measured["verdicts"] if one["what"].split(":")[0] in _GROUPS]
    return [*lines, *verdict_lines(said)]


def china_russia_lines(found: Found) -> list[str]:
    """Forecasters of China-Russia at every year-end."""
    lines = [
        "| forecaster | log RMSE | asked | CRPS of the log | asked | in 80 % | years |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in found["rows"]:
        cells = []
        for key in ("log_rmse", "crps"):
            limit = row["asked"].get(key)
            cells += [f"{row[key]:.4f} (± {row[f'{key}_se']:.4f})", _asked(limit, row["met"].get(key))]
        lines.append(f"| {row['forecaster']} | {' | '.join(cells)} | {_share(row['cover_80'])} | {row['n']} |")
    return lines


def oil_pairs_lines(found: Found) -> list[str]:
    """Ten pairs that live on oil: CRPS with and without the realised price."""
    summary = found["summary"]
    names = list(summary["mean"])
    lines = [f"| pair | origins | {' | '.join(names)} | lower given oil |", "|---|---:|" + "---:|" * (len(names) + 1)]
    for row in found["rows"]:
        shown = [_number(row["scores"][name]["crps"], 4) for name in names]
        lines.append(f"| {row['pair']} | {row['origins']} | {' | '.join(shown)} | {row['fall_of_crps']:.1%} |")
    shown = [_number(summary["mean"][name]["crps"], 4) for name in names]
    met = summary["fall_of_crps"] >= summary["asked_fall_of_crps"]
    lines.append(
        f"| mean | | {' | '.join(shown)} | {summary['fall_of_crps']:.1%} (± {summary['fall_of_crps_se']:.1%}) |"
    )
    wanted = f"at least {summary['asked_fall_of_crps']:.0%}"
    return [*lines, "", f"Asked: {wanted}, {'met' if met else '**missed**'}."]


def verdict_lines(verdicts: list[Found]) -> list[str]:
    """What was to be reached, what came, and whether it was."""
    lines = ["| aim | asked | came | |", "|---|---:|---:|---|"]
    for said in verdicts:
        lines.append(f"| {said['what']} | {said['wanted']} | {said['came']} | {_met(said['reached'])} |")
    return lines


TABLES: dict[str, Callable[[Found], list[str]]] = {
    "m3": m3_lines,
    "us_pairs": us_lines,
    "china_russia": china_russia_lines,
    "oil_pairs": oil_pairs_lines,
}


def fill(part: str, lines: list[str]) -> None:
    """Put lines between <!-- part --> and <!-- /part --> of the README."""
    before, opening, rest = README.read_text(encoding="utf-8").partition(f"<!-- {part} -->\n")
    _, closing, after = rest.partition(f"<!-- /{part} -->")
    if not opening or not closing:
        raise ValueError(f"{README.name} has no place named {part}")
    README.write_text(before + opening + "\n".join(lines) + "\n" + closing + after, encoding="utf-8")


def _met(reached: bool) -> str:
    return "met" if reached else "**missed**"


def _asked(limit: float | None, met: bool | None) -> str:
    return "" if limit is None else f"{limit:g}, {_met(bool(met))}"


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
