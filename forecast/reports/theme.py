"""Colours and type of the charts, in a light and a dark theme, and the small parts every panel is built from.

Blue for the forecast, vermilion for what really happened, and a dash as well as a colour for each other scenario, so
that nothing hangs on hue alone. Hues are those of Okabe and Ito, shifted in lightness for the dark ground.

Source: Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from forecast.errors import SchemaError

Spec = dict[str, Any]
ThemeName = Literal["light", "dark"]

FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
TITLE_SIZE, SUBTITLE_SIZE, TEXT_SIZE = 17, 13, 12
NAME_LIMIT = 140  #: pixels that the name of a scenario may take before it is cut


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours of one theme; ``bands`` from the widest level to the narrowest."""

    ground: str
    text: str
    muted: str
    grid: str
    known: str
    median: str
    really: str
    bands: tuple[str, str, str]
    others: tuple[tuple[str, tuple[int, ...]], ...]

    def band(self, position: int, count: int) -> str:
        """The colour of band ``position`` of ``count``, 0 the widest."""
        return self.bands[round(2 * position / (count - 1)) if count > 1 else 1]


_THEMES: dict[str, Theme] = {
    "light": Theme(
        ground="#ffffff",
        text="#1a1f26",
        muted="#5b6570",
        grid="#e4e8ec",
        known="#2b3138",
        median="#084c8d",
        really="#c94f00",
        bands=("#d9e7f4", "#aacbe8", "#70a5d6"),
        others=(("#8a3c78", (6, 3)), ("#00765a", (2, 2)), ("#7a6200", (8, 3, 2, 3)), ("#555555", (1, 3))),
    ),
    "dark": Theme(
        ground="#12171d",
        text="#eceff2",
        muted="#a3adb8",
        grid="#2a323b",
        known="#dde2e7",
        median="#d3e8ff",
        really="#ff9040",
        bands=("#1d3650", "#285684", "#3f83c4"),
        others=(("#e79bd0", (6, 3)), ("#3fc79f", (2, 2)), ("#e0c54a", (8, 3, 2, 3)), ("#bbbbbb", (1, 3))),
    ),
}


def theme_named(name: str) -> Theme:
    """The theme "light" or "dark".

    Raises:
        SchemaError: another name.
    """
    if name not in _THEMES:
        raise SchemaError(f"{name!r} is no theme; use light or dark.", pointer="/theme", allowed=tuple(sorted(_THEMES)))
    return _THEMES[name]


def config(theme: Theme) -> Spec:
    """The Vega-Lite configuration shared by all panels."""
    return {
        "background": theme.ground,
        "font": FONT,
        "view": {"stroke": None},
        "title": {
            "anchor": "start",
            "color": theme.text,
            "fontSize": TITLE_SIZE,
            "fontWeight": "bold",
            "lineHeight": 22,
            "subtitleColor": theme.muted,
            "subtitleFontSize": SUBTITLE_SIZE,
            "subtitleLineHeight": 18,
            "offset": 14,
            "subtitlePadding": 6,
        },
        "axis": {
            "labelColor": theme.muted,
            "labelFontSize": TEXT_SIZE,
            "gridColor": theme.grid,
            "tickColor": theme.grid,
            "domainColor": theme.grid,
            "titleColor": theme.muted,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
        },
        "text": {"fontSize": TEXT_SIZE, "color": theme.text},
        "concat": {"spacing": 18},
    }


def layer(mark: str, values: list[Spec], encoding: Spec, **properties: object) -> Spec:
    """One mark over its own rows."""
    return {"data": {"values": values}, "mark": {"type": mark, "clip": False, **properties}, "encoding": encoding}


def note(text: str, x: float, y: float, color: str, **properties: object) -> Spec:
    """A text at a place in pixels, from the upper left of its panel."""
    place = {"x": {"value": x}, "y": {"value": y}, "text": {"value": text}}
    return layer("text", [{}], place, **({"align": "left", "baseline": "middle", "color": color} | properties))


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """An estimate of the width of a text in pixels, by four kinds of letters."""
    return size * sum(_letter_width(letter) for letter in text)


def _letter_width(letter: str) -> float:
    if letter in " .,:;'|!ilj()-":
        return 0.31
    if letter in "%mwMW@\u2265":
        return 0.86
    return 0.69 if letter.isupper() else 0.55


def wrap_text(text: str, width: float, size: float) -> list[str]:
    """Lines of at most ``width`` pixels, broken at spaces."""
    lines: list[str] = []
    for word in text.split():
        if lines and text_width(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def round_ticks(low: float, high: float, about: int) -> list[float]:
    """About so many round numbers that cover ``low`` to ``high``; the outer ones may lie beyond."""
    spread = (high - low) or abs(high) or 1.0
    rough = spread / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(k * step, 12) for k in range(first, last + 1)]
