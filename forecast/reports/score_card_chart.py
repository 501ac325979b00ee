"""The picture of a ScoreCard: CRPS by horizon, reliability of a target, coverage of the bands, PIT histograms."""

from __future__ import annotations

from forecast.errors import SchemaError
from forecast.evaluation.score_card import LEVELS, ScoreCard, TargetScores
from forecast.reports.charts import SCHEMA
from forecast.reports.score_card import subtitle_of, title_of, verdicts
from forecast.reports.score_card_panels import coverage_panels, pit_panels, short_name
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
from forecast.reports.words import amount

_PADDING = 18
_NARROWEST, _WIDEST = 700, 3000
_HEIGHT = 250.0  #: at least; a line for each model
_MOST_RELIABLE = 6  #: lines that can be told apart in the smaller panel
_LINE = 15.0  #: between two names at the ends of lines
_HIGHEST = 1.6  #: CRPS relative to the reference beyond which a line leaves the panel
_Lines = dict[str, tuple[str, tuple[int, ...]]]  #: colour and dash by model
_Ratios = dict[str, dict[str, float]]  #: by model and horizon

_OIL_GIVEN = ", oil given"
_GIVEN_DASH = (3, 3)  #: of a model that is told the oil price, in the colour of the same model without
_DASHES = ((), (9, 3), (9, 3, 2, 3), (1, 3))


def score_card_spec(card: ScoreCard, *, theme: str = "light", width: int = 1000) -> Spec:
    """The chart as a Vega-Lite 6 specification with its data inside.

    Above: CRPS relative to the reference by horizon, and what the chances of the first target should have been;
    below: how many outcomes the bands hold, and where in the forecast outcomes fall.

    Raises:
        SchemaError: the theme or the width is out of range.
    """
    if not _NARROWEST <= width <= _WIDEST:
        raise SchemaError(
            f"The picture of a score card is {_NARROWEST} to {_WIDEST} pixels wide; found {width}.", pointer="/width"
        )
    colors = theme_named(theme)
    names = [model.name for model in card.models if any(score.model == model.name for score in card.scores)]
    whole = width - 2 * _PADDING
    inside = whole - max(60.0, *(text_width(short_name(name)) + 14 for name in names))
    lines = _lines(names, card.reference, colors)
    reliable = _target_judged(card)
    side = 0.32 * inside if reliable else 0.0
    upper = [_relative(card, lines, colors, inside - side - (60 if reliable else 0))]
    if reliable:
        upper.append(_reliability(card, reliable, lines, colors, side))
    return {
        "$schema": SCHEMA,
        "description": " ".join([f"{title_of(card)}.", *verdicts(card)]),
        "title": {
            "text": wrap_text(title_of(card), whole, 1.08 * TITLE_SIZE),
            "subtitle": wrap_text(subtitle_of(card), whole, SUBTITLE_SIZE),
        },
        "padding": _PADDING,
        "spacing": 26,
        "vconcat": [
            {"hconcat": upper, "spacing": 24},
            _headed(
                "How many outcomes the bands of 50, 80 and 95% hold",
                coverage_panels(card, names, colors, inside),
                colors,
            ),
            _headed(
                "Where in the forecast outcomes fall, from low to high (PIT): even is right, a U says bands too narrow",
                pit_panels(card, names, colors, inside),
                colors,
            ),
            {"width": inside, "height": 8, "layer": [note(_source(card), 0, 4, colors.muted, fontSize=11)]},
        ],
        "config": config(colors),
    }


def _panel_height(lines: _Lines) -> float:
    """Room for the names at the ends of all lines."""
    return max(_HEIGHT, _LINE * len(lines))


def _headed(words: str, panels: Spec, theme: Theme) -> Spec:
    """Panels under a heading of their own; inside a panel it would make that panel wider."""
    heading = {"width": 10, "height": 8, "layer": [note(words, 0, 4, theme.text, fontWeight="bold")]}
    return {"vconcat": [heading, panels], "spacing": 12}


def _lines(names: list[str], reference: str, theme: Theme) -> _Lines:
    """Colour and dash of each model; no two are alike while there are fewer than twenty."""
    colors = [theme.median, *(color for color, _ in theme.others)]
    found: _Lines = {}
    for name in names:
        plain = name.removesuffix(_OIL_GIVEN)
        if plain != name and plain in found:
            found[name] = (found[plain][0], _GIVEN_DASH)
        elif name != reference:
            i = sum(dash != _GIVEN_DASH for _, dash in found.values())
            found[name] = (colors[i % len(colors)], _DASHES[i // len(colors) % len(_DASHES)])
    return found | {reference: (theme.muted, ())}


def _relative(card: ScoreCard, lines: _Lines, theme: Theme, width: float) -> Spec:
    """CRPS relative to the reference by horizon, the names at the ends of the lines."""
    ratios: _Ratios = {}
    for score in card.scores:
        if score.model != card.reference and score.crps_ratio is not None:
            ratios.setdefault(score.model, {})[str(score.horizon)] = score.crps_ratio
    labels = max((text_width(_labelled(name, values)) for name, values in ratios.items()), default=40.0) + 14
    inner = width - labels - 40
    shown = [min(value, _HIGHEST) for values in ratios.values() for value in values.values()] + [1.0]
    margin = 0.06 * (max(shown) - min(shown)) + 0.01
    low, high = min(shown) - margin, max(shown) + margin
    height = _panel_height(lines)
    ticks = [tick for tick in round_ticks(low, high, 5) if low <= tick <= high]
    horizons = [str(horizon) for horizon in card.horizons]
    axis = {"title": None, "domain": False, "ticks": False, "grid": False, "labelAngle": 0, "labelPadding": 6}
    scale = {"domain": horizons, "type": "point", "padding": 0.15}
    x: Spec = {"field": "horizon", "type": "ordinal", "sort": horizons, "scale": scale, "axis": axis}
    side = {"title": None, "domain": False, "ticks": False, "values": ticks, "format": ".2~f"}
    y: Spec = {"field": "ratio", "type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": side}
    one = {"y": {"datum": 1.0, "type": "quantitative", "scale": {"domain": [low, high], "nice": False}, "axis": side}}
    parts = [layer("rule", [{}], one, color=theme.text, strokeWidth=1.4, strokeDash=[4, 3])]
    for name, values in ratios.items():
        color, dash = lines[name]
        rows: list[Spec] = [{"horizon": horizon, "ratio": values[horizon]} for horizon in horizons if horizon in values]
        place = {"x": x, "y": y}
        inside = [row for row in rows if row["ratio"] <= high]
        parts.append(layer("line", rows, place, color=color, strokeWidth=2, strokeDash=list(dash) or [1, 0], clip=True))
        parts.append(layer("point", inside, place, fill=color, stroke=theme.ground, size=42, opacity=1))
    parts += _end_names(ratios, lines, low, high, inner, horizons, height)
    head = f"CRPS relative to {card.reference} (dashed line, 1), by months ahead"
    parts.append(note(head, -34, -14, theme.text, fontWeight="bold"))
    return {"width": inner, "height": height, "layer": parts}


def _end_names(
    ratios: _Ratios,
    lines: _Lines,
    low: float,
    high: float,
    inner: float,
    horizons: list[str],
    height: float,
) -> list[Spec]:
    """Names with the last ratio, beside the ends of the lines, pushed apart."""
    wanted = []
    for name, values in ratios.items():
        last = next(values[horizon] for horizon in reversed(horizons) if horizon in values)
        wanted.append((height * (high - min(max(last, low), high)) / (high - low), name))
    wanted.sort()
    places: list[float] = []
    for place, _ in wanted:
        places.append(max(place, places[-1] + _LINE) if places else max(place, 4.0))
    below = height
    for i in reversed(range(len(places))):
        places[i] = min(places[i], below)
        below = places[i] - _LINE
    return [
        note(_labelled(name, ratios[name]), inner + 10, y, lines[name][0])
        for y, (_, name) in zip(places, wanted, strict=True)
    ]


def _labelled(name: str, values: dict[str, float]) -> str:
    return f"{short_name(name)} {next(reversed(values.values())):.2f}"


def _target_judged(card: ScoreCard) -> list[TargetScores]:
    """Scores of the first target, oil not given, at the horizon judged most often; of several the nearest to a year."""
    given = {model.name for model in card.models if model.oil_given}
    first = [score for score in card.target_scores if score.target == card.targets[0] and score.model not in given]
    most = max((score.n for score in first), default=0)
    horizons = {score.horizon for score in first if score.n == most}
    nearest = min(horizons, key=lambda horizon: abs(horizon - 12), default=0)
    return [score for score in first if score.horizon == nearest]


def _reliability(
    card: ScoreCard,
    scores: list[TargetScores],
    lines: _Lines,
    theme: Theme,
    side: float,
) -> Spec:
    """What chances should have been against what they were (CORP), one line a model."""
    ticks = {"values": [0, 0.25, 0.5, 0.75, 1], "format": ".0%", "domain": False, "ticks": False}
    scale = {"domain": [0, 1], "nice": False}
    x = {"field": "prob", "type": "quantitative", "scale": scale, "axis": ticks | {"title": None}}
    y = {"field": "came", "type": "quantitative", "scale": scale, "axis": ticks | {"title": None}}
    diagonal = [{"prob": 0.0, "came": 0.0}, {"prob": 1.0, "came": 1.0}]
    parts = [layer("line", diagonal, {"x": x, "y": y}, color=theme.text, strokeWidth=1.2, strokeDash=[4, 3])]
    for score in scores[:_MOST_RELIABLE]:
        color, dash = lines[score.model]
        rows = [{"prob": point.prob, "came": point.calibrated_prob} for point in score.reliability]
        order = {"x": x, "y": y}
        parts.append(layer("line", rows, order, color=color, strokeWidth=1.6, strokeDash=list(dash) or [1, 0]))
        parts.append(layer("point", rows, order, fill=color, stroke=theme.ground, size=26, opacity=1))
    target = scores[0].target
    head = f"Chance of {target if card.flow is None or target[:1].isalpha() else f'{card.flow} {target}'}"
    months = f"{scores[0].horizon} {'month' if scores[0].horizon == 1 else 'months'}"
    met = f"given (across), as it came (up); {months}, n {max(score.n for score in scores)}"
    if len(scores) > _MOST_RELIABLE:
        met += f"; first {_MOST_RELIABLE} models"
    parts.append(note(head.replace(">=", "\u2265"), -34, -30, theme.text, fontWeight="bold"))
    parts.append(note(met, -34, -14, theme.muted))
    return {"width": side, "height": _panel_height(lines), "layer": parts}


def _source(card: ScoreCard) -> str:
    levels = ", ".join(f"{level}%" for level in LEVELS)
    return (
        f"Tradewind {card.version}, {amount(card.paths, 0)} paths, seed {card.seed}, bands of {levels}, "
        f"data {card.data_sha256[:12]}. In brackets: forecasts without common months."
    )
