"""The picture of a Diagnosis: residuals over time, their histogram, normal Q-Q, and autocorrelations with bounds."""

from __future__ import annotations

import math
from statistics import NormalDist

from forecast.errors import SchemaError
from forecast.evaluation.diagnosed import LARGE, Diagnosis
from forecast.months import format_month, parse_span
from forecast.reports.charts import SCHEMA
from forecast.reports.diagnosis import headline, subtitle
from forecast.reports.theme import (
    SUBTITLE_SIZE,
    TITLE_SIZE,
    Spec,
    Theme,
    config,
    layer,
    note,
    round_ticks,
    theme_named,
    wrap_text,
)

_PADDING = 18
_LEFT = 34.0  #: room for the labels of the axes at the left of a panel
_BETWEEN = 30.0
_HEIGHT = 210.0
_NARROWEST, _WIDEST = 480, 3000
_SINGLE_COLUMN = 700  #: narrower pictures have their panels one under the other
_NAMED = 4  #: large residuals named in the picture
_BIN = 0.5
_NORMAL = NormalDist()


def diagnosis_spec(diagnosis: Diagnosis, *, theme: str = "light", width: int = 1000) -> Spec:
    """The picture as a Vega-Lite 6 specification with its data inside.

    Args:
        diagnosis: what to draw.
        theme: "light" or "dark".
        width: of the whole picture, in pixels.

    Raises:
        SchemaError: there is no residual to draw, or the theme or the width is out of range.
    """
    if not diagnosis.figures:
        raise SchemaError(f"{diagnosis.name} leaves no residuals of {diagnosis.model}, so there is nothing to draw.")
    if not _NARROWEST <= width <= _WIDEST:
        raise SchemaError(f"A chart is {_NARROWEST} to {_WIDEST} pixels wide; found {width}.", pointer="/width")
    colors = theme_named(theme)
    whole = width - 2 * _PADDING
    columns = 1 if width < _SINGLE_COLUMN else 2
    inner = (whole - columns * _LEFT - (columns - 1) * _BETWEEN) / columns
    panels = [draw(diagnosis, colors, inner) for draw in (_over_time, _histogram, _quantiles, _autocorrelations)]
    rows = [{"hconcat": panels[i : i + columns], "spacing": _BETWEEN + _LEFT} for i in range(0, 4, columns)]
    title = headline(diagnosis)
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {subtitle(diagnosis)}",
        "title": {
            "text": wrap_text(title, whole, 1.08 * TITLE_SIZE),
            "subtitle": wrap_text(subtitle(diagnosis), whole, SUBTITLE_SIZE),
        },
        "padding": _PADDING,
        "spacing": 26,
        "vconcat": rows,
        "config": config(colors),
    }


def _over_time(diagnosis: Diagnosis, theme: Theme, width: float) -> Spec:
    """Stems from zero in the middle of each span; beyond LARGE they stand out, the largest are named."""
    days = [_middle(span) for span in diagnosis.spans]
    rows: list[Spec] = [
        {"x": day, "y": value, "o": 0.0}
        for day, value in zip(days, diagnosis.standardised, strict=True)
        if value is not None
    ]
    x: Spec = {
        "type": "temporal",
        "scale": {"type": "utc", "nice": False},
        "axis": _axis(grid=False, format="%Y", labelOverlap="greedy", labelSeparation=8),
    }
    y = _vertical([*(row["y"] for row in rows), -LARGE, LARGE])
    place = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    large = [row for row in rows if abs(row["y"]) >= LARGE]
    layers = [_level(bound, y, theme, dashed=True) for bound in (-LARGE, LARGE)]
    layers.append(_level(0.0, y, theme))
    layers.append(layer("rule", rows, place | {"y2": {"field": "o"}}, color=theme.bands[2], strokeWidth=1))
    layers.append(layer("point", rows, place, fill=theme.median, stroke=theme.median, size=9, opacity=1))
    layers.append(layer("point", large, place, fill=theme.really, stroke=theme.really, size=34, opacity=1))
    for each in diagnosis.large[:_NAMED]:
        day, up = _middle(each.span), each.standardised > 0.0
        at = {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "text": {"value": each.span.split()[0]}}
        late = day > sorted(days)[len(days) // 2]
        side: Spec = {"align": "right", "dx": -5} if late else {"align": "left", "dx": 5}
        side["dy"] = -9 if up else 9
        point = [{"x": day, "y": each.standardised}]
        layers.append(layer("text", point, at, color=theme.really, baseline="middle", **side))
    return _panel("Residuals in standard deviations, over time", layers, theme, width)


def _histogram(diagnosis: Diagnosis, theme: Theme, width: float) -> Spec:
    values = _seen(diagnosis)
    reach = max(4.0, math.ceil(max(abs(value) for value in values) / _BIN) * _BIN)
    bins = round(2 * reach / _BIN)
    counts = [0] * bins
    for value in values:
        counts[min(int((value + reach) / _BIN), bins - 1)] += 1
    density = [count / len(values) / _BIN for count in counts]
    bars = [{"x": k * _BIN - reach, "x2": (k + 1) * _BIN - reach, "y": d, "o": 0.0} for k, d in enumerate(density) if d]
    steps = [reach * (k / 100.0 - 1.0) for k in range(201)]
    curve = [{"x": z, "y": _NORMAL.pdf(z)} for z in steps]
    x = _across(reach)
    top = round_ticks(0.0, max(*density, 0.42), 4)
    y = _vertical([0.0, top[-1]])
    at = {"x": {"field": "x", **x}, "x2": {"field": "x2"}, "y": {"field": "y", **y}, "y2": {"field": "o"}}
    line = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    layers = [
        layer("rect", bars, at, color=theme.bands[1], stroke=theme.ground, strokeWidth=1),
        layer("line", curve, line, color=theme.median, strokeWidth=2),
        note("normal law", width, 6, theme.median, align="right"),
    ]
    return _panel("Histogram", layers, theme, width)


def _quantiles(diagnosis: Diagnosis, theme: Theme, width: float) -> Spec:
    """Sorted residuals against the normal quantiles at (i - 1/2) / n; on the line if the law is normal."""
    values = sorted(_seen(diagnosis))
    count = len(values)
    rows = [{"x": _NORMAL.inv_cdf((i + 0.5) / count), "y": value} for i, value in enumerate(values)]
    reach = max(3.0, abs(rows[0]["x"]), abs(rows[-1]["x"]))
    x = _across(reach)
    y = _vertical([*values, -reach, reach])
    place = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    line = [{"x": -reach, "y": -reach}, {"x": reach, "y": reach}]
    layers = [
        layer("line", line, place, color=theme.muted, strokeWidth=1.2, strokeDash=[4, 3]),
        layer("point", rows, place, fill=theme.median, stroke=theme.median, size=12, opacity=1),
    ]
    return _panel("Residuals (up) against normal quantiles (across)", layers, theme, width)


def _autocorrelations(diagnosis: Diagnosis, theme: Theme, width: float) -> Spec:
    bound = diagnosis.bound or 0.0
    rows = [{"x": each.lag, "y": each.autocorrelation, "o": 0.0} for each in diagnosis.lags]
    last = int(rows[-1]["x"]) if rows else 1
    ticks = [1, *range(3, last + 1, 3)] if last > 12 else list(range(1, last + 1))
    x: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0.4, last + 0.6], "nice": False},
        "axis": _axis(grid=False, values=ticks, format="d"),
    }
    y = _vertical([*(row["y"] for row in rows), -1.4 * bound, 1.4 * bound])
    place = {"x": {"field": "x", **x}, "y": {"field": "y", **y}}
    beyond = [row for row in rows if abs(row["y"]) > bound]
    within = [row for row in rows if abs(row["y"]) <= bound]
    band = {"y": {"field": "y", **y}, "y2": {"field": "o"}, "x": {"value": 0}, "x2": {"value": width}}
    layers = [
        layer("rect", [{"y": -bound, "o": bound}], band, color=theme.bands[0]),
        _level(0.0, y, theme),
    ]
    for some, color in ((within, theme.median), (beyond, theme.really)):
        layers.append(layer("rule", some, place | {"y2": {"field": "o"}}, color=color, strokeWidth=2))
        layers.append(layer("point", some, place, fill=color, stroke=color, size=20, opacity=1))
    unit = "lag" if diagnosis.evenly else "lag in figures"
    head = f"Autocorrelation by {unit}; band: 95% without memory" if rows else "Autocorrelation: too few residuals"
    return _panel(head, layers, theme, width)


def _seen(diagnosis: Diagnosis) -> list[float]:
    return [value for value in diagnosis.standardised if value is not None]


def _middle(span: str) -> str:
    """The first day of the month in the middle of a span, so that a year lies between its own marks."""
    found = parse_span(span.split()[0])
    return f"{format_month((found.start + found.end) // 2)}-01"


def _vertical(values: list[float]) -> Spec:
    """The axis of values, round at both ends, zero inside; labels take the same room in all panels."""
    ticks = round_ticks(min(*values, 0.0), max(*values, 0.0), 5)
    axis = _axis(values=ticks, format="~g", minExtent=_LEFT, maxExtent=_LEFT)
    return {"type": "quantitative", "scale": {"domain": [ticks[0], ticks[-1]]}, "axis": axis}


def _across(reach: float) -> Spec:
    """The axis of standard deviations from -reach to reach."""
    ticks = list(range(-int(reach), int(reach) + 1))
    scale = {"domain": [-reach, reach], "nice": False}
    return {"type": "quantitative", "scale": scale, "axis": _axis(grid=False, values=ticks, format="~g")}


def _axis(**settings: object) -> Spec:
    plain: Spec = {"title": None, "labelFlush": False, "domain": False, "ticks": False, "labelAngle": 0}
    return plain | {"labelPadding": 6} | settings


def _level(value: float, y: Spec, theme: Theme, *, dashed: bool = False) -> Spec:
    properties: Spec = {"strokeDash": [3, 3]} if dashed else {}
    return layer("rule", [{"y": value}], {"y": {"field": "y", **y}}, color=theme.muted, strokeWidth=1, **properties)


def _panel(head: str, layers: list[Spec], theme: Theme, width: float) -> Spec:
    title = note(head, 0, -14, theme.text, fontWeight="bold")
    return {"width": width, "height": _HEIGHT, "layer": [*layers, title]}
