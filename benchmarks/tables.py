"""The generated parts of benchmarks/README.md: from measured rows to Markdown, between its markers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

README = Path(__file__).with_name("README.md")


def contest_table(rows: list[dict[str, Any]]) -> list[str]:
    """A line for each contest and peer."""
    lines = [
        "| work | peer | times faster | aim | ours | threads | results agree |",
        "|---|---|---:|---:|---:|---:|---|",
    ]
    work = None
    for row in rows:
        again, work = row["work"] == work, row["work"]
        aim = row["at_least"]
        mark = "" if aim is None else f"{aim:g}x" if row["ratio"] >= aim else f"{aim:g}x, **missed**"
        lines.append(
            f"| {'' if again else work} | {row['peer']} | {_times(row['ratio'])} | {mark} | {_time(row['ours'])} "
            f"| {row['threads']} | {'' if again else row['agreement']} |"
        )
    return lines


def growth_table(growths: list[dict[str, Any]]) -> list[str]:
    """A line for each growing dimension: the exponent of cost in size."""
    lines = ["| work | grows in | from | to | cost ~ size to the power |", "|---|---|---:|---:|---:|"]
    for growth in growths:
        first, last = growth["sizes"][0], growth["sizes"][-1]
        lines.append(f"| {growth['work']} | {growth['of']} | {first:,} | {last:,} | {growth['exponent']:.2f} |")
    return lines


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}x" if ratio >= 20 else f"{ratio:.1f}x"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.0f} ns"


def fill(part: str, lines: list[str]) -> None:
    """Put lines between <!-- part --> and <!-- /part --> of the README."""
    before, opening, rest = README.read_text(encoding="utf-8").partition(f"<!-- {part} -->\n")
    _, closing, after = rest.partition(f"<!-- /{part} -->")
    if not opening or not closing:
        raise ValueError(f"benchmarks/README.md has no place named {part}")
    README.write_text(before + opening + "\n".join(lines) + "\n" + closing + after, encoding="utf-8")
