"""`tradewind explain`: why two answers differ, in parts that add up: scenarios, days of knowledge, or reporters."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.cli.asking import chart_files, subject, whole
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import EXPLAIN_FORMATS
from forecast.cli.progress import progress
from forecast.errors import SchemaError
from forecast.question import Question, parse_question

if TYPE_CHECKING:
    from forecast.scenarios.scenario import Scenario


_FIELDS = ("as_of", "reporter", "through", "model")
_NUMBERS = ("seed", "paths")


def run_explain(options: Namespace) -> None:
    """Explain one difference; nothing is computed, and nothing written, before all options are known to be good."""
    table, question = question_of(options)
    names = _scenario_names(options)
    if options.target is None:
        raise SchemaError('Name what is asked, for example --target "turnover >= 100 in 2018".', pointer="/targets")
    most = _most(options.most)
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, EXPLAIN_FORMATS)
    charts = chart_files(options.chart, output)
    with progress(quiet=options.quiet) as tell:
        from forecast.evaluation.target_reading import parse_target
        from forecast.explanations.between_days import explain_news
        from forecast.explanations.between_reporters import explain_reporters
        from forecast.explanations.between_scenarios import explain_scenarios
        from forecast.explanations.players import MOST_PLAYERS
        from forecast.explanations.releases_between import MOST_RELEASES
        from forecast.prepared import prepare
        from forecast.question import parse_day
        from forecast.reports.charts import render
        from forecast.reports.explanation_chart import waterfall_spec
        from forecast.reports.explanation_table import print_explanation, write_explanation

        target = parse_target(options.target, pointer="/targets")
        before, after = (scenario_named(name, pointer="/scenarios") for name in names)
        if options.since is not None:
            since = parse_day(options.since, pointer="/since")
            found = explain_news(question, since, target, after, table=table, most=most or MOST_RELEASES, progress=tell)
        elif options.reporters:
            first, second = question.pair.split("-")
            found = explain_reporters(question, first, second, target, after, table=table, progress=tell)
        else:
            ready = prepare(replace(question, scenarios=(before, after)), table=table, progress=tell)
            found = explain_scenarios(ready, before, after, target, most=most or MOST_PLAYERS, progress=tell)
        specs = {path: waterfall_spec(found, quantity=options.quantity) for path in charts}
        files = {path: render(specs[path], chart_format) for path, chart_format in charts.items()}
    content = b"" if format_ == "table" else write_explanation(found, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_explanation(found, console), output, files, quiet=options.quiet)


def question_of(options: Namespace) -> tuple[Path | None, Question]:
    """The user's own table, if any, and the question that the options ask, without its targets and scenarios.

    Raises:
        SchemaError: a field cannot be read, or no pair is named.
    """
    table, pair = subject(options)
    if pair is None:
        raise SchemaError("Name the pair: CHN-RUS, or --pair AAA-BBB for a table of your own.", pointer="/pair")
    fields: dict[str, object] = {"pair": pair}
    fields |= {name: getattr(options, name) for name in _FIELDS if getattr(options, name) is not None}
    fields |= {name: whole(getattr(options, name)) for name in _NUMBERS if getattr(options, name) is not None}
    return table, parse_question(fields)


def scenario_named(name: str, *, pointer: str) -> Scenario:
    """A scenario that travels with Tradewind, or one of a file.

    Raises:
        NotFoundError: there is no such scenario or file.
        SchemaError: the file holds no scenario.
    """
    from forecast.data.scenario_files import load_scenario, names_file, read_scenario

    return read_scenario(Path(name), pointer=pointer) if names_file(name) else load_scenario(name, pointer=pointer)


def _scenario_names(options: Namespace) -> tuple[str, str]:
    """From which scenario to which; the same twice where it holds on both sides.

    Raises:
        SchemaError: too many or too few scenarios, or two ways to compare at once.
    """
    given: list[str] = options.scenario or []
    if options.since is not None and options.reporters:
        raise SchemaError("Explain the news (--since) or the counts (--reporters), one at a time.", pointer="/since")
    if options.reporters and options.reporter is not None:
        raise SchemaError("--reporters explains both counts; leave --reporter out.", pointer="/reporter")
    if options.since is not None or options.reporters:
        if len(given) > 1:
            raise SchemaError(
                f"One scenario holds on both sides; found {len(given)}. Leave out all but one.", pointer="/scenarios"
            )
        return (*given, "baseline")[0], (*given, "baseline")[0]
    if not given:
        raise SchemaError(
            "Say what to explain: --scenario A --scenario B, --since DAY for the news, or --reporters.",
            pointer="/scenarios",
        )
    if len(given) > 2:
        raise SchemaError(
            f"Two scenarios are explained at a time; found {len(given)}. `tradewind scenarios compare` takes more.",
            pointer="/scenarios",
        )
    return ("baseline", given[0]) if len(given) == 1 else (given[0], given[1])


def _most(text: str | None) -> int | None:
    if text is None:
        return None
    found = whole(text)
    if not isinstance(found, int) or found < 1:
        raise SchemaError(f"--most is a whole number from 1 on; found {text!r}.", pointer="/most")
    return found
