"""The plot of costs: seconds over size, both on logarithmic scales, beside a line of slope one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import vl_convert

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_COLOURS = ["#2b6cb0", "#c05621", "#2f855a", "#6b46c1", "#b83280", "#975a16", "#0f9aa8", "#4a5568"]
_COLOURS += ["#e53e3e", "#84a315", "#7fa8e0", "#d69e2e"]


def draw_growth(growths: list[dict[str, Any]], out: Path) -> None:
    """A panel for each dimension that grows, a line for each kernel; grey: cost in proportion to size."""
    panels = [_panel(of, [growth for growth in growths if growth["of"] == of]) for of in _dimensions(growths)]
    spec = {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 16,
        "title": {"text": "What a kernel costs as its work grows", "anchor": "start", "fontSize": 17, "offset": 14},
        "concat": panels,
        "columns": 2,
        "spacing": 36,
        "resolve": {"scale": {"color": "independent", "x": "independent", "y": "independent"}},
        "config": {
            "font": "sans-serif",
            "axis": {"gridColor": "#eee", "domainColor": "#999", "tickColor": "#999", "labelFontSize": 11},
            "view": {"stroke": None},
            "legend": {"orient": "bottom", "columns": 1, "labelLimit": 480, "title": None, "symbolType": "stroke"},
        },
    }
    out.write_text(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]) + "\n", encoding="utf-8")


def _dimensions(growths: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(growth["of"] for growth in growths))


def _panel(of: str, growths: list[dict[str, Any]]) -> dict[str, Any]:
    points, guides = [], []
    for growth in growths:
        name = f"{growth['work']} (exponent {growth['exponent']:.2f})"
        for size, seconds in zip(growth["sizes"], growth["seconds"], strict=True):
            points.append({"kernel": name, "size": size, "seconds": seconds})
        first, last = growth["sizes"][0], growth["sizes"][-1]
        for size in (first, last):
            guides.append({"kernel": name, "size": size, "seconds": growth["seconds"][-1] * size / last})
    x = {"field": "size", "type": "quantitative", "scale": {"type": "log", "nice": False}, "title": of}
    y = {
        "field": "seconds",
        "type": "quantitative",
        "scale": {"type": "log"},
        "title": "seconds of processor time",
        "axis": {"format": "~e", "tickCount": 6},
    }
    colour = {"field": "kernel", "type": "nominal", "scale": {"range": _COLOURS}, "sort": None}
    return {
        "width": 420,
        "height": 260,
        "layer": [
            {
                "data": {"values": guides},
                "mark": {"type": "line", "color": "#bbb", "strokeDash": [4, 4]},
                "encoding": {"x": x, "y": y, "detail": {"field": "kernel"}},
            },
            {
                "data": {"values": points},
                "mark": {"type": "line", "point": {"size": 36}},
                "encoding": {"x": x, "y": y, "color": colour},
            },
        ],
    }
