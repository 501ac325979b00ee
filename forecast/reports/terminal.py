"""The answer as a planner reads it in a terminal: months, years, where they come from, targets, and in short."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.answer import Answer
from forecast.reports.briefing import sentences
from forecast.reports.record import main_flow, text_of
from forecast.reports.target_words import flows_of
from forecast.reports.terminal_tables import month_table, scenario_table, target_table, year_table
from forecast.reports.words import flow_between

_SCENARIO_KEY = (
    "Brent: median, USD a barrel. Crisis: chance that one begins. Oil path: chance that oil strays as far from the "
    "ordinary as here. Paths: the draws that the scenario effectively rests on."
)


def print_answer(answer: Answer, console: Console, *, brief: bool = False) -> None:
    """Print one answer; plain text where the console has no colour, never wider than the console.

    Details come first and the answer in words last, where a terminal leaves the reader; ``brief`` leaves out months,
    years and the scenarios.
    """
    print_flagship({text_of(answer, "reporter"): answer}, console, brief=brief)


def print_flagship(answers: Mapping[str, Answer], console: Console, *, brief: bool = False) -> None:
    """Print answers to one question by several reporters' counts (by their codes) side by side."""
    first = next(iter(answers.values()))
    what = flow_between(main_flow(first), text_of(first, "pair"))
    _line(console, f"{what[0].upper()}{what[1:]}, as known on {text_of(first, 'as_of')}", "bold")
    if not brief:
        _print_details(answers, console)
    for i in range(len(first.scenarios[0].targets)):
        _show(console, *target_table(answers, i, console.width))
    _line(console)
    _line(console, "In short", "bold")
    for i, answer in enumerate(answers.values()):
        if i:
            _line(console)
        for sentence in sentences(answer, short=len(answers) > 1):
            _line(console, sentence)


def _print_details(answers: Mapping[str, Answer], console: Console) -> None:
    """Months of the flows asked, what the scenarios hold, every year, and where the numbers come from."""
    first = next(iter(answers.values()))
    flows = first.scenarios[0].flows
    asked = [name for name in flows if name == main_flow(first) or _has_target(first, name)]
    others = [name for name in flows if name not in asked]
    dropped: dict[str, None] = {}
    for name in asked:
        for i in range(len(first.scenarios)):
            for reporter, answer in answers.items():
                if i < len(answer.scenarios) and name in answer.scenarios[i].flows:
                    _show(console, *month_table(answer, reporter, i, name, console.width, dropped))
    _show(console, *scenario_table(first))
    _line(console, _SCENARIO_KEY, "dim")
    for name in (*others, *asked):
        for year in flows[name].years.year:
            _show(console, *year_table(answers, name, year, console.width, dropped))
    _print_notes(answers, console, others, dropped)


def _print_notes(
    answers: Mapping[str, Answer], console: Console, others: list[str], dropped: Mapping[str, None]
) -> None:
    _line(console)
    if others:
        _line(console, f"Months of {' and '.join(others)} are in --format csv.", "dim")
    if dropped:
        levels = ", ".join(f"{level}%" for level in dropped)
        _line(console, f"Bands of {levels} do not fit this width; they are in --format csv.", "dim")
    for warning in dict.fromkeys(text for answer in answers.values() for text in answer.warnings):
        _line(console, f"Note: {warning}", "yellow")
    for text in dict.fromkeys(_provenance(answer) for answer in answers.values()):
        _line(console, text, "dim")


def _provenance(answer: Answer) -> str:
    origin = answer.provenance
    return (
        f"Tradewind {origin.version}, model {origin.model} ({origin.why_this_model}); {origin.paths:,} paths, "
        f"seed {origin.seed}; figures known on {origin.vintage}, data {origin.data_sha256[:12]}."
    )


def _has_target(answer: Answer, flow: str) -> bool:
    return any(flow in flows_of(target) for target in answer.scenarios[0].targets)


def _show(console: Console, title: str, table: Table) -> None:
    _line(console)
    _line(console, title, "bold")
    console.print(table)


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
