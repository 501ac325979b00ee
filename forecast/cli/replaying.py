"""`tradewind replay`: what would have been said at every year-end, beside what came."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from forecast.cli.asking import subject, whole
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import REPLAY_FORMATS
from forecast.cli.progress import progress
from forecast.errors import SchemaError
from forecast.fields import integer_field
from forecast.question import MOST_PATHS, parse_pair, parse_question


def run_replay(options: Namespace) -> None:
    """Forecast every year of the range with what was known before it, and score the forecasts."""
    table, pair = subject(options)
    if pair is None:
        raise SchemaError("Name the pair: CHN-RUS, or --pair AAA-BBB for a table of your own.")
    first, last = (_year(getattr(options, name), option) for name, option in (("first", "--from"), ("last", "--to")))
    given = {name: whole(getattr(options, name)) for name in ("seed", "paths") if getattr(options, name) is not None}
    asked = {"pair": parse_pair(pair), "reporter": options.reporter}
    reporter = parse_question({name: value for name, value in asked.items() if value is not None}).reporter
    seed = integer_field(given, "seed", 7, low=0, high=2**53)
    paths = integer_field(given, "paths", 4000, low=100, high=MOST_PATHS)
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, REPLAY_FORMATS)
    with progress(quiet=options.quiet, steps=max(1, last - first + 1)) as tell:
        from forecast.reports.files import refuse_unwritable
        from forecast.reports.replay_table import print_replay, write_replay
        from forecast.retrospect import replay

        if output:
            refuse_unwritable(output, pointer="/output")
        found = replay(pair, first, last, reporter=reporter, table=table, paths=paths, seed=seed, progress=tell)
    content = b"" if format_ == "table" else write_replay(found, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_replay(found, console), output, {}, quiet=options.quiet)


def _year(text: str, option: str) -> int:
    if len(text) == 4 and text.isdecimal() and text.isascii():
        return int(text)
    raise SchemaError(f"{option}: {text!r} is no year; write it as 2003.")
