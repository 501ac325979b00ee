"""The tables of the terminal: a target, a year, the scenarios and the months, each fitted to a width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from forecast.answer import Answer, MonthBands, ScenarioAnswer, TargetAnswer, YearBands
from forecast.reports.record import outcome_months, outcome_year, target_outcome
from forecast.reports.target_words import capitalised, target_words
from forecast.reports.words import (
    MONTHS,
    amount,
    count_of,
    digits_for,
    further,
    interval,
    percent,
    points,
    short_country,
    short_month,
    span_year,
    unit_words,
)

_WIDEST_NAME = 20
_SHOWN_MONTH_PROB = 0.01  #: first months less likely than this are left to the JSON
_ROOMY = 40  #: characters that first months need before columns move together
_OUTCOME = "cyan"


def target_table(answers: Mapping[str, Answer], i: int, width: int) -> tuple[str, Table]:
    """Title and table of one target: every scenario and count, with its chance, its first months, the outcome."""
    first = next(iter(answers.values())).scenarios[0].targets[i]
    names = _Names.of(answers)
    really = {reporter: _really(answer, first) for reporter, answer in answers.items()}
    heads = {"chance": 6, "MC\nerror": 6, "no\ncrisis": 6, "crisis": 6, "really": max(6, *map(len, really.values()))}
    content = names.columns_width + sum(heads.values())
    columns = names.columns + len(heads)
    gap = 2 if width - content - 2 * columns >= _ROOMY else 1
    table = _table(names, gap)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True, style=_OUTCOME if head == "really" else None)
    table.add_column("first reached", no_wrap=True)
    for label, reporter, scenario in names.rows(answers):
        if i >= len(scenario.targets):
            continue
        target = scenario.targets[i]
        table.add_row(
            *label,
            Text(percent(target.probability), "bold"),
            points(target.mc_error),
            "-" if target.given_no_crisis is None else percent(target.given_no_crisis),
            "-" if target.given_crisis is None else percent(target.given_crisis),
            really[reporter] or "-",
            _first_months(target, width - content - gap * columns),
        )
    return capitalised(target_words(first)), table


def _really(answer: Answer, target: TargetAnswer) -> str:
    text = target_outcome(answer, target)
    word, _, month = text.partition(", ")
    if not month:
        return word
    return f"{word}, {_month_in(month, span_year(target.span))}"


def _first_months(target: TargetAnswer, width: int) -> str:
    if target.first_month.get("known", 0.0) >= 1.0:
        return "before the origin"
    year = span_year(target.span)
    likely = [(month, prob) for month, prob in target.first_month.items() if prob >= _SHOWN_MONTH_PROB]
    entries = [f"{_month_in(month, year)} {percent(prob)}" for month, prob in sorted(likely, key=_calendar)]
    lines: list[str] = []
    for entry in entries:
        if lines and len(lines[-1]) + 2 + len(entry) + 1 <= width:
            lines[-1] += f", {entry}"
        else:
            lines.append(entry)
    return ",\n".join(lines)


def _calendar(entry: tuple[str, float]) -> tuple[int, str]:
    return {"known": 0, "never": 2}.get(entry[0], 1), entry[0]


def _month_in(month: str, year: int | None) -> str:
    if year is not None and month.startswith(f"{year:04d}-"):
        return MONTHS[int(month[5:]) - 1]
    return short_month(month)


def year_table(
    answers: Mapping[str, Answer], flow: str, year: int, width: int, dropped: dict[str, None]
) -> tuple[str, Table]:
    """Title and table of one year's sum; levels that do not fit the width are noted in ``dropped``."""
    names = _Names.of(answers)
    rows = []
    known = {}
    for label, reporter, scenario in names.rows(answers):
        if flow not in scenario.flows or year not in scenario.flows[flow].years.year:
            continue
        years = scenario.flows[flow].years
        position = years.year.index(year)
        if years.known_part[position] > 0:
            known[reporter] = amount(years.known_part[position])
        rows.append((label, years, position, outcome_year(answers[reporter], flow, year)))
    unit = next(iter(answers.values())).scenarios[0].flows[flow].unit
    title = f"{flow.capitalize()} in {year}, {unit_words(unit)}"
    if known:
        said = (f"{short_country(reporter)} {text}" if len(answers) > 1 else text for reporter, text in known.items())
        title += f" (already published: {', '.join(said)})"
    digits = digits_for(years.median[position] for _, years, position, _ in rows)
    levels = tuple(rows[0][1].lower)
    cells = [_band_cells(years, position, levels, digits) for _, years, position, _ in rows]
    really = ["-" if value is None else amount(value, digits) for *_, value in rows]
    fit = _fit(cells, levels, names.columns_width + max(6, *map(len, really)), names.columns + 1, width, dropped)
    table = _table(names, fit.gap)
    _band_columns(table, levels, fit)
    table.add_column("really", justify="right", no_wrap=True, style=_OUTCOME)
    for (label, *_), row, value in zip(rows, cells, really, strict=True):
        table.add_row(*label, Text(row[0], "bold"), *(row[1 + k] for k in fit.kept), value)
    return title, table


def month_table(
    answer: Answer, reporter: str, i: int, flow: str, width: int, dropped: dict[str, None]
) -> tuple[str, Table]:
    """Title and table of the months of one scenario; levels that do not fit are noted in ``dropped``."""
    scenario = answer.scenarios[i]
    months, unit = scenario.flows[flow].months, unit_words(scenario.flows[flow].unit)
    really = outcome_months(answer, flow)
    oil = dict(zip(scenario.oil_usd.month, scenario.oil_usd.median, strict=True))
    digits = digits_for(months.median)
    levels = tuple(months.lower)
    cells = [_band_cells(months, k, levels, digits) for k in range(len(months.month))]
    fit = _fit(cells, levels, 8 + 5 + 6, 3, width, dropped)
    table = _table(None, fit.gap)
    table.add_column("month", no_wrap=True)
    _band_columns(table, levels, fit)
    table.add_column("Brent", justify="right", no_wrap=True, style="dim")
    table.add_column("really", justify="right", no_wrap=True, style=_OUTCOME)
    for month, row in zip(months.month, cells, strict=True):
        table.add_row(
            short_month(month),
            Text(row[0], "bold"),
            *(row[1 + k] for k in fit.kept),
            f"{oil[month]:.0f}" if month in oil else "-",
            amount(really[month], digits) if month in really else "-",
        )
    return f"{flow.capitalize()} by month, {scenario.name}, by {count_of(reporter)}, {unit}", table


def scenario_table(answer: Answer) -> tuple[str, Table]:
    """Title and table of what each scenario holds and how ordinary it is."""
    table = _table(None, 2)
    table.add_column("scenario", max_width=_WIDEST_NAME, overflow="fold")
    table.add_column("what it holds")
    last = answer.scenarios[0].oil_usd.month[-1:]
    for head in (f"Brent {short_month(last[0])}" if last else "Brent", "crisis", "oil path", "paths"):
        table.add_column(head, justify="right", max_width=9)
    for scenario in answer.scenarios:
        table.add_row(
            scenario.name,
            Text(scenario.title),
            f"{scenario.oil_usd.median[-1]:.0f}" if scenario.oil_usd.median else "-",
            percent(scenario.crisis_prob),
            further(scenario.plausibility),
            f"{scenario.effective_paths:,}",
        )
    return "Scenarios", table


@dataclass(frozen=True, slots=True)
class _Names:
    """Scenario names (and counts, when there are several) as the first columns of a table."""

    scenario_width: int
    count_width: int

    @classmethod
    def of(cls, answers: Mapping[str, Answer]) -> _Names:
        longest = max(len(scenario.name) for answer in answers.values() for scenario in answer.scenarios)
        counts = max(5, *(len(short_country(reporter)) for reporter in answers)) if len(answers) > 1 else 0
        return cls(min(max(8, longest), _WIDEST_NAME), counts)

    @property
    def columns(self) -> int:
        return 2 if self.count_width else 1

    @property
    def columns_width(self) -> int:
        return self.scenario_width + self.count_width

    def rows(self, answers: Mapping[str, Answer]) -> Iterable[tuple[tuple[str, ...], str, ScenarioAnswer]]:
        """Labels, reporter and scenario of every row; a scenario's name stands on its first row only."""
        for i in range(max(len(answer.scenarios) for answer in answers.values())):
            named = ""
            for reporter, answer in answers.items():
                if i < len(answer.scenarios):
                    scenario = answer.scenarios[i]
                    label = "" if scenario.name == named else scenario.name
                    named = scenario.name
                    yield ((label, short_country(reporter)) if self.count_width else (label,)), reporter, scenario


@dataclass(frozen=True, slots=True)
class _Fit:
    kept: tuple[int, ...]
    gap: int


def _fit(
    cells: Sequence[Sequence[str]],
    levels: tuple[str, ...],
    fixed: int,
    fixed_columns: int,
    width: int,
    dropped: dict[str, None],
) -> _Fit:
    """The levels and the gap between columns that fit a width; levels nearest to 80 % stay longest."""
    wide = [max(len(row[k]) for row in cells) for k in range(1 + len(levels))]
    order = sorted(range(len(levels)), key=lambda k: abs(float(levels[k]) - 80))
    for count in range(len(levels), 0, -1):
        kept = tuple(sorted(order[:count]))
        content = fixed + max(6, wide[0]) + sum(wide[1 + k] for k in kept)
        for gap in (2, 1):
            if content + gap * (fixed_columns + count) <= width or (count, gap) == (1, 1):
                dropped.update(dict.fromkeys(levels[k] for k in range(len(levels)) if k not in kept))
                return _Fit(kept, gap)
    return _Fit((), 1)


def _band_cells(bands: MonthBands | YearBands, k: int, levels: tuple[str, ...], digits: int) -> list[str]:
    intervals = [interval(bands.lower[level][k], bands.upper[level][k], digits) for level in levels]
    return [amount(bands.median[k], digits), *intervals]


def _band_columns(table: Table, levels: tuple[str, ...], fit: _Fit) -> None:
    table.add_column("median", justify="right", no_wrap=True)
    for k in fit.kept:
        table.add_column(f"{levels[k]}%", justify="right", no_wrap=True)


def _table(names: _Names | None, gap: int) -> Table:
    table = Table(
        box=None,
        pad_edge=False,
        padding=(0, gap, 0, 0),
        header_style="dim",
    )
    if names:
        table.add_column("scenario", width=names.scenario_width, overflow="fold")
        if names.count_width:
            table.add_column("count", width=names.count_width, no_wrap=True)
    return table
