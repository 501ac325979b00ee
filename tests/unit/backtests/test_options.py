"""Options and targets of a backtest: every spelling that is meant to work, and a pointer to every one that is not."""

from __future__ import annotations

import pytest

from forecast.backtests.marks import NO_FALL, parse_mark
from forecast.backtests.options import Options, parse_options
from forecast.errors import SchemaError, UnitError
from forecast.months import month

MODELS = ("auto", "pool", "ets")
PEERS = ("statsmodels-ets", "statsmodels-var")


def parsed(**given: object) -> Options:
    return parse_options(given, (*MODELS, "arima", "theta", "seasonal-naive"), PEERS)


def test_defaults() -> None:
    assert parsed() == Options()
    assert parsed(origins=None, seed=None) == Options()


@pytest.mark.parametrize(
    ("origins", "expected"),
    [
        ("2008-12", [(2008, 12)]),
        ("2008-12..2010-12", [(2008, 12), (2009, 12), (2010, 12)]),
        ("2008..2009", [(2008, 12), (2009, 12)]),
        ("2008-11..2009-02/3", [(2008, 11), (2009, 2)]),
        ("2010-06, 2008-12..2008-12", [(2008, 12), (2010, 6)]),
        (["2010-06", "2010-06", "2009"], [(2009, 12), (2010, 6)]),
    ],
)
def test_origins(origins: object, expected: list[tuple[int, int]]) -> None:
    assert parsed(origins=origins).origins == tuple(month(*each) for each in expected)


def test_horizons_and_models() -> None:
    assert parsed(horizons="12, 1,3").horizons == (1, 3, 12)
    assert parsed(horizons=[6]).horizons == (6,)
    assert parsed(horizons=6).horizons == (6,)
    assert parsed(models="ets,auto,ets").models == ("ets", "auto")
    assert parsed(models=["ets"], peers="statsmodels").models == ("ets", *PEERS)
    assert parsed(models="ets,statsmodels-var", peers=["statsmodels-var"]).models == ("ets", "statsmodels-var")
    assert parsed(step="quarter", flow="exports", given_oil=True).step == 3


@pytest.mark.parametrize(
    ("field", "value", "pointer", "message"),
    [
        ("origins", "2008-13", "/origins/0", "not a month"),
        ("origins", "2010..2008", "/origins/0", "swap"),
        ("origins", "2008,2008-12..2010-12/x", "/origins/1", "number of months"),
        ("origins", "2008-12..2010-12/0", "/origins/0", "number of months"),
        ("origins", "", "/origins", "1 to 600 origins"),
        ("origins", "1900-01..2100-01/1", "/origins", "1 to 600 origins"),
        ("origins", [2008], "/origins/0", "is a month"),
        ("origins", {"a": 1}, "/origins", "must be a list"),
        ("horizons", "0", "/horizons/0", "from 1 to 120"),
        ("horizons", "1,1.5", "/horizons/1", "1.5"),
        ("horizons", [True], "/horizons/0", "True"),
        ("horizons", "", "/horizons", "at least one"),
        ("models", "ets,etz", "/models/1", "Did you mean 'ets'?"),
        ("models", "", "/models", "1 to 40"),
        ("peers", "prophet", "/peers/0", "prophet"),
        ("targets", ["turnover >= 100 in 2018"], "/targets/0", "names no span"),
        ("targets", ["x"] * 11, "/targets", "10 at most"),
        ("targets", [3], "/targets/0", "is a text"),
        ("flow", "trade", "/flow", "no flow"),
        ("step", "week", "/step", "no step"),
        ("given_oil", "yes", "/given_oil", "true or false"),
        ("reporter", 3, "/reporter", "must be text"),
        ("paths", 99, "/paths", "between 100"),
        ("seed", -1, "/seed", "between 0"),
        ("origin", "2008", "/origin", "Did you mean 'origins'?"),
    ],
)
def test_what_is_refused(field: str, value: object, pointer: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message.replace("?", r"\?")) as caught:
        parsed(**{field: value})
    assert caught.value.pointer == pointer


def test_marks() -> None:
    assert parse_mark("turnover >= 100").at(7.0) == 100.0
    mark = parse_mark(" exports>=4500 USD mn over trailing-12 ")
    assert (mark.flow, mark.at(1.0), mark.text) == ("exports", 4.5, "exports >= 4500 USD mn")
    relative = parse_mark(">= 110%")
    assert (relative.at(50.0), relative.relative, relative.flow) == (pytest.approx(55.0), True, None)
    assert parse_mark(">= 100 %") == NO_FALL


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("turnover > 100", "is no target"),
        ("turnover >= ", "is no target"),
        ("exports >= 0", "positive amount"),
        ("turnover >= 1e999", "is no target"),
        ("trade >= 3", "no flow"),
        ("imports >= 3", "exports is judged"),
        ("exports >= 3 over 2018-01/2018-06", "names no span"),
        ("exports >= 3 over year-to-date", "names no span"),
    ],
)
def test_marks_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        parse_mark(text, "exports", pointer="/targets/0")
    with pytest.raises(UnitError):
        parse_mark("exports >= 3 EUR", "exports")
