"""`tradewind forecast`: options become a Question, its Answer goes to the terminal or into files."""

from __future__ import annotations

import dataclasses
import json
from argparse import Namespace
from pathlib import Path

from forecast.cli.output import deliver, format_of
from forecast.cli.parser import FORECAST_FORMATS
from forecast.cli.progress import progress
from forecast.errors import NotFoundError, SchemaError
from forecast.question import Question, parse_question

_TEXTS = ("as_of", "reporter", "through", "model")
_NUMBERS = ("seed", "paths")


def run_forecast(options: Namespace) -> None:
    """Answer one question; nothing is computed, and nothing written, before all options are known to be good."""
    table, pair = subject(options)
    question = read_question(options, pair)
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, FORECAST_FORMATS)
    charts = chart_files(options.chart, output)
    with progress(quiet=options.quiet) as tell:
        from forecast.reports.charts import fan_spec, render
        from forecast.reports.tables import write_answer
        from forecast.reports.terminal import print_answer
        from forecast.workflow import ask

        answer = ask(question, table=table, progress=tell)
        files = {}
        for path, chart_format in charts.items():
            tell(f"drawing {path.name}")
            files[path] = render(fan_spec(answer), chart_format)
        content = b""
        if format_ not in ("table", "brief"):
            content = write_answer(answer, format_) + (b"\n" if format_ == "json" else b"")
    brief = format_ == "brief"
    deliver(content, lambda console: print_answer(answer, console, brief=brief), output, files, quiet=options.quiet)


def subject(options: Namespace) -> tuple[Path | None, str | None]:
    """The table of the user's own and the pair that was named; None for either when it was not given.

    Raises:
        SchemaError: a table without its pair, or two pairs.
    """
    given: str | None = options.subject
    if given is None:
        return None, options.pair
    if Path(given).suffix.lower() in (".csv", ".tsv", ".txt", ".parquet") or Path(given).is_file():
        return Path(given), options.pair
    if options.pair not in (None, given):
        raise SchemaError(f"Two pairs are named, {given} and {options.pair}; --pair is for a table of your own.")
    return None, given


def read_question(options: Namespace, pair: str | None) -> Question:
    """The question of the options, on top of that of a file when one is given.

    Raises:
        SchemaError: a field cannot be read, or no pair is named.
        NotFoundError: there is no such file.
    """
    fields = _question_file(options.question) if options.question else {}
    if pair is not None:
        fields["pair"] = pair
    if "pair" not in fields:
        raise SchemaError(
            "Name the pair of the table with --pair AAA-BBB."
            if options.subject
            else "Name a pair, for example CHN-RUS, or a table of your own with --pair AAA-BBB."
        )
    fields |= {name: getattr(options, name) for name in _TEXTS if getattr(options, name) is not None}
    fields |= {name: whole(getattr(options, name)) for name in _NUMBERS if getattr(options, name) is not None}
    if options.levels is not None:
        fields["levels"] = [whole(level.strip()) for level in options.levels.split(",")]
    if options.target:
        fields["targets"] = options.target
    if options.scenario:
        fields["scenarios"] = options.scenario
    return _with_scenario_files(parse_question(fields))


def whole(text: str) -> int | str:
    """A whole number where the text is one; other text is left for the library to refuse."""
    return int(text) if text.isdecimal() and text.isascii() else text


def _question_file(name: str) -> dict[str, object]:
    try:
        read = json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise NotFoundError(f"The question {name} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SchemaError(f"The question {name} is not JSON: {error}.") from None
    if not isinstance(read, dict):
        raise SchemaError(f"The question {name} must be one JSON object.")
    return read


def _with_scenario_files(question: Question) -> Question:
    """The question with the scenarios of files read, so that the answer calls them by their names."""
    from forecast.data.scenario_files import names_file, read_scenario

    scenarios = tuple(
        read_scenario(Path(entry), pointer=f"/scenarios/{i}") if isinstance(entry, str) and names_file(entry) else entry
        for i, entry in enumerate(question.scenarios)
    )
    names = [entry if isinstance(entry, str) else entry.name for entry in scenarios]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise SchemaError(f"Two scenarios are called {name!r}; rename one.", pointer=f"/scenarios/{i}")
    return dataclasses.replace(question, scenarios=scenarios)


def chart_files(names: list[str], output: Path | None) -> dict[Path, str]:
    """Files of charts with their formats; also checks the file of the answer.

    Raises:
        SchemaError: a file that cannot be written, or one that is both.
    """
    from forecast.reports.charts import chart_format
    from forecast.reports.files import refuse_unwritable

    charts = {Path(name): chart_format(Path(name)) for name in names}
    for path in charts:
        refuse_unwritable(path, pointer="/chart")
    if output:
        refuse_unwritable(output, pointer="/output")
        if output in charts:
            raise SchemaError(f"{output} is both the answer and a chart; name two files.", pointer="/output")
    return charts
