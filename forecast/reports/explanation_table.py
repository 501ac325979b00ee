"""An Explanation as tables for the terminal, as Markdown, as JSON, and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.errors import SchemaError
from forecast.evaluation.explained import Amounts, Explanation, News, Part, Side
from forecast.reports.explanation_words import signed_amount, signed_points
from forecast.reports.words import amount, count_of, flow_between, percent, points, short_country, unit_words

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "markdown")
COLUMNS = (
    *("row", "name", "words", "probability", "probability_error", "mean_usd_bn", "mean_error_usd_bn"),
    *("median_usd_bn", "median_error_usd_bn", "reporter", "unit", "expected", "sd", "came", "weight", "effect_usd_bn"),
)

_KEY = "Chance: of the target. Error: Monte Carlo standard error, on common paths. Parts add up to the difference."
_NEWS_KEY = (
    "Expected: before the release. Weight: what one bn more adds to the mean of the sum asked. Adds: weight times what "
    "came beyond expectation; the part's mean also holds what the figures say of seasons and widths."
)
_MOST_NEWS = 8  #: figures of one release that a table shows, the last ones
_NEWS_HEADS = ("release", "figure", "count", "unit", "expected", "+/-", "came", "weight", "adds")


def write_explanation(explanation: Explanation, format: str) -> bytes:
    """The explanation as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(explanation)
    if format == "csv":
        return explanation_frame(explanation).write_csv().encode()
    if format == "markdown":
        return explanation_markdown(explanation).encode()
    raise SchemaError(
        f"{format!r} is no format of an explanation; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def explanation_frame(explanation: Explanation) -> pl.DataFrame:
    """One row for each end ("before", "after"), "part", "subtotal", the "difference", and each figure ("news")."""
    import polars as pl

    rows: list[tuple[object, ...]] = [_tidy("before", explanation.before)]
    for part in explanation.parts:
        rows.append(_tidy("part", part))
        rows += [
            (
                "news",
                part.name,
                news.figure,
                *([None] * 6),
                news.reporter or None,
                news.unit,
                news.expected,
                news.sd,
                news.came,
                news.weight,
                news.effect,
            )
            for news in part.news
        ]
    rows += [_tidy("subtotal", part) for part in explanation.subtotals]
    rows += [_tidy("difference", explanation.total), _tidy("after", explanation.after)]
    numbers = dict.fromkeys((*COLUMNS[3:9], *COLUMNS[11:]), pl.Float64)
    texts = dict.fromkeys((*COLUMNS[:3], *COLUMNS[9:11]), pl.String)
    return pl.DataFrame(rows, schema={name: (numbers | texts)[name] for name in COLUMNS}, orient="row")


def explanation_markdown(explanation: Explanation) -> str:
    """The paragraph, the parts and the news as Markdown."""
    lines = [f"## {heading(explanation)}", "", explanation.paragraph, ""]
    lines += _markdown(_heads(explanation), _rows(explanation), left=1)
    news = _news_rows(explanation)
    if news:
        lines += ["", *_markdown(_NEWS_HEADS, news, left=4), "", _NEWS_KEY]
    lines += ["", *(f"{note}\n" for note in explanation.notes)]
    return "\n".join(lines).rstrip() + "\n"


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print the news, the parts and, last, the paragraph; no wider than the console."""
    _line(console, heading(explanation), "bold")
    news = _news_rows(explanation)
    if news:
        _line(console)
        _line(console, "What came, and what had been expected", "bold")
        console.print(_table(_NEWS_HEADS, news, left=4, bold=()))
        _line(console, _NEWS_KEY, "dim")
    _line(console)
    _line(console, f"{_upper(explanation.target_words)}: the parts of the difference", "bold")
    rows = _rows(explanation)
    ends = (0, len(explanation.parts) + 1, len(rows) - 1)
    console.print(_table(_heads(explanation), rows, left=1, bold=ends))
    _line(console, _KEY, "dim")
    for note in explanation.notes:
        _line(console, note, "dim")
    _line(
        console,
        f"Model {explanation.model}, {explanation.paths:,} paths, seed {explanation.seed}, as known on "
        f"{explanation.as_of}.",
        "dim",
    )
    _line(console)
    _line(console, "In short", "bold")
    _line(console, explanation.paragraph)


def heading(explanation: Explanation) -> str:
    """ "Turnover between China and Russia: oil-slump against baseline"."""
    flow = explanation.summed.split(" ")[0] if explanation.summed else "trade"
    what = flow_between(flow, explanation.pair)
    before, after = explanation.before.name, explanation.after.name
    between = {
        "scenarios": f"{after} against {before}",
        "knowledge": f"known on {after} against {before}",
        "reporters": f"{count_of(after)} against {count_of(before)}",
    }[explanation.kind]
    return f"{_upper(what)}: {between}"


def _heads(explanation: Explanation) -> tuple[str, ...]:
    heads: tuple[str, ...] = ("part", "chance", "error")
    if explanation.summed:
        heads += ("mean, bn USD", "error", "median", "error")
    return (*heads, "what it is")


def _rows(explanation: Explanation) -> list[tuple[str, ...]]:
    rows = [_end(explanation, explanation.before)]
    rows += [_change(explanation, part) for part in explanation.parts]
    rows.append(_change(explanation, explanation.total))
    rows += [_change(explanation, part) for part in explanation.subtotals]
    return [*rows, _end(explanation, explanation.after)]


def _end(explanation: Explanation, side: Side) -> tuple[str, ...]:
    cells = [side.name, percent(side.amounts.probability), points(side.error.probability)]
    if explanation.summed:
        for value, error in _sums(side.amounts, side.error):
            cells += ["-" if value is None else amount(value), _error(error)]
    return (*cells, side.words)


def _change(explanation: Explanation, part: Part) -> tuple[str, ...]:
    cells = [part.name, signed_points(part.effect.probability), points(part.error.probability)]
    if explanation.summed:
        for value, error in _sums(part.effect, part.error):
            cells += [signed_amount(value), _error(error)]
    return (*cells, part.words)


def _sums(amounts: Amounts, error: Amounts) -> Iterable[tuple[float | None, float | None]]:
    return ((amounts.mean, error.mean), (amounts.median, error.median))


def _error(error: float | None) -> str:
    return "-" if error is None else f"{error:.2f}"


def _news_rows(explanation: Explanation) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for part in explanation.parts:
        shown = part.news if len(part.news) <= _MOST_NEWS else part.news[-_MOST_NEWS:]
        for i, news in enumerate(shown):
            rows.append((part.name if i == 0 else "", *_news_cells(news)))
        if len(shown) < len(part.news):
            earlier = f"{len(part.news) - len(shown)} more are in --format csv"
            rows.append(("", earlier, *[""] * (len(_NEWS_HEADS) - 2)))
    return rows


def _news_cells(news: News) -> tuple[str, ...]:
    weight = "-" if news.weight is None else f"{news.weight:.2f}"
    expected = "-" if news.expected is None else amount(news.expected)
    spread = "-" if news.sd is None else f"{news.sd:.2f}"
    count = short_country(news.reporter) if news.reporter else "-"
    came = amount(news.came)
    return news.figure, count, unit_words(news.unit), expected, spread, came, weight, signed_amount(news.effect)


def _tidy(row: str, entry: Side | Part) -> tuple[object, ...]:
    amounts = entry.amounts if isinstance(entry, Side) else entry.effect
    error = entry.error
    values = (amounts.probability, error.probability, amounts.mean, error.mean, amounts.median, error.median)
    return (row, entry.name, entry.words, *values, *[None] * 7)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int, bold: Sequence[int]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, head in enumerate(heads):
        words = head in ("part", "release", "figure", "what it is")
        table.add_column(
            head,
            justify="left" if i < left or head == "what it is" else "right",
            no_wrap=not words,
            overflow="fold",
            min_width=12 if head == "what it is" else None,
        )
    for i, row in enumerate(rows):
        table.add_row(*(Text(cell) for cell in row), style="bold" if i in bold else None)
    return table


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[str]:
    bars = ["---" if i < left or head == "what it is" else "---:" for i, head in enumerate(heads)]
    return [f"| {' | '.join(heads)} |", f"|{'|'.join(bars)}|", *(f"| {' | '.join(row)} |" for row in rows)]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
