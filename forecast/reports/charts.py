"""The fan chart of an Answer: a Vega-Lite specification, and its rendering to SVG and PNG without a network."""

from __future__ import annotations

from pathlib import Path

from forecast.answer import Answer
from forecast.errors import SchemaError
from forecast.reports.briefing import finding
from forecast.reports.fan import Fan, fan_of, fan_panel
from forecast.reports.record import main_flow, text_of
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
from forecast.reports.words import count_of, flow_between, unit_words
from forecast.reports.year_bars import names_width, year_panels

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
CHART_FORMATS = ("svg", "png")

_PADDING = 18
_NARROWEST, _WIDEST = 480, 3000


def fan_spec(answer: Answer, *, flow: str | None = None, theme: str = "light", width: int = 1000) -> Spec:
    """The chart as a Vega-Lite 6 specification with its data inside; the same in a browser, SVG and PNG.

    The upper panel is the fan of the first scenario with the medians of up to four others; it shows months, or
    calendar years where the record holds annual totals only. The lower panels are the year sums of every scenario
    with targets and their chances.

    Args:
        answer: what to draw.
        flow: turnover, exports or imports; None is the flow of the first target.
        theme: "light" or "dark".
        width: of the whole picture, in pixels.

    Raises:
        SchemaError: the flow is not in the answer, or the theme or the width is out of range.
    """
    flow = main_flow(answer) if flow is None else flow
    there = tuple(answer.scenarios[0].flows)
    if flow not in there:
        raise SchemaError(f"The answer holds no {flow!r}; it holds {', '.join(there)}.", pointer="/flow", allowed=there)
    if not _NARROWEST <= width <= _WIDEST:
        raise SchemaError(f"A chart is {_NARROWEST} to {_WIDEST} pixels wide; found {width}.", pointer="/width")
    colors = theme_named(theme)
    left = names_width(answer, flow)
    inside = width - 2 * _PADDING - left
    fan = fan_of(answer, flow, len(colors.others))
    source = note(_source(answer), 0, 4, colors.muted, fontSize=11)
    return {
        "$schema": SCHEMA,
        "description": f"{finding(answer, flow)}. {_subtitle(answer, flow, fan)}",
        "title": {
            "text": wrap_text(finding(answer, flow), inside + left, 1.08 * TITLE_SIZE),
            "subtitle": wrap_text(_subtitle(answer, flow, fan), inside + left, SUBTITLE_SIZE),
        },
        "padding": _PADDING,
        "spacing": 20,
        "vconcat": [
            _key(answer, fan, colors, inside),
            fan_panel(answer, fan, colors, inside, 300.0),
            *year_panels(answer, flow, colors, inside),
            {"width": inside, "height": 8, "layer": [source]},
        ],
        "config": config(colors),
    }


def render(spec: Spec, format: str = "svg") -> bytes:
    """The picture as bytes; PNG at two pixels a point. Needs no network and no browser.

    Raises:
        SchemaError: a format other than svg and png.
    """
    if format not in CHART_FORMATS:
        raise SchemaError(
            f"{format!r} is no format of a chart; use svg or png.", pointer="/chart", allowed=CHART_FORMATS
        )
    import vl_convert

    if format == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    return vl_convert.vegalite_to_png(spec, scale=2.0, allowed_base_urls=[])


def chart_format(path: Path) -> str:
    """The format that the suffix of a chart's file names.

    Raises:
        SchemaError: another suffix than .svg and .png.
    """
    format_ = path.suffix.lower().removeprefix(".")
    if format_ not in CHART_FORMATS:
        raise SchemaError(
            f"A chart's file ends in .svg or .png; found {path.name!r}.", pointer="/chart", allowed=(".svg", ".png")
        )
    return format_


def _subtitle(answer: Answer, flow: str, fan: Fan) -> str:
    unit = unit_words(answer.scenarios[0].flows[flow].unit)
    what = flow_between(flow, text_of(answer, "pair"))
    left_out = sum(flow in scenario.flows for scenario in answer.scenarios) - 1 - len(fan.others)
    return (
        f"{what[0].upper()}{what[1:]} by {count_of(text_of(answer, 'reporter'))}, {unit} a "
        f"{'year' if fan.annual else 'month'}, as known on {text_of(answer, 'as_of')}"
        f"{f'; lines of {left_out} more scenarios left out' if left_out else ''}"
    )


def _source(answer: Answer) -> str:
    origin = answer.provenance
    return (
        f"Tradewind {origin.version}, model {origin.model}, {origin.paths:,} paths, seed {origin.seed}. "
        f"Figures known on {origin.vintage}, data {origin.data_sha256[:12]}."
    )


def _key(answer: Answer, fan: Fan, theme: Theme, width: float) -> Spec:
    """What each mark means, in as many rows as the width asks for."""
    levels = sorted(fan.bands.lower, key=float, reverse=True)
    entries: list[tuple[str, list[Spec], float]] = []  # words, marks drawn from (0, 0), their width
    if fan.known:
        marks = [_rule(theme.known, 1.8), _dot(11, theme.known, 24.0, theme.known)]
        entries.append(("published", marks, 22))
    for position, level in enumerate(levels):
        place = {"x": {"value": 0}, "x2": {"value": 26}, "y": {"value": -6}, "y2": {"value": 6}}
        box = layer("rect", [{}], place, color=theme.band(position, len(levels)))
        entries.append((f"{level}% band" if position == 0 else f"{level}%", [box], 26))
    entries.append((f"median, {answer.scenarios[0].name}", [_rule(theme.median, 2.5)], 22))
    if fan.really:
        entries.append(("what really happened", [_dot(6, theme.really, 58.0, theme.ground)], 12))
    parts: list[Spec] = []
    x, y = 0.0, 7.0
    for words, marks, wide in entries:
        whole = wide + 7 + text_width(words)
        if x and x + whole > width:
            x, y = 0.0, y + 19
        parts += [_moved(mark, x, y) for mark in marks]
        parts.append(note(words, x + wide + 7, y, theme.muted))
        x += whole + 18
    return {"width": width, "height": y + 7, "layer": parts}


def _moved(mark: Spec, x: float, y: float) -> Spec:
    by = {"x": x, "x2": x, "y": y, "y2": y}
    return mark | {"encoding": {name: {"value": place["value"] + by[name]} for name, place in mark["encoding"].items()}}


def _rule(color: str, thickness: float) -> Spec:
    place = {"x": {"value": 0}, "x2": {"value": 22}, "y": {"value": 0}, "y2": {"value": 0}}
    return layer("rule", [{}], place, color=color, strokeWidth=thickness)


def _dot(x: float, color: str, size: float, stroke: str) -> Spec:
    place = {"x": {"value": x}, "y": {"value": 0}}
    return layer("point", [{}], place, fill=color, stroke=stroke, size=size, opacity=1)
