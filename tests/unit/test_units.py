"""units: every spelling that is read, and what is refused."""

import pytest

from forecast.errors import UnitError
from forecast.units import UNITS, canonical_unit, usd_bn


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [(84.07, "USD bn", 84.07), (84070.0, "USD mn", 84.07), (84_070_000.0, "USD th", 84.07), (8.407e10, "USD", 84.07)],
)
def test_every_scale_gives_billions(value: float, unit: str, expected: float) -> None:
    assert usd_bn(value, unit) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "canonical"),
    [
        ("bn USD", "USD bn"),
        ("billion USD", "USD bn"),
        (" usd  BLN ", "USD bn"),
        ("$bn", "USD bn"),
        ("US$ mn", "USD mn"),
        ("USD million", "USD mn"),
        ("million dollars", "USD mn"),
        ("thousand USD", "USD th"),
        ("$", "USD"),
        *((unit, unit) for unit in UNITS),
    ],
)
def test_common_spellings(unit: str, canonical: str) -> None:
    assert canonical_unit(unit) == canonical


@pytest.mark.parametrize(
    "unit", ["", "bn", "RUB bn", "EUR", "bn bn USD", "USD bn CNY", "tonnes", "USD trillion", "USD USD"]
)
def test_anything_else_is_refused_with_the_units_allowed(unit: str) -> None:
    with pytest.raises(UnitError, match="USD bn, USD mn, USD th, USD") as caught:
        usd_bn(1.0, unit, pointer="row 3")
    assert caught.value.allowed == UNITS
    assert caught.value.pointer == "row 3"
