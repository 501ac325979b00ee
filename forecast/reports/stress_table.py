"""A Stress as tables for the terminal, as Markdown, as JSON, and as tidy rows."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.errors import SchemaError
from forecast.evaluation.stressed import LeastPath, Stress
from forecast.reports.stress_words import (
    brings,
    chance_words,
    circumstances,
    crisis_words,
    finding,
    kind_words,
    no_crossing_words,
    path_words,
    today_words,
    usd,
)
from forecast.reports.words import further, percent, points, short_month

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "markdown")
COLUMNS = (
    *("row", "price_usd", "price_low_usd", "price_high_usd", "month", "severity", "severity_low", "severity_high"),
    *("chance", "error", "q", "dof", "tail_prob", "score", "further_prob"),
)

_KEY = (
    "Range: where the chance, give or take two Monte Carlo errors, crosses. Further: chance of an oil price at least "
    "as far out in the same direction; score: 0.5 ordinary, 1 extreme."
)
_MOST_ROWS = 21
_MOST_MONTHS = 9  #: of the path, in its table
_PRICE_WIDTH = 9  #: letters that the prices of the map take, and what stands between columns
_MARKDOWN_WIDTH = 100


def write_stress(stress: Stress, format: str) -> bytes:
    """The answers as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(stress)
    if format == "csv":
        return stress_frame(stress).write_csv().encode()
    if format == "markdown":
        return stress_markdown(stress).encode()
    raise SchemaError(
        f"{format!r} is no format of reverse stress; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def stress_frame(stress: Stress) -> pl.DataFrame:
    """One row for each cell ("map"), month of the path ("path") and single answer, as ``row`` says.

    "base": the chance under the base scenario. "today", "lowest", "highest": flat at the last price known and at the
    ends tried. "break-even": a flat price, with its range. "crisis", "calm", "worst": the smallest crisis, none, and
    the most severe.
    """
    import polars as pl

    kinds: dict[str, pl.DataType | type[pl.DataType]] = {"row": pl.String, "month": pl.String, "dof": pl.Int64}
    rows = [tuple(row.get(name) for name in COLUMNS) for row in _tidy(stress)]
    return pl.DataFrame(rows, schema={name: kinds.get(name, pl.Float64) for name in COLUMNS}, orient="row")


def stress_markdown(stress: Stress) -> str:
    """The answers as Markdown."""
    lines = [f"## {finding(stress)}", "", f"{circumstances(stress)}. {chance_words(stress)}", ""]
    for title, heads, rows, said in _sheets(stress, _MARKDOWN_WIDTH):
        lines += [f"### {title}", ""]
        lines += [*_markdown(heads, rows), ""] if rows else []
        lines += [f"{text}\n" for text in said]
    return "\n".join([*lines, _KEY, "", *(f"{note}\n" for note in stress.warnings)]).rstrip() + "\n"


def print_stress(stress: Stress, console: Console) -> None:
    """Print the map, the path, the crisis and, last, the break-even prices; no wider than the console."""
    _line(console, circumstances(stress), "bold")
    for title, heads, rows, said in reversed(_sheets(stress, console.width)):
        _line(console)
        _line(console, title, "bold")
        if rows:
            console.print(_table(heads, rows))
        for text in said:
            _line(console, text)
    _line(console, _KEY, "dim")
    for text in stress.warnings:
        _line(console, f"Note: {text}", "yellow")
    _line(
        console,
        f"Model {stress.model}, {stress.paths:,} paths, seed {stress.seed}; figures known on {stress.as_of}.",
        "dim",
    )
    _line(console)
    _line(console, "In short", "bold")
    _line(console, f"{finding(stress)}. {chance_words(stress)}")


_Sheet = tuple[str, tuple[str, ...], list[tuple[str, ...]], tuple[str, ...]]  #: title, heads, rows, sentences


def _sheets(stress: Stress, width: int) -> list[_Sheet]:
    return [_prices(stress), _crisis(stress), _path(stress), _map(stress, width)]


def _prices(stress: Stress) -> _Sheet:
    title = f"Flat oil price that {brings(stress.alpha)}"
    if not stress.break_even.crossings:
        return title, (), [], (no_crossing_words(stress), today_words(stress))
    rows: list[tuple[str, ...]] = []
    for crossing in stress.break_even.crossings:
        low = "-" if crossing.low_usd is None else usd(crossing.low_usd)
        high = "-" if crossing.high_usd is None else usd(crossing.high_usd)
        out = crossing.plausibility
        likelier = "dearer oil" if crossing.rises else "cheaper oil"
        rows.append((usd(crossing.price_usd), f"{low} to {high}", likelier, further(out), f"{out.score:.2f}"))
    return title, ("USD a barrel", "range", "likelier with", "further", "score"), rows, (today_words(stress),)


def _crisis(stress: Stress) -> _Sheet:
    return f"Smallest crisis that {brings(stress.alpha)}", (), [], (crisis_words(stress),)


def _path(stress: Stress) -> _Sheet:
    title = f"Least implausible oil path that {brings(stress.alpha)}"
    path = stress.least_path
    if path is None:
        return title, (), [], (path_words(stress),)
    months = _shown_months(path)
    heads = ("USD a barrel", *(short_month(path.month[i]) for i in months))
    return title, heads, [("oil", *(usd(path.price_usd[i]) for i in months))], (path_words(stress),)


def _shown_months(path: LeastPath) -> list[int]:
    """Every third month, or fewer of a long path; the last one always."""
    last = len(path.month) - 1
    step = 3 * math.ceil((last + 1) / (3 * (_MOST_MONTHS - 1)))
    found = list(range(0, last + 1, step))
    return found if found[-1] == last else [*(i for i in found if last - i >= step / 2 or i == 0), last]


def _map(stress: Stress, width: int) -> _Sheet:
    """The map in whole per cents, a price a row; fewer rows and columns than it has where there are many."""
    chart = stress.map
    rows_shown = _spread(len(chart.price_usd), _MOST_ROWS)
    named = [f"{severity:.4g}" for severity in chart.severity]
    wide = 2 + max(4, *map(len, named))
    columns = _spread(len(named), max(2, (width - _PRICE_WIDTH) // wide))
    title = f"Chance in %, by oil price held flat and severity of {kind_words(chart.episode)} from {chart.start}"
    heads = ("USD", *(named[j] for j in columns))
    rows = []
    for i in rows_shown:
        cells = [f"{_whole(chart.chance[i][j])}{'*' if chart.chance[i][j] >= stress.alpha else ' '}" for j in columns]
        rows.append((f"{chart.price_usd[i]:,.4g}", *cells))
    worst = max(error for each in chart.error for error in each)
    said = (
        f"*: {percent(stress.alpha)} or more. Severity 0: none, others by their odds. "
        f"Monte Carlo error {points(worst)} at most."
    )
    left_out = len(rows_shown) < len(chart.price_usd) or len(columns) < len(chart.severity)
    whole = f"All {len(chart.price_usd)} x {len(chart.severity)} cells are in --format csv."
    return title, heads, rows, (said, whole) if left_out else (said,)


def _whole(chance: float) -> str:
    """A chance in whole per cents."""
    return "<1" if chance < 0.005 else ">99" if chance >= 0.995 else str(int(100.0 * chance + 0.5))


def _spread(count: int, most: int) -> list[int]:
    """At most so many positions of ``count``, evenly, both ends among them."""
    step = math.ceil((count - 1) / (most - 1)) if count > most else 1
    found = list(range(0, count, step))
    return found if found[-1] == count - 1 else [*found[: most - 1], count - 1]


def _tidy(stress: Stress) -> Iterator[dict[str, object]]:
    flat, crisis = stress.break_even, stress.least_crisis
    yield {"row": "base", "chance": stress.chance, "error": stress.error}
    yield {"row": "today", "price_usd": flat.today_usd, "chance": flat.chance_today}
    yield {"row": "lowest", "price_usd": flat.lowest_usd, "chance": flat.chance_lowest}
    yield {"row": "highest", "price_usd": flat.highest_usd, "chance": flat.chance_highest}
    for crossing in flat.crossings:
        yield {
            "row": "break-even",
            "price_usd": crossing.price_usd,
            "price_low_usd": crossing.low_usd,
            "price_high_usd": crossing.high_usd,
            "chance": stress.alpha,
            **msgspec.to_builtins(crossing.plausibility),
        }
    if stress.least_path:
        out = msgspec.to_builtins(stress.least_path.plausibility)
        for month, price in zip(stress.least_path.month, stress.least_path.price_usd, strict=True):
            yield {"row": "path", "month": month, "price_usd": price, "chance": stress.least_path.chance, **out}
    if crisis.severity is not None:
        edges = {"severity_low": crisis.low, "severity_high": crisis.high}
        yield {"row": "crisis", "month": crisis.start, "severity": crisis.severity, "chance": stress.alpha, **edges}
    yield {"row": "calm", "month": crisis.start, "severity": 0.0, "chance": crisis.calm}
    yield {"row": "worst", "month": crisis.start, "severity": crisis.most, "chance": crisis.worst}
    for i, price in enumerate(stress.map.price_usd):
        for j, severity in enumerate(stress.map.severity):
            cell = {"chance": stress.map.chance[i][j], "error": stress.map.error[i][j]}
            yield {"row": "map", "month": stress.map.start, "price_usd": price, "severity": severity, **cell}


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        table.add_column(head, justify="left" if head == "likelier with" else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell, "bold" if cell.endswith("*") else "") for cell in row))
    return table


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    bars = ["---" if head == "likelier with" else "---:" for head in heads]
    lines = [" | ".join(cell.strip().replace("*", r"\*") for cell in row) for row in rows]
    return [f"| {' | '.join(heads)} |", f"|{'|'.join(bars)}|", *(f"| {line} |" for line in lines)]


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
