"""The map of a Stress: the chance of a target by oil price and severity of a crisis, as a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from forecast.errors import SchemaError
from forecast.evaluation.stressed import Stress
from forecast.reports.charts import SCHEMA
from forecast.reports.stress_contours import Point, find_contours
from forecast.reports.stress_words import circumstances, even_words, finding, kind_words, usd
from forecast.reports.theme import (
    SUBTITLE_SIZE,
    TITLE_SIZE,
    Spec,
    Theme,
    config,
    layer,
    note,
    text_width,
    theme_named,
    wrap_text,
)
from forecast.reports.words import long_month, percent, points

_PADDING = 18
_LEFT = 34.0  #: room for the labels of the axis
_RIGHT = 12.0
_HEIGHT = 360.0
_NARROWEST, _WIDEST = 480, 3000
_LINE = 15.0
_NAMED = 3  #: break-even prices named in the picture
_APART = 34.0  #: pixels between labels of prices
_DECADES = (  #: round prices from many to few
    (1, 1.2, 1.4, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9),
    (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8),
    (1, 1.5, 2, 3, 4, 6, 8),
    (1, 2, 5),
    (1,),
)

#: From 0 to 1, the chance looked for in the middle: vermilion and blue differ for every kind of colour vision, and
#: lightness goes the same way at the same pace on both sides.
_STOPS = {
    "light": ("#a63f08", "#e39a63", "#f5f2ec", "#83b1dc", "#0c559c"),
    "dark": ("#ffb380", "#b0642c", "#262d35", "#3c74ad", "#a6d1ff"),
}
_THIN = (0.1, 0.25, 0.75, 0.9)  #: contours besides that of the chance looked for


def stress_spec(stress: Stress, *, theme: str = "light", width: int = 1000) -> Spec:
    """The heat map as a Vega-Lite 6 specification with its data inside; the same in a browser, SVG and PNG.

    Prices lie across on a log scale, severities up from none; the contour of the chance looked for is drawn between the
    cells, those of 10, 25, 75 and 90% thinly. Upright lines are the last price known and the break-even prices.

    Args:
        stress: what to draw.
        theme: "light" or "dark".
        width: of the whole picture, in pixels.

    Raises:
        SchemaError: the theme or the width is out of range.
    """
    if not _NARROWEST <= width <= _WIDEST:
        raise SchemaError(f"A chart is {_NARROWEST} to {_WIDEST} pixels wide; found {width}.", pointer="/width")
    colors, stops = theme_named(theme), _STOPS[theme]
    whole = float(width - 2 * _PADDING)
    inner = whole - _LEFT - _RIGHT
    title, subtitle = finding(stress), _subtitle(stress)
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {subtitle}",
        "title": {
            "text": wrap_text(title, whole, 1.08 * TITLE_SIZE),
            "subtitle": wrap_text(subtitle, whole, SUBTITLE_SIZE),
        },
        "padding": _PADDING,
        "spacing": 10,
        "vconcat": [
            _head(stress, colors, inner),
            _map(stress, colors, stops, inner),
            _key(stress, colors, stops, inner),
            _foot(stress, colors, whole),
        ],
        "config": config(colors),
    }


def _head(stress: Stress, theme: Theme, width: float) -> Spec:
    """What the vertical axis shows, and the names of the upright lines, each over its line."""
    chart = stress.map
    axis = f"Severity of {kind_words(chart.episode)} that begins in {long_month(chart.start)}; 0: none, 1: as measured"
    lines = wrap_text(axis, width + _LEFT, 12.0)
    layers = [note(line, -_LEFT, 6 + k * _LINE, theme.muted) for k, line in enumerate(lines)]
    top = _LINE * len(lines) + 14
    edges = _price_edges(chart.price_usd)
    taken: list[float] = []  # right end of what stands in each row
    for price, words, color in _marks(stress, theme):
        at = width * math.log(price / edges[0]) / math.log(edges[-1] / edges[0])
        wide = text_width(words)
        left = min(max(at - wide / 2, 0.0), max(width - wide, 0.0))
        row = next((k for k, end in enumerate(taken) if end + 12 <= left), len(taken))
        taken[row : row + 1] = [left + wide]
        layers.append(note(words, left, top + row * _LINE, color, fontWeight="bold"))
    return {"width": width, "height": top + _LINE * (len(taken) - 1) - 2 * (not taken), "layer": layers}


def _marks(stress: Stress, theme: Theme) -> list[tuple[float, str, str]]:
    """Prices to be marked within the map, rising: what is said of them, and the colour."""
    edges = _price_edges(stress.map.price_usd)
    flat = stress.break_even
    found = [(flat.today_usd, f"{usd(flat.today_usd)}: last price known", theme.muted)]
    for crossing in flat.crossings[:_NAMED]:
        under = "crises by their own odds" if stress.base == "baseline" else f"under {stress.base}"
        words = f"{usd(crossing.price_usd)}: {even_words(stress.alpha)}, {under}"
        found.append((crossing.price_usd, words, theme.text))
    return sorted(mark for mark in found if edges[0] <= mark[0] <= edges[-1])


def _map(stress: Stress, theme: Theme, stops: Sequence[str], width: float) -> Spec:
    chart = stress.map
    across, up = _price_edges(chart.price_usd), _severity_edges(chart.severity)
    x: Spec = {
        "type": "quantitative",
        "scale": {"type": "log", "domain": [across[0], across[-1]], "nice": False},
        "axis": _axis(
            title="Oil price held flat, USD a barrel (log scale)",
            values=_price_ticks(across[0], across[-1], width),
            format="~g",
            titlePadding=8,
        ),
    }
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [up[0], up[-1]], "nice": False, "zero": False},
        "axis": _axis(
            title=None, values=_severity_ticks(chart.severity), format="~g", minExtent=_LEFT - 6, maxExtent=_LEFT - 6
        ),
    }
    cells: list[Spec] = [
        {
            "price": price,
            "severity": severity,
            "chance": chart.chance[i][j],
            "error": chart.error[i][j],
            "left": across[i],
            "right": across[i + 1],
            "low": up[j],
            "high": up[j + 1],
        }
        for i, price in enumerate(chart.price_usd)
        for j, severity in enumerate(chart.severity)
    ]
    place = {"x": {"field": "left", **x}, "x2": {"field": "right"}, "y": {"field": "low", **y}, "y2": {"field": "high"}}
    layers = [layer("rect", cells, place | {"color": _color("chance", stress.alpha, stops)})]
    layers += _contours(stress, x, y, theme)
    for price, _, color in _marks(stress, theme):
        dash: Spec = {} if color == theme.text else {"strokeDash": [5, 4]}
        line = {"x": {"field": "x", **x}}
        layers.append(layer("rule", [{"x": price}], line, color=theme.ground, strokeWidth=4, opacity=0.6))
        layers.append(layer("rule", [{"x": price}], line, color=color, strokeWidth=1.5, **dash))
    return {"width": width, "height": _HEIGHT, "layer": layers}


def _contours(stress: Stress, x: Spec, y: Spec, theme: Theme) -> list[Spec]:
    """The contour of the chance looked for, and thin ones beside it with their per cents."""
    chart = stress.map
    across, up = _price_edges(chart.price_usd), _severity_edges(chart.severity)
    wide = [math.log(price) for price in (across[0], *chart.price_usd, across[-1])]
    high = [up[0], *chart.severity, up[-1]]
    inside = [_to_edges(row) for row in chart.chance]
    values = list(zip(*(_to_edges(column) for column in zip(*inside, strict=True)), strict=True))
    avoid = [math.log(price) for price, *_ in _marks(stress, theme)]
    layers: list[Spec] = []
    for level in (*(thin for thin in _THIN if abs(thin - stress.alpha) > 0.06), stress.alpha):
        main = level == stress.alpha
        for k, line in enumerate(find_contours(wide, high, values, level)):
            rows: list[Spec] = [{"x": math.exp(a), "y": b, "n": n} for n, (a, b) in enumerate(line)]
            place = {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "order": {"field": "n"}}
            if main:
                layers.append(layer("line", rows, place, color=theme.ground, strokeWidth=6, opacity=0.7))
            else:
                layers.append(layer("line", rows, place, color=theme.ground, strokeWidth=2.4, opacity=0.45))
            layers.append(layer("line", rows, place, color=theme.text, strokeWidth=2.6 if main else 0.8))
            if k == 0:
                a, b = _label_place(line, wide, high, avoid)
                at = {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "text": {"value": percent(level)}}
                point: list[Spec] = [{"x": math.exp(a), "y": b}]
                look: Spec = {"fontWeight": "bold", "fontSize": 13} if main else {"fontSize": 11}
                halo = {"stroke": theme.ground, "strokeWidth": 3, "opacity": 0.75}
                layers.append(layer("text", point, at, color=theme.ground, baseline="middle", **look, **halo))
                layers.append(layer("text", point, at, color=theme.text, baseline="middle", **look))
    return layers


def _to_edges(values: Sequence[float]) -> list[float]:
    """A row of cells, carried on in a straight line to the outer edges of its ends."""
    if len(values) == 1:
        return [values[0]] * 3
    first, last = 1.5 * values[0] - 0.5 * values[1], 1.5 * values[-1] - 0.5 * values[-2]
    return [min(max(first, 0.0), 1.0), *values, min(max(last, 0.0), 1.0)]


def _label_place(line: Sequence[Point], across: Sequence[float], up: Sequence[float], avoid: Sequence[float]) -> Point:
    """The point of a line nearest to two thirds of the height, clear of the edges and of upright lines."""
    room = 0.035 * (across[-1] - across[0])
    wanted = up[0] + 0.68 * (up[-1] - up[0])
    inside = [p for p in line if across[0] + room <= p[0] <= across[-1] - room]
    clear = [p for p in inside if all(abs(p[0] - each) > room for each in avoid)]
    return min(clear or inside or line, key=lambda point: abs(point[1] - wanted))


def _key(stress: Stress, theme: Theme, stops: Sequence[str], width: float) -> Spec:
    """The colours from 0 to 100 per cent, with the chance looked for named."""
    words = wrap_text(f"Chance of {stress.target_words}", width, 12.0)
    top = _LINE * len(words) + 4
    bar = min(280.0, width)
    count = 112
    steps: list[Spec] = [{"from": k / count, "to": (k + 1) / count, "chance": (k + 0.5) / count} for k in range(count)]
    x: Spec = {"type": "quantitative", "scale": {"domain": [0, width / bar], "nice": False}, "axis": None}
    place = {
        "x": {"field": "from", **x},
        "x2": {"field": "to"},
        "y": {"value": top},
        "y2": {"value": top + 12},
        "color": _color("chance", stress.alpha, stops),
    }
    layers = [note(line, 0, 8 + k * _LINE, theme.muted) for k, line in enumerate(words)]
    layers.append(layer("rect", steps, place))
    ticks = {stress.alpha: percent(stress.alpha)}
    ticks |= {level: f"{level:.0%}" for level in (0.0, 0.25, 0.5, 0.75, 1.0) if abs(level - stress.alpha) > 0.15}
    for level, text in ticks.items():
        align = "left" if level == 0.0 else "right" if level == 1.0 else "center"
        weight = "bold" if level == stress.alpha else "normal"
        layers.append(note(text, level * bar, top + 22, theme.muted, align=align, fontWeight=weight, fontSize=11))
    return {"width": width, "height": top + 28, "layer": layers}


def _foot(stress: Stress, theme: Theme, width: float) -> Spec:
    worst = max(error for row in stress.map.error for error in row)
    text = (
        f"Every cell is drawn on the same {stress.paths:,} paths; Monte Carlo error {points(worst)} at most. "
        f"Tradewind, model {stress.model}, seed {stress.seed}. Figures known on {stress.as_of}."
    )
    lines = wrap_text(text, width, 11.0)
    layers = [note(line, -_LEFT, 4 + k * _LINE, theme.muted, fontSize=11) for k, line in enumerate(lines)]
    return {"width": width - _LEFT, "height": _LINE * len(lines), "layer": layers}


def _subtitle(stress: Stress) -> str:
    crisis = stress.least_crisis
    text = f"{circumstances(stress)}."
    if crisis.severity is None:
        return text
    what = "an average crisis" if crisis.episode == "typical" else f"the crisis of {crisis.episode}"
    return (
        f"{text} A crisis {crisis.severity:.2f} times as deep as {what} makes it {even_words(stress.alpha)} too."
        if stress.alpha == 0.5
        else f"{text} A crisis {crisis.severity:.2f} times as deep as {what} brings it there too."
    )


def _color(field: str, alpha: float, stops: Sequence[str]) -> Spec:
    scale = {
        "type": "linear",
        "domain": [0.0, alpha / 2.0, alpha, (1.0 + alpha) / 2.0, 1.0],
        "range": list(stops),
        "interpolate": "lab",
    }
    return {"field": field, "type": "quantitative", "scale": scale, "legend": None}


def _price_edges(prices: Sequence[float]) -> list[float]:
    """Edges of the cells of prices: half way between neighbours in logs."""
    logs = [math.log(price) for price in prices]
    return [math.exp(edge) for edge in _edges(logs, 0.05)]


def _severity_edges(severities: Sequence[float]) -> list[float]:
    return _edges(severities, 0.1)


def _edges(middles: Sequence[float], alone: float) -> list[float]:
    """Half way between neighbours, and as far beyond the ends; ``alone`` about a single one."""
    if len(middles) == 1:
        return [middles[0] - alone, middles[0] + alone]
    between = [(a + b) / 2.0 for a, b in pairwise(middles)]
    return [1.5 * middles[0] - 0.5 * middles[1], *between, 1.5 * middles[-1] - 0.5 * middles[-2]]


def _price_ticks(low: float, high: float, width: float) -> list[float]:
    """Round prices, as many as are far enough apart to be read; a price of the map's own where none is round."""
    found: list[float] = []
    for decade in _DECADES:
        prices = [float(f"{lead * 10.0**power:.3g}") for power in range(-1, 4) for lead in decade]
        found = [price for price in prices if low <= price <= high]
        places = [width * math.log(price / low) / math.log(high / low) for price in found]
        if all(b - a >= _APART for a, b in pairwise(places)):
            break
    return found or [float(f"{math.sqrt(low * high):.3g}")]


def _severity_ticks(severities: Sequence[float]) -> list[float]:
    step = math.ceil(len(severities) / 12)
    return list(severities[::step])


def _axis(**settings: object) -> Spec:
    plain: Spec = {"grid": False, "domain": False, "ticks": False, "labelAngle": 0, "labelFlush": False}
    return plain | {"labelPadding": 6} | settings
