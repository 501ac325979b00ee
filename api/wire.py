"""What travels: the shapes of requests and answers, as the documentation shows them.

A question is read by forecast.parse_question, so that every mistake is told alike in HTTP, the shell and Python;
these Structs say in the OpenAPI document what it accepts. The answer's shape is forecast.Answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Flow = Literal["turnover", "exports", "imports"]
Month = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}$", examples=["2019-12"])]


class Scenario(Struct, frozen=True):
    """Conditions that hold together; its shape is the library's own schema (`api.scenario_shapes`)."""

    name: str


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """A mark: how likely is it that the flow, summed over the span, reaches `at_least`, or stays within `at_most`?

    A single target has exactly one of `at_least` and `at_most`, and a `span`. Several targets on the same paths stand
    in `all` (each must be reached) or `any` (one is enough), with no other field but `name` beside it.
    """

    at_least: Annotated[
        Annotated[float, Meta(gt=0.0)] | UnsetType,
        Meta(description="The mark to be reached, in `unit`.", examples=[100]),
    ] = UNSET
    at_most: Annotated[
        Annotated[float, Meta(gt=0.0)] | UnsetType,
        Meta(description="The mark not to be exceeded, in `unit`.", examples=[80]),
    ] = UNSET
    span: Annotated[
        str | UnsetType,
        Meta(
            description="A year, a quarter, a month, two months, or a sum that moves along and may reach the mark in "
            "any month forecast: of the last 1 to 60 months, or since January.",
            examples=["2018", "2019-Q1", "2018-10", "2018-01/2018-09", "trailing-12", "year-to-date"],
        ),
    ] = UNSET
    flow: Annotated[Flow, Meta(description="As seen from the first country of the pair.")] = "turnover"
    unit: Annotated[
        str,
        Meta(
            description="Currency and scale of the mark, or `%` of the last twelve months known (spans of twelve "
            "months).",
            examples=["USD bn", "USD mn", "%"],
        ),
    ] = "USD bn"
    by: Annotated[
        Month | UnsetType,
        Meta(description="Last month in which the mark may be reached; by default the end of the span or forecast."),
    ] = UNSET
    reporter: Annotated[
        Annotated[str, Meta(pattern="^[A-Z]{3}$")] | UnsetType,
        Meta(description="By whose count; the question's own reporter, any other needs a question of its own."),
    ] = UNSET
    name: Annotated[
        Annotated[str, Meta(max_length=120)] | UnsetType, Meta(description="For people; returned as given.")
    ] = UNSET
    all: Annotated[
        Annotated[tuple[str | Target, ...], Meta(min_length=2, max_length=12)] | UnsetType,
        Meta(description="Targets that must all be reached."),
    ] = UNSET
    any: Annotated[
        Annotated[tuple[str | Target, ...], Meta(min_length=2, max_length=12)] | UnsetType,
        Meta(description="Targets of which one must be reached."),
    ] = UNSET


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
        Meta(
            max_length=20,
            description='Marks to put odds on; "turnover >= 100 in 2018" is understood as well, joined by "and" or '
            '"or" too.',
        ),
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
