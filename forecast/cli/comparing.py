"""`tradewind scenarios compare`: several scenarios side by side, each against the first on the same paths."""

from __future__ import annotations

import re
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from forecast.cli.explaining import question_of, scenario_named
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import COMPARE_FORMATS
from forecast.cli.progress import progress
from forecast.errors import SchemaError

_PAIR = re.compile(r"[A-Z]{3}-[A-Z]{3}")


def run_compare(options: Namespace) -> None:
    """Compare; nothing is computed, and nothing written, before all options are known to be good."""
    names = list(options.names)
    if _PAIR.fullmatch(names[0]):
        if options.pair not in (None, names[0]):
            raise SchemaError(f"Two pairs are named, {names[0]} and {options.pair}; keep one.", pointer="/pair")
        options.pair = names.pop(0)
    options.subject = options.table if options.table is not None else options.pair
    table, question = question_of(options)
    if len(names) < 2:
        raise SchemaError(
            f"Name two or more scenarios to compare; found {', '.join(names) or 'none'}.", pointer="/scenarios"
        )
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, COMPARE_FORMATS)
    if output:
        from forecast.reports.files import refuse_unwritable

        refuse_unwritable(output, pointer="/output")
    with progress(quiet=options.quiet) as tell:
        from forecast.evaluation.target_reading import parse_target
        from forecast.explanations.comparison import compare
        from forecast.prepared import prepare
        from forecast.reports.comparison_table import print_comparison, write_comparison

        targets = [parse_target(text, pointer=f"/targets/{i}") for i, text in enumerate(options.target or [])]
        scenarios = tuple(scenario_named(name, pointer=f"/scenarios/{i}") for i, name in enumerate(names))
        ready = prepare(replace(question, scenarios=scenarios), table=table, progress=tell)
        found = compare(ready, scenarios, targets, progress=tell)
    content = b"" if format_ == "table" else write_comparison(found, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_comparison(found, console), output, {}, quiet=options.quiet)
