"""`tradewind backtest`: several models at many origins of the past, and a card of how they scored."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from forecast.cli.asking import chart_files, subject, whole
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import BACKTEST_FORMATS
from forecast.cli.progress import counted
from forecast.errors import SchemaError
from forecast.question import parse_pair

_TEXTS = ("reporter", "flow", "step", "origins", "horizons", "models", "peers")
_NUMBERS = ("paths", "seed")


def run_backtest(options: Namespace) -> None:
    """Forecast from every origin, score, and write the card; nothing is computed before the options are good."""
    table, pair = subject(options)
    if pair is None:
        raise SchemaError("Name the pair: CHN-RUS, or --pair AAA-BBB for a table of your own.")
    parse_pair(pair)
    given: dict[str, object] = {
        name: getattr(options, name) for name in _TEXTS if getattr(options, name) is not None
    } | {name: whole(getattr(options, name)) for name in _NUMBERS if getattr(options, name) is not None}
    if options.target:
        given["targets"] = list(options.target)
    workers = _processors() if options.workers is None else whole(options.workers)
    if not isinstance(workers, int):
        raise SchemaError(f"--workers: {options.workers!r} is no number of processes.")
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, BACKTEST_FORMATS)
    charts = chart_files(options.chart, output)
    try:
        with counted(quiet=options.quiet) as tell:
            from forecast.backtests.run import backtest
            from forecast.reports.charts import render
            from forecast.reports.score_card import print_score_card
            from forecast.reports.score_card_chart import score_card_spec
            from forecast.reports.score_card_files import write_score_card

            card = backtest(
                pair,
                given | {"given_oil": options.given_oil},
                table=table,
                workers=workers,
                store=options.store,
                progress=tell,
            )
            files = {path: render(score_card_spec(card), chart_format) for path, chart_format in charts.items()}
    except KeyboardInterrupt:
        if options.store:
            print(f"tradewind: what was finished is in {options.store}; the same command goes on", file=sys.stderr)
        raise
    content = b"" if format_ == "table" else write_score_card(card, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_score_card(card, console), output, files, quiet=options.quiet)


def _processors() -> int:
    """One process for each processor that we may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
