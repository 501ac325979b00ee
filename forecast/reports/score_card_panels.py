"""Rows of small panels, one a horizon: how many outcomes the bands hold, and where in the forecast outcomes fall."""

from __future__ import annotations

import json

from forecast.evaluation.score_card import LEVELS, PIT_BINS, ScoreCard, Scores
from forecast.reports.theme import Spec, Theme, layer, note, text_width

_ROW = 22.0
_PIT_ROW = 34.0
_BETWEEN = 16.0
_NAME_WIDTH = 170.0  #: pixels; longer names are cut
_MOST = 6  #: horizons that have room side by side


def coverage_panels(card: ScoreCard, names: list[str], theme: Theme, width: float) -> Spec:
    """Share of outcomes in each band (dots) against what was promised (lines), one row a model."""
    horizons = shown_horizons(card)
    inner = (width - (len(horizons) - 1) * _BETWEEN) / len(horizons)
    panels = []
    for position, horizon in enumerate(horizons):
        scores = {score.model: score for score in card.scores if score.horizon == horizon}
        axis = {"values": list(LEVELS), "title": None, "grid": False, "domain": False, "ticks": False, "format": ".0f"}
        axis |= {"labelExpr": "datum.value + '%'", "labelFlush": False}
        x: Spec = {"type": "quantitative", "scale": {"domain": [-3, 103], "nice": False}, "axis": axis}
        y = _rows_axis(names, theme, named=position == 0)
        parts = []
        for k, level in enumerate(sorted(LEVELS, reverse=True)):
            color = theme.band(k, len(LEVELS))
            at = {"x": {"datum": level, **x}}
            parts.append(layer("rule", [{}], at, color=color, strokeWidth=2))
            rows = [
                {"name": name, "from": level, "to": 100.0 * score.coverage[str(level)]}
                for name, score in scores.items()
            ]
            parts.append(
                layer(
                    "rule",
                    rows,
                    {"x": {"field": "from", **x}, "x2": {"field": "to"}, "y": y},
                    color=color,
                    strokeWidth=1.5,
                )
            )
            parts.append(
                layer(
                    "point",
                    rows,
                    {"x": {"field": "to", **x}, "y": y},
                    fill=color,
                    stroke=theme.text,
                    strokeWidth=0.8,
                    size=46,
                    opacity=1,
                )
            )
        parts.append(_head(scores, horizon, theme))
        panels.append({"width": inner, "height": _ROW * len(names), "layer": parts})
    return {"hconcat": panels, "spacing": _BETWEEN}


def pit_panels(card: ScoreCard, names: list[str], theme: Theme, width: float) -> Spec:
    """PIT histograms, one row a model; the line is what every part would hold if the forecasts told the truth."""
    horizons = shown_horizons(card)
    inner = (width - (len(horizons) - 1) * _BETWEEN) / len(horizons)
    highest = max(max(score.pit) / score.n for score in card.scores if score.horizon in horizons)
    panels = []
    for position, horizon in enumerate(horizons):
        scores = {score.model: score for score in card.scores if score.horizon == horizon}
        room = _PIT_ROW - 7.0
        wide = inner / PIT_BINS
        bars, flat, floor = [], [], []
        for row, name in enumerate(names):
            base = _PIT_ROW * (row + 1) - 3.0
            if name not in scores:
                continue
            score = scores[name]
            floor.append({"y": base})
            flat.append({"y": base - room / PIT_BINS / highest})
            bars += [
                {
                    "x": wide * k + 0.7,
                    "x2": wide * (k + 1) - 0.7,
                    "y": base - room * mass / score.n / highest,
                    "y2": base,
                }
                for k, mass in enumerate(score.pit)
            ]
        y: Spec = {"type": "quantitative", "scale": {"domain": [_PIT_ROW * len(names), 0], "nice": False}, "axis": None}
        x: Spec = {"type": "quantitative", "scale": {"domain": [0, inner], "nice": False}, "axis": None}
        place = {"x": {"field": "x", **x}, "x2": {"field": "x2"}, "y": {"field": "y", **y}, "y2": {"field": "y2"}}
        parts = [layer("rect", bars, place, color=theme.bands[2])]
        across = {"y": {"field": "y", **y}}
        parts.append(layer("rule", floor, across, color=theme.grid, strokeWidth=1))
        parts.append(layer("rule", flat, across, color=theme.text, strokeWidth=1.2, strokeDash=[4, 3]))
        if position == 0:
            parts += [
                note(short_name(name), -10, _PIT_ROW * (row + 0.5), theme.text, align="right")
                for row, name in enumerate(names)
            ]
        parts.append(_head(scores, horizon, theme))
        panels.append({"width": inner, "height": _PIT_ROW * len(names), "layer": parts})
    return {"hconcat": panels, "spacing": _BETWEEN}


def shown_horizons(card: ScoreCard) -> list[int]:
    """The horizons that were judged; of many the first, the last and some between."""
    judged = sorted({score.horizon for score in card.scores})
    if len(judged) <= _MOST:
        return judged
    return sorted({judged[round(k * (len(judged) - 1) / (_MOST - 1))] for k in range(_MOST)})


def short_name(name: str) -> str:
    """A model's name, cut where it would take too much of the picture."""
    kept = name
    while text_width(kept) > _NAME_WIDTH:
        kept = kept[:-1]
    return name if kept == name else f"{kept}\u2026"


def _rows_axis(names: list[str], theme: Theme, *, named: bool) -> Spec:
    left: Spec = {
        "title": None,
        "domain": False,
        "ticks": False,
        "labelLimit": 1.1 * _NAME_WIDTH,
        "labelPadding": 10,
        "grid": True,
    }
    cut = {name: short_name(name) for name in names}
    left |= {"labelColor": theme.text, "labelExpr": f"({json.dumps(cut)})[datum.value]"}
    hidden = left | {"labels": False}
    return {
        "field": "name",
        "type": "nominal",
        "scale": {"domain": names},
        "sort": names,
        "axis": left if named else hidden,
    }


def _head(scores: dict[str, Scores], horizon: int, theme: Theme) -> Spec:
    most = max(scores.values(), key=lambda score: score.n)
    independent = f" ({most.n_eff})" if most.n_eff < most.n else ""
    return note(f"{horizon} {'month' if horizon == 1 else 'months'}, n {most.n}{independent}", 0, -10, theme.muted)
