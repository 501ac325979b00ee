"""A Comparison of scenarios as tables for the terminal, as Markdown, as JSON, and as tidy rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.errors import SchemaError
from forecast.evaluation.compared import Comparison, ScenarioCompared
from forecast.reports.explanation_words import signed_amount, signed_points
from forecast.reports.words import amount, count_of, digits_for, flow_between, further, interval, percent, points

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "markdown")
COLUMNS = (
    *("scenario", "what", "flow", "year", "target", "value", "error", "lower", "upper", "change", "change_error"),
    *("plausibility", "tail_prob", "further_prob", "effective_paths", "crisis_prob"),
)

_TARGET_HEADS = ("scenario", "chance", "error", "against first", "error")
_ORDINARY_HEADS = ("scenario", "paths", "crisis", "further", "score", "what it says")
_WORDS = ("year", "scenario", "what it says")  #: columns that stand to the left
_KEY = (
    "Against the first scenario, on the same paths; its error is that of paired paths. Paths: the draws that a "
    "scenario effectively rests on. Crisis: chance that one begins. Further: chance of a future at least as far out in "
    "the direction of what it pins; score: 0.5 ordinary, 1 extreme."
)


def write_comparison(comparison: Comparison, format: str) -> bytes:
    """The comparison as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(comparison)
    if format == "csv":
        return comparison_frame(comparison).write_csv().encode()
    if format == "markdown":
        return comparison_markdown(comparison).encode()
    raise SchemaError(
        f"{format!r} is no format of a comparison; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def comparison_frame(comparison: Comparison) -> pl.DataFrame:
    """One row a scenario and target ("probability") and a scenario, flow and year ("median_usd_bn")."""
    import polars as pl

    rows: list[tuple[object, ...]] = []
    for each in comparison.scenarios:
        out = each.plausibility
        shared = (out.score, out.tail_prob, out.further_prob, each.effective_paths, each.crisis_prob)
        for target in each.targets:
            numbers = (target.probability, target.error, None, None, target.change, target.change_error)
            rows.append((each.name, "probability", None, None, target.target, *numbers, *shared))
        for year in each.years:
            values = (year.median, None, year.lower, year.upper, year.change, year.change_error)
            rows.append((each.name, "median_usd_bn", year.flow, year.year, None, *values, *shared))
    texts: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("scenario", "what", "flow", "target"), pl.String)
    whole: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("year", "effective_paths"), pl.Int64)
    return pl.DataFrame(rows, schema={name: (texts | whole).get(name, pl.Float64) for name in COLUMNS}, orient="row")


def comparison_markdown(comparison: Comparison) -> str:
    """Targets, years and what the scenarios say, as Markdown tables."""
    lines = [f"## {heading(comparison)}", ""]
    for title, heads, rows in _tables(comparison, whole=True):
        lines += [f"### {title}", "", *_markdown(heads, rows), ""]
    return "\n".join([*lines, _KEY, "", *(f"{note}\n" for note in _notes(comparison))]).rstrip() + "\n"


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print what the scenarios say, the years and, last, the targets; no wider than the console."""
    _line(console, heading(comparison), "bold")
    for title, heads, rows in reversed(_tables(comparison)):
        _line(console)
        _line(console, title, "bold")
        console.print(_table(heads, rows))
    _line(console)
    _line(console, _KEY, "dim")
    if len({year.flow for year in comparison.scenarios[0].years}) > 1:
        _line(console, "Years of the other flows are in --format csv.", "dim")
    for text in _notes(comparison):
        _line(console, f"Note: {text}", "yellow")
    _line(
        console,
        f"Model {comparison.model}, {comparison.paths:,} paths, seed {comparison.seed}; figures known on "
        f"{comparison.as_of}, up to {comparison.origin}.",
        "dim",
    )


_Sheet = tuple[str, tuple[str, ...], list[tuple[str, ...]]]  #: title, heads, rows


def heading(comparison: Comparison) -> str:
    """ "Turnover between China and Russia by China's count, as known on 2018-10-12: 4 scenarios"."""
    what = flow_between("trade", comparison.pair)
    return (
        f"{_upper(what)} by {count_of(comparison.reporter)}, as known on {comparison.as_of}: "
        f"{len(comparison.scenarios)} scenarios"
    )


def _tables(comparison: Comparison, *, whole: bool = False) -> list[_Sheet]:
    """Tables of each target, of the years of each flow asked (all flows when ``whole``), and of the scenarios."""
    found: list[_Sheet] = []
    first = comparison.scenarios[0]
    for i, target in enumerate(first.targets):
        found.append((_upper(target.words), _TARGET_HEADS, [_target_row(s, i, first) for s in comparison.scenarios]))
    there = tuple(dict.fromkeys(year.flow for year in first.years))
    shown = there if whole else comparison.asked or there[-1:]
    for flow in reversed(there):
        if flow in shown:
            heads = ("year", "scenario", "median", f"{comparison.level}%", "against first", "error")
            title = f"{_upper(flow)} by year, bn USD: median and {comparison.level}% band"
            found.append((title, heads, _year_rows(comparison, flow)))
    found.append(("What the scenarios say", _ORDINARY_HEADS, [_ordinary_row(s) for s in comparison.scenarios]))
    return found


def _target_row(scenario: ScenarioCompared, i: int, first: ScenarioCompared) -> tuple[str, ...]:
    target = scenario.targets[i]
    cells = (scenario.name, percent(target.probability), points(target.error))
    return (
        (*cells, "-", "-")
        if scenario is first
        else (
            *cells,
            signed_points(target.change),
            points(target.change_error),
        )
    )


def _year_rows(comparison: Comparison, flow: str) -> list[tuple[str, ...]]:
    """A row for each year and scenario; the year stands on its first row only."""
    years = [[year for year in each.years if year.flow == flow] for each in comparison.scenarios]
    digits = digits_for(year.median for each in years for year in each)
    rows: list[tuple[str, ...]] = []
    for k in range(len(years[0])):
        for i, each in enumerate(comparison.scenarios):
            year = years[i][k]
            cells = (amount(year.median, digits), interval(year.lower, year.upper, digits))
            change = (signed_amount(year.change), f"{year.change_error:.2f}") if i else ("-", "-")
            rows.append((str(year.year) if i == 0 else "", each.name, *cells, *change))
    return rows


def _ordinary_row(scenario: ScenarioCompared) -> tuple[str, ...]:
    said = "; ".join(scenario.conditions) or "nothing: the oil price and crises by their own odds"
    return (
        *(scenario.name, f"{scenario.effective_paths:,}", percent(scenario.crisis_prob)),
        *(further(scenario.plausibility), f"{scenario.plausibility.score:.2f}", said),
    )


def _notes(comparison: Comparison) -> tuple[str, ...]:
    told = [f"{each.name}: {text}" for each in comparison.scenarios for text in each.warnings]
    return tuple(dict.fromkeys((*comparison.warnings, *told)))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        words = head in _WORDS
        table.add_column(
            head,
            justify="left" if words else "right",
            no_wrap=head not in ("scenario", "what it says"),
            overflow="fold",
        )
    at = heads.index("scenario")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row), style="bold" if row[at] == rows[0][at] else None)
    return table


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    bars = ["---" if head in _WORDS else "---:" for head in heads]
    return [f"| {' | '.join(heads)} |", f"|{'|'.join(bars)}|", *(f"| {' | '.join(row)} |" for row in rows)]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
