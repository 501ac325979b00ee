"""`tradewind flagship`: the question that Tradewind was made for, by both countries' counts, and its charts.

In October 2018 China's customs had just reported 77 bn USD for January to September. Would turnover with Russia reach
100 bn USD in the year, and in the next one, if oil fell, if a crisis came?
"""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.cli.output import show
from forecast.cli.progress import Tell, progress
from forecast.errors import SchemaError

if TYPE_CHECKING:
    from forecast.answer import Answer

REPORTERS = ("CHN", "RUS")
QUESTION: dict[str, object] = {
    "pair": "CHN-RUS",
    "as_of": "2018-10-12",
    "through": "2019-12",
    "scenarios": ["baseline", "oil-slump", "global-crisis"],
    "targets": ["turnover >= 100 in 2018", "turnover >= 100 in 2019"],
}


def run_flagship(options: Namespace) -> None:
    """Answer by both counts, draw a chart of each, print months, years, targets and, last, the answer in short."""
    out = Path(options.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SchemaError(f"--out: the folder {out} cannot be made: {error.strerror}.") from None
    stems = {reporter: f"flagship{f'-{reporter.lower()}' if i else ''}" for i, reporter in enumerate(REPORTERS)}
    paths = {reporter: [out / f"{stem}.svg", out / f"{stem}.png"] for reporter, stem in stems.items()}
    with progress(quiet=options.quiet) as tell:
        from forecast.question import parse_question
        from forecast.reports.charts import fan_spec, render
        from forecast.reports.files import refuse_unwritable, write_whole
        from forecast.reports.terminal import print_flagship
        from forecast.reports.words import count_of
        from forecast.workflow import ask

        for path in (path for both in paths.values() for path in both):
            refuse_unwritable(path, pointer="/out")
        answers: dict[str, Answer] = {}
        files: dict[Path, bytes] = {}
        for reporter in REPORTERS:
            whose = count_of(reporter)
            question = parse_question(QUESTION | {"reporter": reporter})
            answers[reporter] = ask(question, progress=_about(whose, tell))
            tell(f"{whose}: drawing the chart")
            spec = fan_spec(answers[reporter])
            files |= {path: render(spec, path.suffix[1:]) for path in paths[reporter]}
        write_whole(files)
    show(lambda console: print_flagship(answers, console, brief=options.format == "brief"))
    if not options.quiet:
        named = "; ".join(f"{both[0]} and .png by {count_of(reporter)}" for reporter, both in paths.items())
        print(f"tradewind: written: {named}", file=sys.stderr)


def _about(whose: str, tell: Tell) -> Tell:
    return lambda text: tell(f"{whose}: {text}")
