"""Year sums under every scenario as horizontal bands, with the target, the chance of it and what really happened."""

from __future__ import annotations

from forecast.answer import Answer, ScenarioAnswer, TargetAnswer
from forecast.reports.record import outcome_year
from forecast.reports.target_words import mark_of, sign_of
from forecast.reports.theme import NAME_LIMIT, TEXT_SIZE, Spec, Theme, layer, note, round_ticks, text_width
from forecast.reports.words import amount, digits_for, percent, span_year

_ROW = 26.0
_HEAD = 48.0  #: room above the bands for the year and the column heads
_COLUMN = 62.0
_BETWEEN = 30.0
_MOST_MARKS = 2


def names_width(answer: Answer, flow: str) -> float:
    """Pixels to keep free at the left of every panel, for the names of the scenarios."""
    named = [text_width(scenario.name) for scenario in answer.scenarios if flow in scenario.flows]
    return max(40.0, *(min(wide, NAME_LIMIT) + 12 for wide in named))


def year_panels(answer: Answer, flow: str, theme: Theme, width: float) -> list[Spec]:
    """Rows of panels, one panel a year on one common axis; empty when no whole year is forecast."""
    scenarios = [scenario for scenario in answer.scenarios if flow in scenario.flows]
    years = scenarios[0].flows[flow].years.year
    if not years:
        return []
    in_row = 1 if width < 640 or len(years) == 1 else 2 if width < 1150 else 3
    marks = max(len(_marks(scenarios[0], flow, year)) for year in years)
    outer = _COLUMN * (1 + marks)
    inner = (width - in_row * outer - (in_row - 1) * _BETWEEN) / in_row
    domain = _domain(answer, scenarios, flow)
    rows = []
    for start in range(0, len(years), in_row):
        panels = [
            _panel(answer, scenarios, flow, year, theme, inner, domain, outer, named=k == 0)
            for k, year in enumerate(years[start : start + in_row])
        ]
        rows.append({"hconcat": panels, "spacing": _BETWEEN})
    return rows


def _marks(scenario: ScenarioAnswer, flow: str, year: int) -> list[TargetAnswer]:
    unit = scenario.flows[flow].unit
    found = [
        target
        for target in scenario.targets
        if (target.flow, target.unit, target.by) == (flow, unit, None) and span_year(target.span) == year
    ]
    return found[:_MOST_MARKS]


def _domain(answer: Answer, scenarios: list[ScenarioAnswer], flow: str) -> tuple[float, float, list[float]]:
    values: list[float] = []
    for scenario in scenarios:
        years = scenario.flows[flow].years
        for columns in (years.lower, years.upper):
            values += [value for column in columns.values() for value in column]
        for year in years.year:
            values += [mark_of(target) for target in _marks(scenario, flow, year)]
            came = outcome_year(answer, flow, year)
            values += [] if came is None else [came]
    low, high = min(values), max(values)
    margin = 0.03 * (high - low) or 0.03 * high
    ticks = round_ticks(low, high, 5)
    return low - margin, high + margin, [tick for tick in ticks if low - margin <= tick <= high + margin]


def _panel(
    answer: Answer,
    scenarios: list[ScenarioAnswer],
    flow: str,
    year: int,
    theme: Theme,
    inner: float,
    domain: tuple[float, float, list[float]],
    outer: float,
    *,
    named: bool,
) -> Spec:
    low, high, ticks = domain
    names = [scenario.name for scenario in scenarios]
    height = _ROW * len(names)
    axis = {"values": ticks, "title": None, "labelFlush": False, "grid": True, "domain": False, "ticks": False}
    x: Spec = {"type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": axis}
    left: Spec = {"title": None, "domain": False, "ticks": False, "labelLimit": NAME_LIMIT, "labelPadding": 10}
    left |= {"labelColor": theme.text}
    y: Spec = {"field": "name", "type": "nominal", "scale": {"domain": names}, "axis": left if named else None}
    bands = {s.name: (s.flows[flow].years, s.flows[flow].years.year.index(year)) for s in scenarios}
    levels = sorted(scenarios[0].flows[flow].years.lower, key=float, reverse=True)
    layers = []
    for position, level in enumerate(levels):
        rows = [{"name": n, "low": b.lower[level][k], "high": b.upper[level][k]} for n, (b, k) in bands.items()]
        place = {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y}
        layers.append(layer("bar", rows, place, color=theme.band(position, len(levels)), size=15))
    medians = [{"name": n, "x": b.median[k]} for n, (b, k) in bands.items()]
    at = {"x": {"field": "x", **x}, "y": y}
    layers.append(layer("tick", medians, at, color=theme.median, thickness=2.5, size=19))
    marks = _marks(scenarios[0], flow, year)
    for mark in marks:
        only = {"x": {"field": "x", **x}}
        layers.append(layer("rule", [{"x": mark_of(mark)}], only, color=theme.text, strokeWidth=1.4, strokeDash=[4, 3]))
    came = outcome_year(answer, flow, year)
    if came is not None:
        rows = [{"name": name, "x": came} for name in names]
        layers.append(layer("point", rows, at, fill=theme.really, stroke=theme.ground, size=40, opacity=1))
    layers += _numbers(scenarios, flow, year, theme, inner)
    layers += _head(scenarios[0], flow, year, theme, came)
    span = {"x": {"value": inner}, "x2": {"value": inner + outer}, "y": {"value": 0}, "y2": {"value": 0}}
    layers.append(layer("rule", [{}], span, color=theme.ground, opacity=0))  # keeps panels of one row in step
    return {"width": inner, "height": height, "layer": layers}


def _numbers(scenarios: list[ScenarioAnswer], flow: str, year: int, theme: Theme, inner: float) -> list[Spec]:
    """Median and chances in columns at the right of the bands."""
    marks = _marks(scenarios[0], flow, year)
    ends = [inner + _COLUMN * (1 + k) for k in range(1 + len(marks))]
    heads = ["median", *(f"P({sign_of(mark)} {mark_of(mark):,.6g})" for mark in marks)]
    parts = [note(head, end, -9, theme.muted, align="right") for head, end in zip(heads, ends, strict=True)]
    position = scenarios[0].flows[flow].years.year.index(year)
    digits = digits_for(scenario.flows[flow].years.median[position] for scenario in scenarios)
    for row, scenario in enumerate(scenarios):
        middle = _ROW * (row + 0.5)
        texts = [amount(scenario.flows[flow].years.median[position], digits)]
        texts += [percent(mark.probability) for mark in _marks(scenario, flow, year)]
        parts += [
            note(text, end, middle, theme.text, align="right", fontWeight="bold" if k else "normal")
            for k, (text, end) in enumerate(zip(texts, ends, strict=False))
        ]
    return parts


def _head(scenario: ScenarioAnswer, flow: str, year: int, theme: Theme, came: float | None) -> list[Spec]:
    """The year, what is known of it and what it came to, above the bands."""
    years = scenario.flows[flow].years
    position = years.year.index(year)
    parts = [note(str(year), 0, -_HEAD + 20, theme.text, fontSize=15, fontWeight="bold")]
    x = text_width(str(year), 15) + 14
    known = years.known_part[position]
    if known > 0:
        text = f"{amount(known)} already published"
        parts.append(note(text, x, -_HEAD + 21, theme.muted))
        x += text_width(text, TEXT_SIZE) + 14
    if came is not None:
        parts.append(note(f"came to {amount(came)}", x, -_HEAD + 21, theme.really, fontWeight="bold"))
    return parts
