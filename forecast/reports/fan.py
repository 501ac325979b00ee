"""The fan: what was known, the bands of what comes, other scenarios' medians, and what really happened.

Months where single months were known; calendar years where the record holds annual totals only.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from forecast.answer import Answer, MonthBands, YearBands
from forecast.months import format_month, parse_month
from forecast.reports.record import known_months, outcome_months, outcome_year, text_of
from forecast.reports.theme import NAME_LIMIT, Spec, Theme, layer, note, round_ticks, text_width

_SHOWN_YEARS = 15
_ENOUGH_MONTHS = 6  #: of the last 24, to draw months rather than years
_FROM_ZERO = 0.25  #: the axis starts at zero when the least value is under this part of the greatest
_LABEL_GAP = 15.0  #: pixels between two labels at the end of lines


@dataclass(frozen=True, slots=True)
class Fan:
    """What the panel draws: dates as ISO days, values in the unit of the flow; None breaks a line."""

    annual: bool
    when: tuple[str, ...]
    bands: MonthBands | YearBands
    known: tuple[tuple[str, float | None], ...]
    really: tuple[tuple[str, float], ...]
    others: tuple[tuple[str, tuple[float, ...]], ...]
    adjoins: bool


def fan_of(answer: Answer, flow: str, most_others: int) -> Fan:
    """Choose months or years, and the stretch of history, for a flow of the first scenario."""
    first, *rest = answer.scenarios
    rest = [scenario for scenario in rest if flow in scenario.flows][:most_others]
    months = first.flows[flow].months
    start = parse_month(months.month[0])
    known = known_months(answer, flow)
    recent = [m for m in range(start - 24, start) if format_month(m) in known]
    record = answer.history.get(flow)
    if len(recent) < _ENOUGH_MONTHS and record and record.years.year and first.flows[flow].years.year:
        return _annual_fan(answer, flow, [s.name for s in rest])
    length = min(60, max(24, 3 * len(months.month) // 2))
    shown = [m for m in range(start - length, start) if format_month(m) in known]
    stretch = range(shown[0], shown[-1] + 1) if shown else range(0)
    return Fan(
        annual=False,
        when=tuple(f"{month}-01" for month in months.month),
        bands=months,
        known=tuple((f"{format_month(m)}-01", known.get(format_month(m))) for m in stretch),
        really=tuple(
            (f"{month}-01", value) for month, value in outcome_months(answer, flow).items() if month in months.month
        ),
        others=tuple((scenario.name, scenario.flows[flow].months.median) for scenario in rest),
        adjoins=bool(shown) and shown[-1] == start - 1,
    )


def _annual_fan(answer: Answer, flow: str, others: list[str]) -> Fan:
    years = answer.scenarios[0].flows[flow].years
    record = answer.history[flow].years
    totals = {year: value for year, value in zip(record.year, record.value, strict=True) if year < years.year[0]}
    first = max(min(totals, default=years.year[0]), years.year[0] - _SHOWN_YEARS)
    last = max(totals, default=first - 1)
    really = ((f"{year}-01-01", outcome_year(answer, flow, year)) for year in years.year)
    return Fan(
        annual=True,
        when=tuple(f"{year}-01-01" for year in years.year),
        bands=years,
        known=tuple((f"{year}-01-01", totals.get(year)) for year in range(first, last + 1)),
        really=tuple((day, value) for day, value in really if value is not None),
        others=tuple((s.name, s.flows[flow].years.median) for s in answer.scenarios if s.name in others),
        adjoins=last == years.year[0] - 1,
    )


def fan_panel(answer: Answer, fan: Fan, theme: Theme, width: float, height: float) -> Spec:
    """The panel, ``width`` pixels with the labels at the end of its lines, its axis not counted."""
    name = answer.scenarios[0].name
    names = [name, *(other for other, _ in fan.others)] if fan.others else []
    inner = width - (min(NAME_LIMIT, max(map(text_width, names))) + 12 if names else 0)
    low, high, ticks = _value_axis(fan)
    x = _time_axis(fan)
    y: Spec = {"type": "quantitative", "scale": {"domain": [low, high]}, "axis": {"values": ticks, "title": None}}
    layers = [*_band_layers(fan, theme, x, y), *_line_layers(fan, theme, x, y)]
    layers += _origin_layers(answer, fan, theme, x)
    ends = [fan.bands.median[-1], *(median[-1] for _, median in fan.others)]
    colors = [theme.median, *(theme.others[i][0] for i in range(len(fan.others)))]
    places = _spread([(high - value) / (high - low) * height for value in ends])
    layers += [
        note(label, inner + 8, place, color, limit=NAME_LIMIT)
        for label, place, color in zip(names, places if names else [], colors, strict=False)
    ]
    return {"width": inner, "height": height, "layer": layers}


def _value_axis(fan: Fan) -> tuple[float, float, list[float]]:
    values = [value for _, value in (*fan.known, *fan.really) if value is not None]
    values += [value for _, median in fan.others for value in median]
    for columns in (fan.bands.lower, fan.bands.upper):
        values += [value for column in columns.values() for value in column]
    ticks = round_ticks(0.0 if min(values) < _FROM_ZERO * max(values) else min(values), max(values), 5)
    return ticks[0], ticks[-1], ticks


def _time_axis(fan: Fan) -> Spec:
    first = (*(day for day, _ in fan.known), *fan.when)[0]
    start, end = parse_month(first[:7]), parse_month(fan.when[-1][:7])
    if fan.annual:
        step = 12 * (1 + (end - start) // 12 // 18)
    else:
        step = next(s for s in (1, 3, 12, 24) if (end - start) / s <= 24 or s == 24)
    ticks = [m for m in range(start, end + 1) if m % step == (0 if step <= 12 else end // 12 * 12 % step)]
    year = "utcFormat(datum.value, '%Y')"
    month = "utcFormat(datum.value, '%b')"
    label = year if step >= 12 else f"utcmonth(datum.value) === 0 || datum.index === 0 ? [{month}, {year}] : {month}"
    alone = (12 if fan.annual else 1) if start == end else 0
    ends = [_day(f"{format_month(m)}-01") for m in (start - alone, end + alone)]
    return {
        "type": "temporal",
        "scale": {"type": "utc", "domain": ends, "nice": False},
        "axis": {
            "values": [_day(f"{format_month(m)}-01") for m in ticks],
            "labelExpr": label,
            "title": None,
            "grid": False,
            "labelFlush": False,
            "labelOverlap": False,
            "labelAngle": 0,
        },
    }


def _day(text: str) -> Spec:
    return {"year": int(text[:4]), "month": int(text[5:7]), "date": int(text[8:]), "utc": True}


def _band_layers(fan: Fan, theme: Theme, x: Spec, y: Spec) -> list[Spec]:
    levels = sorted(fan.bands.lower, key=float, reverse=True)
    single = len(fan.when) == 1 and not fan.adjoins
    layers = []
    for position, level in enumerate(levels):
        rows: list[Spec] = [
            {"x": day, "low": low, "high": high}
            for day, low, high in zip(fan.when, fan.bands.lower[level], fan.bands.upper[level], strict=True)
        ]
        if fan.adjoins:
            rows.insert(0, {"x": fan.known[-1][0], "low": fan.known[-1][1], "high": fan.known[-1][1]})
        places = {"x": {"field": "x", **x}, "y": {"field": "low", **y}, "y2": {"field": "high"}}
        color = theme.band(position, len(levels))
        layers.append(
            layer("rule", rows, places, color=color, strokeWidth=12)
            if single
            else layer("area", rows, places, color=color, opacity=1, line=False)
        )
    return layers


def _line_layers(fan: Fan, theme: Theme, x: Spec, y: Spec) -> list[Spec]:
    place: Spec = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    anchor = [fan.known[-1]] if fan.adjoins else []
    layers = []
    for (_, median), (color, dash) in zip(fan.others, theme.others, strict=False):
        rows = _rows([*anchor, *zip(fan.when, median, strict=True)])
        layers.append(
            layer("line", rows, place, color=color, strokeDash=list(dash), strokeWidth=2, point=_dot(rows, color))
        )
    rows = _rows([*anchor, *zip(fan.when, fan.bands.median, strict=True)])
    layers.append(layer("line", rows, place, color=theme.median, strokeWidth=2.5, point=_dot(rows, theme.median)))
    if fan.known:
        dots = {"filled": True, "color": theme.known, "size": 16 if len(fan.known) > 30 else 24}
        layers.append(layer("line", _rows(fan.known), place, color=theme.known, strokeWidth=1.8, point=dots))
    if fan.really:
        size = 58 if len(fan.when) <= 36 else 24
        layers.append(layer("line", _rows(fan.really), place, color=theme.really, strokeWidth=1))
        layers.append(
            layer("point", _rows(fan.really), place, fill=theme.really, stroke=theme.ground, size=size, opacity=1)
        )
    return layers


def _dot(rows: list[Spec], color: str) -> Spec | bool:
    return {"filled": True, "color": color, "size": 40} if len(rows) == 1 else False


def _rows(pairs: Sequence[tuple[str, float | None]]) -> list[Spec]:
    return [{"x": day, "y": value} for day, value in pairs]


def _origin_layers(answer: Answer, fan: Fan, theme: Theme, x: Spec) -> list[Spec]:
    if not fan.known:
        return []
    last = fan.known[-1][0]
    day = f"{last[:4]}-07-01" if fan.annual else f"{last[:7]}-16"
    place: Spec = {"x": {"field": "x", **x}}
    rule = layer("rule", [{"x": day}], place, color=theme.muted, strokeWidth=1, strokeDash=[3, 3])
    text = {"text": {"value": f"known on {text_of(answer, 'as_of')}"}, "y": {"value": -8}}
    label = layer("text", [{"x": day}], place | text, color=theme.muted, align="center", baseline="middle")
    return [rule, label]


def _spread(places: list[float]) -> list[float]:
    """Places in pixels moved apart to _LABEL_GAP, keeping their order and, as a group, their middle."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = list(places)
    for _ in range(100):
        for a, b in itertools.pairwise(order):
            lack = _LABEL_GAP - (moved[b] - moved[a])
            if lack > 1e-9:
                moved[a] -= lack / 2
                moved[b] += lack / 2
    return moved
