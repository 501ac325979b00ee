"""A Replay as a table for the terminal, as Markdown, as JSON, and as tidy rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.errors import SchemaError
from forecast.evaluation.replayed import Forecast, Origin, Replay, Score
from forecast.reports.words import amount, count_of, flow_between, interval

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "markdown")
COLUMNS = (
    *("year", "as_of", "outcome_usd_bn", "forecaster", "median_usd_bn", "lower_80_usd_bn", "upper_80_usd_bn"),
    *("log_error", "crps", "covered_80"),
)

_OWN, _GIVEN = 0, 1  #: positions of the model without and with the realised oil price
_FULL, _DATED = 108, 92  #: widths from which on the CRPS of each year, and the day of knowledge, have room
_KEY = (
    "Each year is forecast from the first month end on which the year before was known whole. Log error: log of the "
    "outcome less log of the median. 'out': the outcome lies outside the 80% band. CRPS of the log: smaller is better."
)
_HEADS = ("forecaster", "log RMSE", "CRPS", "in 80% band", "years")


def write_replay(replay: Replay, format: str) -> bytes:
    """The replay as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(replay)
    if format == "csv":
        return replay_frame(replay).write_csv().encode()
    if format == "markdown":
        return replay_markdown(replay).encode()
    raise SchemaError(
        f"{format!r} is no format of a replay; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def replay_frame(replay: Replay) -> pl.DataFrame:
    """One row a year and forecaster, columns COLUMNS; scores of single years are those of the log."""
    import polars as pl

    rows = [
        (
            *(origin.year, origin.as_of.isoformat(), origin.outcome_usd_bn, each.forecaster),
            *(each.median_usd_bn, each.lower_usd_bn, each.upper_usd_bn, each.log_error, each.crps, each.covered),
        )
        for origin in replay.origins
        for each in origin.forecasts
    ]
    return pl.DataFrame(rows, schema=list(COLUMNS), orient="row")


def replay_markdown(replay: Replay) -> str:
    """Scores, then years, as two Markdown tables."""
    lines = [*_markdown(_HEADS, (_score_cells(score) for score in replay.scores)), ""]
    heads = (
        "year",
        "known on",
        "outcome",
        "median",
        "80% band",
        "log error",
        "with oil given",
        "80% band",
        "log error",
    )
    lines += _markdown(heads, (_year_cells(origin) for origin in replay.origins))
    return "\n".join(lines) + "\n"


def print_replay(replay: Replay, console: Console) -> None:
    """Print the years, then the scores of all forecasters, no wider than the console."""
    what = flow_between(replay.flow, replay.pair)
    title = f"{what[0].upper()}{what[1:]} by {count_of(replay.reporter)}, bn USD: forecasts one year ahead"
    console.print(Text(title, "bold"), highlight=False)
    console.print()
    console.print(_year_table(replay, console.width))
    console.print(Text(_KEY, "dim"), highlight=False)
    console.print()
    console.print(_score_table(replay))


def _year_table(replay: Replay, width: int) -> Table:
    dated, full = width >= _DATED, width >= _FULL
    table = Table(box=None, pad_edge=False, padding=(0, 2 if full else 1, 0, 0), header_style="dim")
    table.add_column("year")
    if dated:
        table.add_column("known on", no_wrap=True)
    table.add_column("really", justify="right", no_wrap=True, style="cyan")
    for head in ("median", "median,\noil given"):
        table.add_column(head, justify="right", no_wrap=True)
        for other in ("80%", "log\nerror", *(("CRPS",) if full else ()), ""):
            table.add_column(other, justify="right" if other else "left", no_wrap=True)
    for origin in replay.origins:
        cells = [str(origin.year), *([origin.as_of.isoformat()] if dated else []), amount(origin.outcome_usd_bn)]
        for each in (origin.forecasts[_OWN], origin.forecasts[_GIVEN]):
            cells += [amount(each.median_usd_bn), _band(each), f"{each.log_error:+.3f}"]
            cells += [*([f"{each.crps:.3f}"] if full else []), "" if each.covered else "out"]
        table.add_row(*cells)
    return table


def _score_table(replay: Replay) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, head in enumerate(_HEADS):
        table.add_column(head, justify="right" if i else "left", no_wrap=True)
    for position, score in enumerate(replay.scores):
        table.add_row(*_score_cells(score), style="bold" if position in (_OWN, _GIVEN) else None)
    return table


def _score_cells(score: Score) -> tuple[str, ...]:
    return (
        *(score.forecaster, f"{score.log_rmse:.3f}", f"{score.crps:.3f}"),
        *(f"{100 * score.coverage_80:.0f}%", str(score.origins)),
    )


def _year_cells(origin: Origin) -> tuple[str, ...]:
    cells = [str(origin.year), origin.as_of.isoformat(), amount(origin.outcome_usd_bn)]
    for each in (origin.forecasts[_OWN], origin.forecasts[_GIVEN]):
        cells += [amount(each.median_usd_bn), _band(each), f"{each.log_error:+.3f}"]
    return tuple(cells)


def _band(forecast: Forecast) -> str:
    return interval(forecast.lower_usd_bn, forecast.upper_usd_bn)


def _markdown(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
