"""`tradewind stress`: which oil price, oil path or crisis makes a target a coin toss, and the map of odds between."""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.cli.asking import chart_files, whole
from forecast.cli.explaining import question_of, scenario_named
from forecast.cli.output import deliver, format_of
from forecast.cli.parser import STRESS_FORMATS
from forecast.cli.progress import progress
from forecast.errors import ScenarioError, SchemaError

if TYPE_CHECKING:
    from forecast.evaluation.asked import Joint, Target
    from forecast.scenarios.relative import Start
    from forecast.scenarios.scenario import Scenario

_OIL = (1.0, 1000.0)  #: USD a barrel
_SEVERITY = (0.0, 5.0)
_MOST = 60
_EPISODE = "2008-09"


def run_stress(options: Namespace) -> None:
    """Stress one target; nothing is computed, and nothing written, before all options are known to be good."""
    table, question = question_of(options)
    target = _target(options.target)
    alpha = _alpha(options.alpha)
    prices = _numbers(options.oil, "/oil", *_OIL, logs=True)
    severities = _numbers(options.severities, "/severities", *_SEVERITY, logs=False)
    base = _base(options.base)
    episode, start = _episode(options.episode), _start(options.start)
    output = Path(options.output) if options.output else None
    format_ = format_of(options.format, output, STRESS_FORMATS)
    charts = chart_files(options.chart, output)
    with progress(quiet=options.quiet) as tell:
        from forecast.prepared import prepare
        from forecast.reports.charts import render
        from forecast.reports.stress_chart import stress_spec
        from forecast.reports.stress_table import print_stress, write_stress
        from forecast.stress.report import reverse_stress

        ready = prepare(question, table=table, progress=tell, moves_oil=True)
        found = reverse_stress(
            ready,
            target,
            alpha=alpha,
            base=base,
            episode=episode,
            start=start,
            prices_usd=prices,
            severities=severities,
            progress=tell,
        )
        files = {path: render(stress_spec(found), chart_format) for path, chart_format in charts.items()}
    content = b"" if format_ == "table" else write_stress(found, format_) + (b"\n" if format_ == "json" else b"")
    deliver(content, lambda console: print_stress(found, console), output, files, quiet=options.quiet)


def _target(text: str | None) -> Target | Joint:
    if text is None:
        raise SchemaError(
            'Name what is asked, for example --target "turnover >= 100 in 2019"; several joined by "and".',
            pointer="/target",
        )
    from forecast.evaluation.target_reading import parse_target

    return parse_target(text, pointer="/target")


def _alpha(text: str | None) -> float:
    if text is None:
        return 0.5
    found = _number(text)
    if not 0.0 < found < 1.0:
        raise SchemaError(
            f"The chance looked for lies between 0 and 1, both left out, as in 0.5; found {text!r}.", pointer="/alpha"
        )
    return found


def _numbers(text: str | None, pointer: str, low: float, high: float, *, logs: bool) -> tuple[float, ...]:
    """Numbers written as "30,45,60", or as "30:120:21", so many evenly from end to end; () where none are given.

    Raises:
        SchemaError: another form, a number out of range, numbers that do not rise, or too many.
    """
    if text is None:
        return ()
    ends = text.split(":")
    evenly = len(ends) == 3
    found = [_number(part) for part in (ends[:2] if evenly else text.split(","))]
    count = _count(ends[2]) if evenly else len(found)
    if not count or any(math.isnan(number) for number in found):
        form = "30:120:21 or 30,45,60" if logs else "0:2:11 or 0,1,2"
        raise SchemaError(f"Write from:to:number or a list, as in {form}; found {text!r}.", pointer=pointer)
    outside = [number for number in found if not low <= number <= high]
    if outside:
        raise SchemaError(f"{outside[0]:g} is out of range; give {low:g} to {high:g}.", pointer=pointer)
    if not _rising(found):
        raise SchemaError(f"The numbers must rise; found {text!r}.", pointer=pointer)
    if count > _MOST:
        raise SchemaError(f"At most {_MOST} are drawn; found {count}.", pointer=pointer)
    return _evenly(found[0], found[1], count, logs=logs) if evenly else tuple(found)


def _count(text: str) -> int:
    """A number of values, 2 or more; 0 for anything else."""
    found = whole(text.strip())
    return found if isinstance(found, int) and found > 1 else 0


def _rising(numbers: Sequence[float]) -> bool:
    return all(a < b for a, b in pairwise(numbers))


def _evenly(first: float, last: float, count: int, *, logs: bool) -> tuple[float, ...]:
    """So many numbers from end to end, evenly (in logs), on three digits where these still rise."""
    shares = [k / (count - 1) for k in range(count)]
    exact = [first * (last / first) ** share if logs else first + share * (last - first) for share in shares]
    rounded = [first, *(float(f"{number:.3g}") for number in exact[1:-1]), last]
    return tuple(rounded if _rising(rounded) else exact)


def _number(text: str) -> float:
    """A finite number, NaN for anything else."""
    try:
        found = float(text)
    except ValueError:
        return math.nan
    return found if math.isfinite(found) else math.nan


def _base(name: str | None) -> Scenario:
    from forecast.scenarios.scenario import BASELINE

    return BASELINE if name is None else scenario_named(name, pointer="/base")


def _episode(name: str | None) -> str:
    """An episode that is known.

    Raises:
        ScenarioError: there is none of that name.
    """
    from forecast.data.background import load_background
    from forecast.scenarios.crisis_paths import find_episode

    if name is None:
        return _EPISODE
    try:
        find_episode(load_background(), name)
    except ScenarioError as error:
        raise ScenarioError(error.message, pointer="/episode", allowed=error.allowed) from None
    return name


def _start(text: str | None) -> Start:
    from forecast.months import parse_month

    if text is None:
        return None
    if text == "next-january":
        return "next-january"
    try:
        return parse_month(text, pointer="/start")
    except SchemaError:
        raise SchemaError(
            f"{text!r} is no start of a crisis; write a month as 2019-01, or next-january.", pointer="/start"
        ) from None
