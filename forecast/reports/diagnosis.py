"""A Diagnosis as tables for the terminal, as Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.errors import SchemaError
from forecast.evaluation.diagnosed import LARGE, LARGE_SHARE, Check, Diagnosis, Lag

FORMATS = ("json", "markdown")

_NAMES = {"mean": "no bias", "memory": "no memory", "size": "one size", "normal": "normal law"}
_AGAINST = {"mean": "biased", "memory": "memory is left", "size": "not one size", "normal": "not normal"}
_CHECK_HEADS = ("property", "test", "statistic", "p", "")
_LAG_HEADS = ("lag", "r", "Q", "df", "p")
_IN_BLOCK = 12  #: lags one under the other before the next block begins
_NAMED = 10  #: large residuals that are named


def write_diagnosis(diagnosis: Diagnosis, format: str) -> bytes:
    """The diagnosis as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(diagnosis)
    if format == "markdown":
        return diagnosis_markdown(diagnosis).encode()
    raise SchemaError(
        f"{format!r} is no format of a diagnosis; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def headline(diagnosis: Diagnosis) -> str:
    """What the tests say, in one line: "CHN-RUS, residuals of structural: not normal"."""
    tested = [check for check in diagnosis.checks if check.holds is not None]
    failing = [_AGAINST[check.name] for check in tested if not check.holds]
    if not tested:
        found = "nothing can be tested"
    elif not failing:
        found = "no test speaks against it"
    else:
        found = ", ".join(failing)
    return f"{diagnosis.name}, residuals of {diagnosis.model}: {found}"


def subtitle(diagnosis: Diagnosis) -> str:
    """What was fitted to what, and how many residuals there are."""
    gaps = f", {diagnosis.gaps} gaps" if diagnosis.gaps else ""
    return f"{diagnosis.said}; {diagnosis.figures} residuals of {diagnosis.scale}{gaps}"


def large_words(diagnosis: Diagnosis) -> str:
    """How many residuals are large, beside what the normal law has, and which."""
    count = len(diagnosis.large)
    share = _share(count / max(diagnosis.figures, 1))
    named = ", ".join(f"{each.span} {each.standardised:+.1f}" for each in diagnosis.large[:_NAMED])
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    ordinary = f"{LARGE:g} standard deviations (normal law: {_share(LARGE_SHARE)})"
    if not count:
        return f"No residual is beyond {ordinary}."
    return f"{count} of {diagnosis.figures} ({share}) are beyond {ordinary}: {named}{more}."


def diagnosis_markdown(diagnosis: Diagnosis) -> str:
    """Verdicts, lags and large residuals as Markdown."""
    lines = [f"## {diagnosis.name}: residuals of {diagnosis.model}", "", f"{subtitle(diagnosis)}.", ""]
    lines += _markdown((*_CHECK_HEADS[:-1], "verdict"), [(*_cells(c), c.verdict) for c in diagnosis.checks], left=2)
    if diagnosis.lags:
        lines += ["", *_markdown(_LAG_HEADS, [_lag_cells(lag) for lag in diagnosis.lags], left=0)]
    lines += ["", large_words(diagnosis) if diagnosis.figures else "", *(f"\n{note}" for note in diagnosis.notes)]
    return "\n".join(lines).rstrip() + "\n"


def print_diagnosis(diagnosis: Diagnosis, console: Console) -> None:
    """Print the tests, the lags, the large residuals and, last, what the tests mean; no wider than the console."""
    _line(console, f"{diagnosis.name}: residuals of {diagnosis.model}", "bold")
    _line(console, f"{subtitle(diagnosis)}.", "dim")
    _line(console)
    table = _table(_CHECK_HEADS, left=2)
    for check in diagnosis.checks:
        holds = {True: "holds", False: "does not hold", None: "not tested"}[check.holds]
        table.add_row(*_cells(check), holds, style=None if check.holds is not False else "yellow")
    console.print(table)
    if diagnosis.lags:
        _line(console)
        _line(
            console, "Ljung-Box: autocorrelation r of a lag; Q, degrees of freedom and p of all lags up to it", "bold"
        )
        console.print(_lag_table(diagnosis.lags, console.width))
    if diagnosis.figures:
        _line(console)
        _line(console, large_words(diagnosis))
    for note in diagnosis.notes:
        _line(console, note, "dim")
    _line(console)
    _line(console, "In short", "bold")
    for text in dict.fromkeys(check.verdict for check in diagnosis.checks):
        _line(console, text)


def _lag_table(lags: Sequence[Lag], width: int) -> Table:
    """Lags in blocks side by side, as many as fit."""
    blocks = min(max(1, width // 38), -(-len(lags) // _IN_BLOCK))
    rows = -(-len(lags) // blocks)
    table = _table(_LAG_HEADS * blocks, left=0)
    for i in range(rows):
        cells: list[str] = []
        for lag in (lags[k] for k in range(i, len(lags), rows)):
            cells += _lag_cells(lag)
        table.add_row(*cells)
    return table


def _table(heads: Sequence[str], left: int) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for i, head in enumerate(heads):
        table.add_column(head, justify="left" if i < left or not head else "right", no_wrap=True)
    return table


def _cells(check: Check) -> tuple[str, ...]:
    return _NAMES[check.name], check.test, _number(check.statistic), _chance(check.p)


def _lag_cells(lag: Lag) -> tuple[str, ...]:
    return str(lag.lag), f"{lag.autocorrelation:+.2f}", f"{lag.ljung_box:.1f}", str(lag.degrees), _chance(lag.p)


def _share(part: float) -> str:
    return f"{100.0 * part:.1f}%"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _chance(p: float | None) -> str:
    if p is None:
        return "-"
    return "<0.001" if p < 0.0005 else f"{p:.3f}"


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]], left: int) -> list[str]:
    bars = ["---" if i < left or head == "verdict" else "---:" for i, head in enumerate(heads)]
    return [f"| {' | '.join(heads)} |", f"|{'|'.join(bars)}|", *(f"| {' | '.join(row)} |" for row in rows)]


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
