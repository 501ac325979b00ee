"""The fields of every kind of condition, with bounds and rules: one table for the readers and the JSON Schema.

Bounds are wide enough for any pair and narrow enough to catch a wrong unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forecast.panel import FLOWS
from forecast.units import UNITS, usd_bn

FORMS = ("values", "hold", "ramp_to", "percent", "quantile", "replay", "realised", "total")
LEVEL_FIELDS = ("values", "hold", "ramp_to", "total", "low", "high", "at_least", "at_most")
SHOCKS = ("oil", "exports", "imports", "common")
OIL_UNIT = "USD/bbl"
MONTH_PATTERN = r"(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])"
SPAN_PATTERN = rf"((19|20|21)[0-9]{{2}}|{MONTH_PATTERN}|{MONTH_PATTERN}/{MONTH_PATTERN})"
SUBJECT_PATTERN = "(oil|activity|" + "|".join(FLOWS) + "|fx:[A-Z]{3})"
MOST_MONTHS = 600  #: of a list of values

OIL_RANGE_USD = (1.0, 1000.0)  #: a barrel
_MONTH_USD_BN = (1e-6, 1000.0)  #: one month of a flow; the largest pair trades some 70
_SUM_USD_BN = (1e-6, 20_000.0)  #: over a span; ten years of the largest pair
_ACTIVITY_PERCENT = (-500.0, 500.0)  #: from trend
_RATE = (1e-6, 1e9)  #: currency for a US dollar


@dataclass(frozen=True, slots=True)
class Number:
    """A number between ``low`` and ``high``; the ends are left out where ``open_low`` or ``open_high`` says so."""

    what: str
    low: float
    high: float
    open_low: bool = False
    open_high: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between ``low`` and ``high``."""

    what: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Level:
    """A number, or a list or months of them, whose bounds hang on what it is of and on its unit."""

    what: str


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    what: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A list of different words out of a few."""

    what: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Free text, or text of a pattern."""

    what: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """True, or left out."""

    what: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A number, or one with its standard deviation: {mean, sd}."""

    what: str
    low: float
    high: float


Field = Number | Whole | Level | Word | Words | Text | Flag | Doubtful


@dataclass(frozen=True, slots=True)
class Kind:
    """What one kind of condition may say.

    one_of: exactly one of these fields. some_of: at least one. required: all of them. only_with: a field beside at
    least one of others. never_with: a field beside none of others. idle: what a field may say anyway.
    """

    what: str
    fields: Mapping[str, Field]
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    never_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    idle: Mapping[str, object] = field(default_factory=dict)


START = Text("first month, as 2019-01; next-january; left out: the first month ahead", "start")
UNTIL = Text("last month, as 2019-12; left out: to the end of the horizon", "month")
DRIVER = Text("oil, exports, imports, turnover, activity, or an exchange rate as fx:RUS", SUBJECT_PATTERN)
FLOW = Word("the flow, as seen from the first country of the pair", FLOWS)
UNIT = Word("of the amounts; USD/bbl for oil, one of the others for a flow (USD bn)", (OIL_UNIT, *UNITS))
SHARE = Number("the part of the flow that this speaks of", 0.0, 1.0, open_low=True)
LOST = Number("trade between others that is hit, USD bn a year: this flow gains of it", 0.0, 10_000.0, open_low=True)
DIVERSION = Doubtful("part of what others lose that comes here", 0.0, 1.5)

KINDS: Mapping[str, Kind] = {
    "path": Kind(
        "A driver or a flow takes a path.",
        {
            "driver": DRIVER,
            "values": Level("value by value from the start on, or by month; the last one holds afterwards"),
            "hold": Level("stays there"),
            "ramp_to": Level("goes there over over_months in equal log steps, and stays"),
            "percent": Number(
                "moves by so many per cent over over_months: from the last value known, a flow from its last year",
                -95.0,
                900.0,
            ),
            "quantile": Number(
                "the quantile of its own density, month by month", 0.0, 1.0, open_low=True, open_high=True
            ),
            "replay": Text("changes in per cent as over these months of its own record, then stays", "span"),
            "realised": Flag("as it really went, as far as that is published"),
            "total": Level("the sum of a flow over the span"),
            "span": Text("of the total", "span"),
            "over_months": Whole("months until it is there", 0, 120),
            "start": START,
            "until": UNTIL,
            "unit": UNIT,
            "width": Word(
                "own: keeps the density's own spread (drivers by default); none: certain (flows)", ("own", "none")
            ),
            "adjust": Words("shocks that may adjust to meet the path; left out: all", SHOCKS),
        },
        one_of=FORMS,
        only_with={
            "over_months": ("ramp_to", "percent"),
            "span": ("total",),
            "unit": ("values", "hold", "ramp_to", "total"),
        },
        never_with={"start": ("realised", "total"), "until": ("total",), "width": ("realised",)},
        idle={"over_months": 0, "width": "own"},
    ),
    "range": Kind(
        "A driver or a flow stays between two bounds.",
        {
            "driver": DRIVER,
            "low": Level("at least"),
            "high": Level("at most"),
            "start": START,
            "until": UNTIL,
            "span": Text("of the sum of a flow, or the mean of a driver; left out: every month", "span"),
            "unit": UNIT,
        },
        some_of=("low", "high"),
        required=("driver",),
        never_with={"start": ("span",), "until": ("span",)},
    ),
    "shock": Kind(
        "One shock in one month, that lasts as the model says.",
        {
            "driver": Text("oil or a flow", "(oil|" + "|".join(FLOWS) + ")"),
            "sd": Number("in standard deviations of its monthly shock", -10.0, 10.0),
            "percent": Number("in per cent", -95.0, 900.0),
            "origin": Word("of an oil shock; left out: the average of both", ("supply", "demand")),
            "start": START,
        },
        one_of=("sd", "percent"),
        required=("driver",),
    ),
    "crisis": Kind(
        "A crisis begins, or crises begin so many times as often.",
        {
            "episode": Text("like which one, as 2008-09; typical for the average one"),
            "start": START,
            "severity": Number("times its depth", 0.0, 5.0),
            "length_months": Number("months of its fall", 1.0, 120.0),
            "hazard": Number("times as often as measured; 0: none begins", 0.0, 50.0),
        },
        never_with={"hazard": ("episode", "start", "severity", "length_months")},
    ),
    "shift": Kind(
        "A flow moves for good, or until a month.",
        {
            "flow": FLOW,
            "percent": Number("of the flow, or of its share", -99.0, 900.0),
            "usd_bn_a_year": Number("by an amount", -1000.0, 1000.0),
            "sd": Number("its uncertainty, in the same unit", 0.0, 1000.0),
            "share": SHARE,
            "group": Text("of goods, named"),
            "start": START,
            "over_months": Whole("steps until it is whole", 0, 120),
            "until": UNTIL,
        },
        one_of=("percent", "usd_bn_a_year"),
        required=("flow",),
        only_with={"share": ("percent",)},
        idle={"share": 1.0},
    ),
    "tariff": Kind(
        "A tariff changes: on this flow, or between others, which diverts trade here.",
        {
            "flow": FLOW,
            "from_percent": Number("the rate before", 0.0, 1000.0),
            "to_percent": Number("the rate after", 0.0, 1000.0),
            "share": SHARE,
            "pass_through": Doubtful("part of the tariff that the buyer's price carries", 0.0, 1.5),
            "elasticity": Doubtful("of trade to its price, as a size", 0.0, 30.0),
            "diversion": DIVERSION,
            "lost_from_usd_bn_a_year": LOST,
            "start": START,
            "over_months": Whole("steps until it is whole", 0, 120),
            "until": UNTIL,
        },
        required=("flow", "from_percent", "to_percent"),
        only_with={"diversion": ("lost_from_usd_bn_a_year",)},
    ),
    "sanctions": Kind(
        "Sanctions on this flow, or between others, which divert trade here.",
        {
            "flow": FLOW,
            "type": Word("which default", ("trade", "financial", "secondary")),
            "share": SHARE,
            "loss_percent": Doubtful("of the flow that is hit", 0.0, 100.0),
            "diversion": DIVERSION,
            "lost_from_usd_bn_a_year": LOST,
            "start": START,
            "over_months": Whole("steps until it is whole", 0, 120),
            "until": UNTIL,
        },
        required=("flow",),
        only_with={"diversion": ("lost_from_usd_bn_a_year",)},
    ),
    "odds": Kind(
        "An event has this probability.",
        {
            "event": Text("an object, or text such as 'oil >= 80 in 2019' or 'crisis'", "event"),
            "probability": Number("of the event", 0.0, 1.0, open_low=True, open_high=True),
        },
        required=("event", "probability"),
    ),
}

EVENT = Kind(
    "A sum of a flow or a mean of a driver over a span, on one side of a mark; or a crisis.",
    {
        "what": Text("oil, a flow, activity, fx:AAA, or crisis", f"({SUBJECT_PATTERN}|crisis)"),
        "flow": FLOW,
        "driver": DRIVER,
        "at_least": Level("the mark or more"),
        "at_most": Level("the mark or less"),
        "span": Text("over which", "span"),
        "unit": UNIT,
    },
    one_of=("what", "flow", "driver"),
)

FORMS_OF: Mapping[str, tuple[str, ...]] = {
    "oil": tuple(form for form in FORMS if form != "total"),
    "flow": tuple(form for form in FORMS if form != "realised"),
    "activity": tuple(form for form in FORMS if form not in ("percent", "total")),
    "fx": tuple(form for form in FORMS if form != "total"),
}
UNITS_OF: Mapping[str, tuple[str, ...]] = {"oil": (OIL_UNIT,), "flow": UNITS, "activity": (), "fx": ()}


def subject_of(driver: str) -> str:
    """The sort of a driver: "oil", "flow", "activity" or "fx"."""
    if driver in FLOWS:
        return "flow"
    return "fx" if driver.startswith("fx:") else driver


def level_bounds(subject: str, unit: str, *, summed: bool) -> tuple[float, float]:
    """Lowest and highest amount in its own unit; ``summed`` over a span of a flow."""
    if subject == "flow":
        low, high = _SUM_USD_BN if summed else _MONTH_USD_BN
        per = usd_bn(1.0, unit or "USD bn")
        return low / per, high / per
    return {"oil": OIL_RANGE_USD, "activity": _ACTIVITY_PERCENT, "fx": _RATE}[subject]


def text_pattern(field: Text) -> str:
    """The pattern that a text must match as a whole; any that is not blank when it has none."""
    named = {
        "": r"[\s\S]*\S[\s\S]*",
        "month": MONTH_PATTERN,
        "start": rf"(next-january|{MONTH_PATTERN})",
        "span": SPAN_PATTERN,
        "event": event_pattern(),
    }
    return named.get(field.pattern, field.pattern)


def event_pattern() -> str:
    """The pattern of an event written as text."""
    units = "|".join((OIL_UNIT, *UNITS))
    amount = r"-?[0-9]+(\.[0-9]+)?"
    return rf"(crisis|{SUBJECT_PATTERN} (>=|<=) {amount}( ({units}))? (in|over) {SPAN_PATTERN})"
