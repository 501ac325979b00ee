"""Shifts, tariffs and sanctions, read and written."""

from __future__ import annotations

from forecast.errors import ScenarioError
from forecast.fields import text_field
from forecast.scenarios.conditions.kinds import Sanctions, Shift, Tariff
from forecast.scenarios.conditions.reading.parts import (
    Given,
    read_number,
    read_some_number,
    read_start,
    read_uncertain,
    read_until,
    read_whole,
    read_word,
    refuse_misfits,
    write_said,
    write_start,
    write_uncertain,
    write_until,
)
from forecast.scenarios.conditions.table import KINDS

_SHIFT, _TARIFF, _SANCTIONS = KINDS["shift"], KINDS["tariff"], KINDS["sanctions"]


def parse_shift(given: Given, pointer: str) -> Shift:
    """Read a shift of a flow: ``percent`` or ``usd_bn_a_year``.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: no size or two, or fields that do not go together.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _SHIFT, pointer, "shift")
    return Shift(
        flow=read_word(given, _SHIFT, "flow", pointer),
        percent=read_some_number(given, _SHIFT, "percent", pointer),
        usd_bn_a_year=read_some_number(given, _SHIFT, "usd_bn_a_year", pointer),
        sd=read_number(given, _SHIFT, "sd", pointer, 0.0),
        share=read_number(given, _SHIFT, "share", pointer, 1.0),
        group=text_field(given, "group", None, pointer=pointer) if "group" in given else "",
        start=start,
        over_months=read_whole(given, _SHIFT, "over_months", pointer),
        until=read_until(given, start, pointer),
    )


def shift_fields(shift: Shift) -> dict[str, object]:
    """A shift as it would be written."""
    return {
        "kind": "shift",
        "flow": shift.flow,
        **write_said(
            percent=shift.percent,
            usd_bn_a_year=shift.usd_bn_a_year,
            sd=shift.sd or None,
            share=None if shift.share == 1.0 else shift.share,
            group=shift.group,
            over_months=shift.over_months or None,
        ),
        **write_start(shift.start),
        **write_until(shift.until),
    }


def parse_tariff(given: Given, pointer: str) -> Tariff:
    """Read a tariff that goes from one rate to another.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: the two rates are the same, or fields do not go together.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _TARIFF, pointer, "tariff")
    before, after = (read_number(given, _TARIFF, name, pointer) for name in ("from_percent", "to_percent"))
    if before == after:
        raise ScenarioError(
            f"The tariff goes from {before:g} to {after:g} per cent, which changes nothing; leave it out.",
            pointer=f"{pointer}/to_percent",
        )
    return Tariff(
        flow=read_word(given, _TARIFF, "flow", pointer),
        from_percent=before,
        to_percent=after,
        share=read_number(given, _TARIFF, "share", pointer, 1.0),
        pass_through=read_uncertain(given, _TARIFF, "pass_through", pointer),
        elasticity=read_uncertain(given, _TARIFF, "elasticity", pointer),
        diversion=read_uncertain(given, _TARIFF, "diversion", pointer),
        lost_from_usd_bn_a_year=read_some_number(given, _TARIFF, "lost_from_usd_bn_a_year", pointer),
        start=start,
        over_months=read_whole(given, _TARIFF, "over_months", pointer) if "over_months" in given else None,
        until=read_until(given, start, pointer),
    )


def tariff_fields(tariff: Tariff) -> dict[str, object]:
    """A tariff as it would be written."""
    return {
        "kind": "tariff",
        "flow": tariff.flow,
        "from_percent": tariff.from_percent,
        "to_percent": tariff.to_percent,
        **write_uncertain(pass_through=tariff.pass_through, elasticity=tariff.elasticity, diversion=tariff.diversion),
        **_shared_fields(tariff),
    }


def parse_sanctions(given: Given, pointer: str) -> Sanctions:
    """Read sanctions; ``type`` names which default they take.

    Raises:
        SchemaError: a field is unknown, missing or of the wrong kind.
        ScenarioError: fields that do not go together.
    """
    start = read_start(given, pointer)
    refuse_misfits(given, _SANCTIONS, pointer, "condition on sanctions")
    return Sanctions(
        flow=read_word(given, _SANCTIONS, "flow", pointer),
        kind=read_word(given, _SANCTIONS, "type", pointer, "trade"),
        share=read_number(given, _SANCTIONS, "share", pointer, 1.0),
        loss_percent=read_uncertain(given, _SANCTIONS, "loss_percent", pointer),
        diversion=read_uncertain(given, _SANCTIONS, "diversion", pointer),
        lost_from_usd_bn_a_year=read_some_number(given, _SANCTIONS, "lost_from_usd_bn_a_year", pointer),
        start=start,
        over_months=read_whole(given, _SANCTIONS, "over_months", pointer) if "over_months" in given else None,
        until=read_until(given, start, pointer),
    )


def sanctions_fields(sanctions: Sanctions) -> dict[str, object]:
    """Sanctions as they would be written."""
    return {
        "kind": "sanctions",
        "flow": sanctions.flow,
        "type": sanctions.kind,
        **write_uncertain(loss_percent=sanctions.loss_percent, diversion=sanctions.diversion),
        **_shared_fields(sanctions),
    }


def _shared_fields(condition: Tariff | Sanctions) -> dict[str, object]:
    return {
        **write_said(
            share=None if condition.share == 1.0 else condition.share,
            lost_from_usd_bn_a_year=condition.lost_from_usd_bn_a_year,
            over_months=condition.over_months,
        ),
        **write_start(condition.start),
        **write_until(condition.until),
    }
