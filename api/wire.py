"""What travels: the shapes of requests and answers, as the documentation shows them.

A question is read by forecast.parse_question, so that every mistake is told alike in HTTP, the shell and Python;
these Structs say in the OpenAPI document what it accepts. The answer's shape is forecast.Answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Flow = Literal["turnover", "exports", "imports"]
Month = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$", examples=["2019-12"])]
Start = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}|next-january)$", examples=["2019-01", "next-january"])]
Price = Annotated[float, Meta(ge=1.0, le=1000.0)]
Width = Annotated[
    Literal["own", "none"],
    Meta(description='"own" keeps the oil density\'s own spread about the path, "none" makes the path certain.'),
]


class PathCondition(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="path"):
    """The oil price (Brent, USD a barrel) follows a path; give exactly one of the six forms.

    The forms are `values`, `hold`, `ramp_to`, `percent`, `replay` and `realised`.
    """

    driver: Annotated[Literal["oil"], Meta(description="What follows the path.")] = "oil"
    start: Annotated[
        Start | UnsetType, Meta(description="First month of the path; by default the first not yet known.")
    ] = UNSET
    values: Annotated[
        tuple[Price, ...] | dict[str, Price] | UnsetType,
        Meta(description="Prices from `start` on, or prices by month; the last one stays."),
    ] = UNSET
    hold: Annotated[Price | UnsetType, Meta(description="The price is this from `start` on.")] = UNSET
    ramp_to: Annotated[
        Price | UnsetType, Meta(description="The price goes here over `over_months`, in equal log steps, and stays.")
    ] = UNSET
    percent: Annotated[
        Annotated[float, Meta(ge=-95.0, le=900.0)] | UnsetType,
        Meta(description="The last known price moves by so many per cent over `over_months`, and stays."),
    ] = UNSET
    replay: Annotated[
        str | UnsetType,
        Meta(description="The price changes as it did over these months.", examples=["2014-07/2016-01"]),
    ] = UNSET
    realised: Annotated[
        Literal[True] | UnsetType, Meta(description="The price takes the path it really took, as far as published.")
    ] = UNSET
    over_months: Annotated[int, Meta(ge=0, le=120, description="Months until `ramp_to` or `percent` is reached.")] = 0
    width: Width = "own"


class CrisisCondition(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="crisis"):
    """A crisis of the kind of a past episode begins."""

    episode: Annotated[str, Meta(description="The episode it is like.", examples=["2008-09"])] = "typical"
    start: Annotated[Start | UnsetType, Meta(description="Its first month; by default the first not yet known.")] = (
        UNSET
    )
    severity: Annotated[float, Meta(ge=0.0, le=5.0, description="Multiplies the depth of the episode.")] = 1.0


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """Conditions that hold together: at most one oil path and one crisis."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,63}$", description="Small letters, digits and hyphens.")]
    title: Annotated[str | UnsetType, Meta(description="One line for people; by default the name.")] = UNSET
    story: Annotated[str | UnsetType, Meta(description="What happens, in a sentence or two.")] = UNSET
    conditions: Annotated[
        tuple[PathCondition | CrisisCondition, ...], Meta(description="Without any: the plain forecast.")
    ] = ()


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """A mark: how likely is it that the flow, summed over the span, reaches `at_least`?"""

    at_least: Annotated[float, Meta(gt=0.0, description="The mark, in `unit`.", examples=[100])]
    span: Annotated[
        str,
        Meta(
            description="A year, a month, two months, or a rolling sum reaching the mark in any month of the horizon.",
            examples=["2018", "2018-10", "2018-01/2018-09", "trailing-12", "year-to-date"],
        ),
    ]
    flow: Annotated[Flow, Meta(description="As seen from the first country of the pair.")] = "turnover"
    unit: Annotated[str, Meta(description="Currency and scale of `at_least`.", examples=["USD bn", "USD mn"])] = (
        "USD bn"
    )


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """One question about one pair; only `pair` is required."""

    pair: Annotated[
        str,
        Meta(
            pattern="^[A-Z]{3}-[A-Z]{3}$",
            description="Two three-letter country codes; `GET /v1/pairs` lists those known.",
            examples=["CHN-RUS"],
        ),
    ]
    reporter: Annotated[
        str | UnsetType,
        Meta(description="By whose count: one of the pair. By default the first country.", examples=["CHN"]),
    ] = UNSET
    as_of: Annotated[
        Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | UnsetType,
        Meta(
            description="Only figures published by this day are used. By default today (UTC).",
            examples=["2018-10-12"],
        ),
    ] = UNSET
    through: Annotated[
        Month | UnsetType, Meta(description="Last month of the forecast. By default December of the next year.")
    ] = UNSET
    model: Annotated[
        Literal[
            "auto",
            "structural",
            "pool",
            "bvar",
            "regimes",
            "local-level",
            "airline",
            "arima",
            "ets",
            "theta",
            "drift",
            "seasonal-naive",
        ],
        Meta(description="The model that speaks; `auto` chooses by the record, and the answer says why."),
    ] = "auto"
    levels: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=99)], ...],
        Meta(min_length=1, max_length=10, description="Coverage of the bands, in per cent."),
    ] = (50, 80, 95)
    seed: Annotated[int, Meta(ge=0, le=2**53, description="The same seed gives the same numbers.")] = 7
    paths: Annotated[int, Meta(ge=100, le=200_000, description="Simulated futures.")] = 10_000
    scenarios: Annotated[
        tuple[str | Scenario, ...],
        Meta(max_length=20, description="Names of known scenarios, or scenarios of your own."),
    ] = ("baseline",)
    targets: Annotated[
        tuple[str | Target, ...],
        Meta(max_length=20, description='Marks to put odds on; "turnover >= 100 in 2018" is understood as well.'),
    ] = ()


class Pairs(Struct, frozen=True):
    """The pairs of countries that can be asked about."""

    pairs: Annotated[tuple[str, ...], Meta(examples=[["CHN-RUS"]])]


class Health(Struct, frozen=True):
    """Whether the service lives, or is ready."""

    status: Literal["alive", "ready"]


class Fault(Struct, frozen=True):
    """One mistake in a request."""

    pointer: Annotated[str, Meta(description="JSON pointer into the body, or the parameter; empty for the whole.")]
    code: Annotated[str, Meta(description="A stable word for programs.")]
    message: Annotated[str, Meta(description="What was found, what was expected, what to do.")]
    allowed: Annotated[tuple[str, ...], Meta(description="What would have been accepted, when that can be listed.")]


class ProblemDetails(Struct, frozen=True):
    """Problem details (RFC 9457); every error of the service has this shape."""

    type: Annotated[str, Meta(description="Stable address of the kind of problem.", examples=["/problems/schema"])]
    title: Annotated[str, Meta(description="The kind of problem in a few words.")]
    status: Annotated[int, Meta(description="The HTTP status.")]
    detail: Annotated[str, Meta(description="What is wrong with this request.")]
    code: Annotated[str, Meta(description="The last part of `type`.", examples=["schema"])]
    request_id: Annotated[str, Meta(description="As in the X-Request-Id header; name it when you report a defect.")]
    errors: Annotated[tuple[Fault, ...], Meta(description="Where the request is wrong.")]


FLAGSHIP: dict[str, object] = {
    "pair": "CHN-RUS",
    "reporter": "CHN",
    "as_of": "2018-10-12",
    "through": "2019-12",
    "levels": [50, 80, 95],
    "seed": 7,
    "scenarios": ["baseline", "oil-slump", "global-crisis"],
    "targets": [
        {"flow": "turnover", "at_least": 100, "unit": "USD bn", "span": "2018"},
        {"flow": "turnover", "at_least": 100, "unit": "USD bn", "span": "2019"},
    ],
}  #: will Chinese-Russian trade reach 100 bn dollars in 2018, and in 2019, as known on 12 October 2018?
