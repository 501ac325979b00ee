"""`tradewind diagnose`: what a model leaves of a pair's record, tested, in words and as a picture."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from forecast.cli.asking import chart_files, subject
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import DIAGNOSE_FORMATS
from forecast.cli.progress import progress
from forecast.errors import SchemaError
from forecast.question import parse_question

_FIELDS = ("as_of", "reporter")


def run_diagnose(options: Namespace) -> None:
    """Fit, test and write; nothing is computed before the options are good."""
    table, pair = subject(options)
    if pair is None:
        raise SchemaError("Name the pair: CHN-RUS, or --pair AAA-BBB for a table of your own.")
    given = {name: getattr(options, name) for name in _FIELDS if getattr(options, name) is not None}
    question = parse_question({"pair": pair} | given)
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, DIAGNOSE_FORMATS)
    charts = chart_files(options.chart, output)
    with progress(quiet=options.quiet) as tell:
        from forecast.data.assemble import load_panel
        from forecast.data.background import load_background
        from forecast.data.store import drivers_of
        from forecast.interop.diagnosis import check_model, diagnose_panel
        from forecast.reports.charts import render
        from forecast.reports.diagnosis import print_diagnosis, write_diagnosis
        from forecast.reports.diagnosis_chart import diagnosis_spec

        check_model(options.model, options.flow)
        tell("reading the figures")
        panel = load_panel(pair, as_of=question.as_of, table=table)
        tell(f"fitting {options.model} (the first time kernels are compiled, up to a minute)")
        found = diagnose_panel(
            panel,
            load_background(),
            model=options.model,
            flow=options.flow,
            reporter=question.reporter,
            known=drivers_of(panel),
        )
        files = {path: render(diagnosis_spec(found), chart_format) for path, chart_format in charts.items()}
    content = b"" if format_ == "table" else write_diagnosis(found, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_diagnosis(found, console), output, files, quiet=options.quiet)
