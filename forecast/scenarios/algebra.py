"""Scenarios in Python: baseline + oil(hold=45) + crisis("2008-09", severity=.8); every condition as its own function.

Each function reads its arguments as a document would be read, so bounds, units and complaints are the same. Months and
spans are text ("2019-01", "2018-01/2018-09") or what forecast.months makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from forecast.errors import SchemaError
from forecast.months import Span, format_month
from forecast.scenarios.conditions.kinds import Condition, Uncertain
from forecast.scenarios.conditions.reading.condition import parse_condition
from forecast.scenarios.scenario import BASELINE

Month = str | int
Amounts = Sequence[float] | Mapping[str, float]
Number = float | Mapping[str, float] | Uncertain

baseline = BASELINE


def path(
    driver: str,
    *,
    values: Amounts | None = None,
    hold: float | None = None,
    ramp_to: float | None = None,
    percent: float | None = None,
    quantile: float | None = None,
    replay: str | Span | None = None,
    realised: bool | None = None,
    total: float | None = None,
    span: str | Span | None = None,
    over_months: int | None = None,
    start: Month | None = None,
    until: Month | None = None,
    unit: str | None = None,
    width: str | None = None,
    adjust: Sequence[str] | None = None,
) -> Condition:
    """A driver or a flow takes a path: exactly one of ``values`` to ``total``.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("path", locals())


def oil(
    *,
    values: Amounts | None = None,
    hold: float | None = None,
    ramp_to: float | None = None,
    percent: float | None = None,
    quantile: float | None = None,
    replay: str | Span | None = None,
    realised: bool | None = None,
    over_months: int | None = None,
    start: Month | None = None,
    until: Month | None = None,
    width: str | None = None,
    adjust: Sequence[str] | None = None,
) -> Condition:
    """Brent takes a path, USD a barrel.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("path", {"driver": "oil", **locals()})


def exports(**how: object) -> Condition:
    """Exports take a path; arguments as for `path`.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read_flow("exports", how)


def imports(**how: object) -> Condition:
    """Imports take a path; arguments as for `path`.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read_flow("imports", how)


def turnover(**how: object) -> Condition:
    """Turnover takes a path, or has a ``total`` over a ``span``; arguments as for `path`.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read_flow("turnover", how)


def within(
    driver: str,
    *,
    low: float | None = None,
    high: float | None = None,
    start: Month | None = None,
    until: Month | None = None,
    span: str | Span | None = None,
    unit: str | None = None,
) -> Condition:
    """A driver or a flow stays within bounds.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("range", locals())


def shock(
    driver: str,
    *,
    sd: float | None = None,
    percent: float | None = None,
    origin: str | None = None,
    start: Month | None = None,
) -> Condition:
    """One shock to oil or a flow.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("shock", locals())


def crisis(
    episode: str | None = None,
    *,
    start: Month | None = None,
    severity: float | None = None,
    length_months: float | None = None,
) -> Condition:
    """A crisis begins, like an ``episode`` of the past or typical.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("crisis", locals())


def hazard(multiplier: float) -> Condition:
    """Crises begin ``multiplier`` times as often as measured.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("crisis", {"hazard": multiplier})


def shift(
    flow: str,
    *,
    percent: float | None = None,
    usd_bn_a_year: float | None = None,
    sd: float | None = None,
    share: float | None = None,
    group: str | None = None,
    start: Month | None = None,
    over_months: int | None = None,
    until: Month | None = None,
) -> Condition:
    """A flow moves by a per cent of itself or by an amount a year.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("shift", locals())


def tariff(
    flow: str,
    from_percent: float,
    to_percent: float,
    *,
    share: float | None = None,
    pass_through: Number | None = None,
    elasticity: Number | None = None,
    diversion: Number | None = None,
    lost_from_usd_bn_a_year: float | None = None,
    start: Month | None = None,
    over_months: int | None = None,
    until: Month | None = None,
) -> Condition:
    """A tariff goes from one rate to another.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("tariff", locals())


def sanctions(
    flow: str,
    kind: str | None = None,
    *,
    share: float | None = None,
    loss_percent: Number | None = None,
    diversion: Number | None = None,
    lost_from_usd_bn_a_year: float | None = None,
    start: Month | None = None,
    over_months: int | None = None,
    until: Month | None = None,
) -> Condition:
    """Sanctions on a flow; ``kind`` is "trade", "financial" or "secondary".

    Raises:
        InputError: as for the condition in a document.
    """
    given = locals()
    return _read("sanctions", {"type": given.pop("kind"), **given})


def odds(event: str | Mapping[str, object], probability: float) -> Condition:
    """An event such as "oil >= 80 in 2019" has a probability.

    Raises:
        InputError: as for the condition in a document.
    """
    return _read("odds", locals())


def _read_flow(flow: str, how: Mapping[str, object]) -> Condition:
    for name in ("driver", "kind"):
        if name in how:
            raise SchemaError(f"{flow}(...) takes no {name!r}; use path(driver, ...) for another driver.")
    return _read("path", {"driver": flow, **how})


def _read(kind: str, given: Mapping[str, object]) -> Condition:
    """The condition of the arguments that were given; None is not given."""
    said = {name: _written(name, value) for name, value in given.items() if value is not None}
    return parse_condition({"kind": kind, **said})


def _written(name: str, value: object) -> object:
    """An argument as a document would have it."""
    if isinstance(value, np.ndarray | np.generic):
        return _written(name, value.tolist())
    if isinstance(value, Span):
        return str(value)
    if isinstance(value, Uncertain):
        return {"mean": value.mean, "sd": value.sd}
    if name in ("start", "until") and isinstance(value, int) and not isinstance(value, bool):
        return format_month(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_written("", entry) for entry in value]
    return value
