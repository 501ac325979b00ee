"""The waterfall of an Explanation: from one answer to the other, part by part, left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecast.errors import SchemaError
from forecast.evaluation.explained import Explanation, Part
from forecast.reports.charts import SCHEMA
from forecast.reports.explanation_table import heading
from forecast.reports.explanation_words import signed_amount, signed_points
from forecast.reports.theme import (
    SUBTITLE_SIZE,
    TITLE_SIZE,
    Spec,
    Theme,
    config,
    layer,
    note,
    round_ticks,
    text_width,
    theme_named,
    wrap_text,
)
from forecast.reports.words import amount, count_of, percent

QUANTITIES = ("chance", "mean")

_PADDING = 18
_LEFT = 40.0  #: room for the labels of the axis
_HEIGHT = 320.0
_NARROWEST, _WIDEST = 480, 3000
_MOST_BARS = 16  #: parts drawn one by one; smaller ones are put together
_UPRIGHT = 74.0  #: pixels a column needs for its name to stand upright under it
_LINE = 15.0
_NAME_SIZE = 11.0


@dataclass(frozen=True, slots=True)
class _Bar:
    """One column: its name and label, from where to where it reaches, its error; ends stand on the ground."""

    name: str
    label: str
    low: float
    high: float
    value: float
    error: float
    end: bool


def waterfall_spec(
    explanation: Explanation, *, quantity: str = "chance", theme: str = "light", width: int = 1000
) -> Spec:
    """The picture as a Vega-Lite 6 specification with its data inside.

    Args:
        explanation: what to draw.
        quantity: "chance" of the target, in per cent, or "mean" of the sum that it speaks of.
        theme: "light" or "dark".
        width: of the whole picture, in pixels.

    Raises:
        SchemaError: an unknown quantity or theme, a mean where there is none, or a width out of range.
    """
    if quantity not in QUANTITIES:
        raise SchemaError(
            f"{quantity!r} is no quantity of a waterfall; use chance or mean.",
            pointer="/quantity",
            allowed=QUANTITIES,
        )
    if quantity == "mean" and not explanation.summed:
        raise SchemaError("The target is no single sum, so it has no mean; draw the chance.", pointer="/quantity")
    if not _NARROWEST <= width <= _WIDEST:
        raise SchemaError(f"A chart is {_NARROWEST} to {_WIDEST} pixels wide; found {width}.", pointer="/width")
    colors = theme_named(theme)
    whole = width - 2 * _PADDING
    bars = _bars(explanation, quantity)
    inner = whole - _LEFT
    title, subtitle = heading(explanation), _subtitle(explanation, quantity)
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {subtitle}. {explanation.paragraph}",
        "title": {
            "text": wrap_text(title, whole, 1.08 * TITLE_SIZE),
            "subtitle": [
                *wrap_text(subtitle, whole, SUBTITLE_SIZE),
                *wrap_text(explanation.paragraph, whole, SUBTITLE_SIZE),
            ],
        },
        "padding": _PADDING,
        "spacing": 8,
        "vconcat": [
            _columns(bars, colors, inner, quantity),
            _names(bars, colors, inner),
            _foot(explanation, colors, inner, quantity),
        ],
        "config": config(colors),
    }


def _bars(explanation: Explanation, quantity: str) -> list[_Bar]:
    """The ends and the parts between, in order; the smallest of many parts stand together before the last end."""

    def value_of(entry: object) -> float:
        found = getattr(entry, "probability" if quantity == "chance" else "mean")
        return (100.0 if quantity == "chance" else 1.0) * float(found)

    def label_of(change: float) -> str:
        return signed_points(change / 100.0).removesuffix("pp") if quantity == "chance" else signed_amount(change)

    parts = list(explanation.parts)
    largest = sorted(parts, key=lambda part: -abs(value_of(part.effect)))[:_MOST_BARS]
    shown = parts if len(parts) <= _MOST_BARS + 1 else [part for part in parts if part in largest]
    start, stop = value_of(explanation.before.amounts), value_of(explanation.after.amounts)
    names = explanation.before.name, explanation.after.name
    if explanation.kind == "reporters":
        names = count_of(names[0]), count_of(names[1])
    bars = [_end(names[0], start, value_of(explanation.before.error), quantity)]
    at = start
    for part in shown:
        change = value_of(part.effect)
        low, high = sorted((at, at + change))
        bars.append(_Bar(_short(part), label_of(change), low, high, at + change, value_of(part.error), end=False))
        at += change
    if len(shown) < len(parts):
        change = stop - at
        low, high = sorted((at, stop))
        bars.append(_Bar(f"{len(parts) - len(shown)} others", label_of(change), low, high, stop, 0.0, end=False))
    return [*bars, _end(names[1], stop, value_of(explanation.after.error), quantity)]


def _short(part: Part) -> str:
    """The name as a column has room for it."""
    for long, brief in (
        ("oil price and rates of ", "oil, "),
        ("oil price, rates and activity of ", "oil, "),
        ("figures of ", "figures, "),
        ("parameters ", ""),
    ):
        if part.name.startswith(long):
            return f"{brief}{part.name.removeprefix(long)}"
    return part.name


def _end(name: str, value: float, error: float, quantity: str) -> _Bar:
    label = percent(value / 100.0) if quantity == "chance" else amount(value)
    return _Bar(name, label, 0.0, value, value, error, end=True)


def _columns(bars: Sequence[_Bar], theme: Theme, width: float, quantity: str) -> Spec:
    """Columns over an axis; ends from its foot, parts from where the last one ended."""
    reach = [edge for bar in bars for edge in ((bar.value,) if bar.end else (bar.low, bar.high))]
    low = 0.0 if quantity == "chance" else min(reach) - 0.35 * (max(reach) - min(reach) or max(reach))
    ticks = round_ticks(max(low, 0.0), max(reach), 5)
    foot, top = ticks[0], ticks[-1] if ticks[-1] > max(reach) else ticks[-1] + (ticks[1] - ticks[0]) / 2
    y: Spec = {
        "type": "quantitative",
        "scale": {"domain": [foot, top]},
        "axis": {
            "values": ticks,
            "title": None,
            "domain": False,
            "ticks": False,
            "labelExpr": "datum.label + '%'" if quantity == "chance" else "datum.label",
            "minExtent": _LEFT - 6,
            "maxExtent": _LEFT - 6,
        },
    }
    step = width / len(bars)
    layers: list[Spec] = []
    for i, bar in enumerate(bars):
        color = theme.median if bar.end else theme.bands[2] if bar.value == bar.high else theme.really
        left, right = i * step + 0.14 * step, (i + 1) * step - 0.14 * step
        row: list[Spec] = [{"low": foot if bar.end else bar.low, "high": bar.high, "at": bar.value}]
        place = {"y": {"field": "low", **y}, "y2": {"field": "high"}, "x": {"value": left}, "x2": {"value": right}}
        layers.append(layer("rect", row, place, color=color, minBandSize=1))
        if i + 1 < len(bars):
            link = {"y": {"field": "at", **y}, "x": {"value": right}, "x2": {"value": right + 0.28 * step}}
            layers.append(layer("rule", row, link, color=theme.muted, strokeWidth=1))
        if bar.error > 0.0:
            spread: list[Spec] = [{"low": max(bar.value - bar.error, foot), "high": min(bar.value + bar.error, top)}]
            whisker = {"y": {"field": "low", **y}, "y2": {"field": "high"}, "x": {"value": (left + right) / 2}}
            layers.append(layer("rule", spread, whisker, color=theme.text, strokeWidth=1.4))
        above: Spec = {"y": {"field": "high", **y}, "x": {"value": (left + right) / 2}, "text": {"value": bar.label}}
        lift = -6 - _pixels(min(bar.value + bar.error, top) - bar.high, foot, top)
        layers.append(layer("text", row, above, color=theme.text, baseline="bottom", dy=lift, fontSize=_size(step)))
    return {"width": width, "height": _HEIGHT, "layer": layers}


def _pixels(above: float, foot: float, top: float) -> float:
    return max(above, 0.0) / (top - foot) * _HEIGHT


def _size(step: float) -> float:
    """Letters of the labels, smaller where columns are narrow."""
    return 12.0 if step >= 44.0 else 10.0


def _names(bars: Sequence[_Bar], theme: Theme, width: float) -> Spec:
    """The names under their columns, in lines where there is room, else slanted."""
    step = width / len(bars)
    layers: list[Spec] = []
    if step >= _UPRIGHT:
        lines = [wrap_text(bar.name.replace("-", "- "), step - 6, _NAME_SIZE) for bar in bars]
        lines = [[line.replace("- ", "-") for line in each] for each in lines]
        for i, each in enumerate(lines):
            for k, line in enumerate(each):
                place = (i + 0.5) * step, 6 + k * _LINE
                layers.append(note(line, *place, theme.text, align="center", fontSize=_NAME_SIZE))
        return {"width": width, "height": 12 + _LINE * max(map(len, lines)), "layer": layers}
    longest = max(text_width(bar.name, _NAME_SIZE) for bar in bars)
    for i, bar in enumerate(bars):
        at = (i + 0.5) * step + 4, 4
        layers.append(note(bar.name, *at, theme.text, align="right", angle=-45, fontSize=_NAME_SIZE))
    return {"width": width, "height": 14 + 0.75 * longest, "layer": layers}


def _subtitle(explanation: Explanation, quantity: str) -> str:
    if quantity == "mean":
        what = f"Mean of {explanation.summed}, bn USD"
    else:
        what = f"Chance of {explanation.target_words}, and what adds to it, percentage points"
    by = f", by {count_of(explanation.reporter)}" if explanation.reporter else ""
    known = "" if explanation.kind == "knowledge" else f", as known on {explanation.as_of}"
    return f"{what}{by}{known}"


def _foot(explanation: Explanation, theme: Theme, width: float, quantity: str) -> Spec:
    text = (
        "Blue adds, vermilion takes away, the outer columns are the two answers; lines: Monte Carlo standard error. "
        f"{'The axis does not begin at 0. ' if quantity == 'mean' else ''}"
        f"Model {explanation.model}, {explanation.paths:,} paths, seed {explanation.seed}."
    )
    lines = wrap_text(text, width, 11.0)
    layers = [note(line, 0, 4 + k * _LINE, theme.muted, fontSize=11) for k, line in enumerate(lines)]
    return {"width": width, "height": _LINE * len(lines), "layer": layers}
