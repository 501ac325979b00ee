"""Contradictions: each pair that cannot hold is refused and named, and what only looks like one is let through."""

from __future__ import annotations

from itertools import permutations

import pytest

from forecast.errors import ScenarioError
from forecast.months import month
from forecast.scenarios.algebra import (
    crisis,
    exports,
    hazard,
    imports,
    odds,
    oil,
    sanctions,
    shift,
    shock,
    tariff,
    turnover,
    within,
)
from forecast.scenarios.conditions.kinds import Condition
from forecast.scenarios.conditions.together.contradictions import find_contradictions, refuse_contradictions
from forecast.scenarios.conditions.together.shared_months import EVER, Months, months_meet

JAN, JUN, DEC = month(2019, 1), month(2019, 6), month(2019, 12)


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ((oil(hold=45), oil(percent=5)), "both say where oil goes"),
        ((oil(hold=45), oil(hold=60, start="2019-06")), "both say where oil goes"),
        ((oil(hold=45), oil(hold=60, start="2019-06", until="2019-12")), "both say where oil goes"),
        ((oil(hold=45), oil(hold=60, start="next-january")), "both say where oil goes"),
        ((oil(realised=True), oil(hold=60, start="2020-01")), "both say where oil goes"),
        ((exports(hold=4), exports(total=50, span="2019")), "both say where exports goes"),
        ((oil(hold=45, adjust=["oil"]), exports(hold=4)), "let different shocks adjust"),
        ((exports(hold=4), imports(hold=4), turnover(total=100, span="2019")), "sum of exports and imports"),
        ((exports(hold=4), imports(hold=4), shift("turnover", percent=5)), "nothing else can move turnover"),
        ((exports(hold=4), shift("exports", percent=5, start="2019-06")), "exports are pinned"),
        ((exports(hold=4), tariff("exports", 10, 25)), "exports are pinned"),
        ((turnover(total=100, span="2019"), sanctions("turnover", start="2019-12")), "turnover is pinned"),
        ((exports(hold=4), shock("exports", sd=1)), "no room for a shock"),
        ((oil(hold=45), shock("oil", sd=-2, origin="demand", start="next-january")), "no room for a shock"),
        ((oil(hold=45, width="none"), within("oil", low=50)), "outside the range"),
        ((oil(ramp_to=45, over_months=6, width="none"), within("oil", low=50)), "outside the range"),
        ((oil(values=[60, 40, 60], width="none"), within("oil", low=50)), "outside the range"),
        ((turnover(total=100, span="2019"), within("turnover", low=110, span="2019")), "outside the range"),
        ((turnover(hold=9, start="2019-01"), within("turnover", high=100, span="2019")), "outside the range"),
        ((within("oil", high=50), within("oil", low=60)), "no value lies in both"),
        ((crisis(), hazard(0)), "how often they do"),
        ((hazard(2), hazard(3)), "how often crises begin"),
        ((crisis("1998"), crisis("2008-09")), "in the same month"),
        ((crisis(start="next-january"), crisis("1998", start="next-january")), "in the same month"),
        ((crisis(), odds("crisis", 0.3)), "that a crisis begins"),
        ((hazard(2), odds("crisis", 0.3)), "how often crises begin"),
        ((tariff("exports", 10, 25), tariff("exports", 10, 25, share=0.5)), "the same step from 10 to 25"),
        ((shift("exports", percent=5), shift("exports", percent=5)), "says the same again"),
        ((oil(hold=45, width="none"), odds("oil >= 80 in 2019", 0.3)), "settles the event"),
        ((odds("oil >= 80 in 2019", 0.3), odds("oil >= 80 in 2019", 0.4)), "same event"),
        ((odds("oil >= 80 in 2019", 0.3), odds("oil >= 90 in 2019", 0.4)), "leaves none between"),
        ((odds("oil >= 80 in 2019", 0.3), odds("oil <= 60 in 2019", 0.8)), "leaves none between"),
    ],
)
def test_contradictions_are_named_in_either_order(conditions: tuple[Condition, ...], said: str) -> None:
    for order in permutations(conditions):
        with pytest.raises(ScenarioError) as caught:
            refuse_contradictions(order, pointer="/s")
        assert said in caught.value.message
        assert caught.value.pointer == f"/s/conditions/{len(order) - 1}"
        assert f"ondition {len(order)} (" in caught.value.message or f"and {len(order)} (" in caught.value.message


@pytest.mark.parametrize(
    "conditions",
    [
        (oil(hold=45, until="2019-05"), oil(hold=60, start="2019-06")),
        (oil(hold=45, until="2019-05"), oil(hold=60, start="next-january")),
        (oil(realised=True, until="2019-05"), oil(hold=60, start="2019-06")),
        (oil(hold=45), within("oil", low=50)),
        (oil(hold=55, width="none"), within("oil", low=50, high=60)),
        (oil(ramp_to=45, over_months=6, width="none"), within("oil", low=50, until="2018-12")),
        (oil(values=[60, 60, 40], start="2019-01", width="none"), within("oil", low=50, until="2019-02")),
        (oil(hold=45), exports(hold=4), shift("imports", percent=5)),
        (exports(hold=4), turnover(total=100, span="2019")),
        (oil(hold=45, adjust=["oil", "common"]), exports(hold=4, adjust=["common", "oil"])),
        (exports(total=50, span="2019"), shift("exports", percent=5, start="2020-01")),
        (turnover(hold=9), shift("exports", percent=5)),
        (oil(hold=45, start="2019-06"), shock("oil", sd=-2)),
        (oil(hold=45, start="2019-06"), shock("oil", sd=-2, start="2019-05")),
        (crisis("1998"), crisis("2008-09", start="next-january")),
        (crisis("1998", start="2019-01"), crisis("1998", start="2021-01")),
        (crisis(), oil(hold=45), sanctions("exports"), odds("oil >= 80 in 2019", 0.3)),
        (oil(hold=45), odds("oil >= 80 in 2019", 0.3)),
        (tariff("exports", 10, 25), tariff("imports", 10, 25)),
        (tariff("exports", 10, 25, until="2019-12"), tariff("exports", 10, 25, start="2020-01")),
        (shift("exports", percent=5), shift("exports", percent=6)),
        (odds("oil >= 80 in 2019", 0.3), odds("oil >= 90 in 2019", 0.2), odds("oil <= 60 in 2019", 0.5)),
        (odds("oil >= 80 in 2019", 0.3), odds("oil >= 90 in 2020", 0.4)),
        (within("oil", high=50, until="2019-05"), within("oil", low=60, start="2019-06")),
    ],
)
def test_conditions_that_can_hold_together(conditions: tuple[Condition, ...]) -> None:
    for order in permutations(conditions):
        refuse_contradictions(order)


def test_starts_are_certain_once_the_first_month_is_known() -> None:
    pair = (oil(hold=45, until="2019-05"), oil(hold=60, start="next-january"))
    refuse_contradictions(pair, first=month(2019, 2))
    with pytest.raises(ScenarioError, match="both say where oil goes"):
        refuse_contradictions(pair, first=month(2018, 11))
    two = (crisis(), crisis("1998", start="next-january"))
    refuse_contradictions(two, first=month(2018, 11))
    with pytest.raises(ScenarioError, match="same month"):
        refuse_contradictions(two, first=month(2019, 1))


def test_both_are_named_with_their_places_and_what_to_do() -> None:
    (found,) = find_contradictions((hazard(2), oil(hold=45), crisis(), odds("oil >= 80 in 2019", 0.2)))
    assert found.message == (
        "Condition 3 (crisis typical) contradicts condition 1 (hazard of crises): one says that a crisis begins, the "
        "other how often they do; keep one."
    )


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (Months(JAN, JUN), Months(JUN, DEC), True),
        (Months(JAN, JUN - 1), Months(JUN, DEC), False),
        (Months(None), Months(DEC, DEC), True),
        (Months(None, JUN), Months(DEC), False),
        (Months(None, JUN), Months(JAN), True),
        (Months(None, JUN), Months("next-january"), False),
        (Months("next-january", JUN), Months(None), True),
        (Months("next-january"), Months(JAN), True),
        (Months("next-january"), Months(JAN, JUN), False),
        (Months("next-january", JUN), Months(JAN), True),
        (Months(JAN, single=True), Months(JAN, JUN), True),
        (Months(JUN + 1, single=True), Months(JAN, JUN), False),
        (Months(None, single=True), Months(None, JUN), True),
        (Months(None, single=True), Months(JAN, EVER), False),
        (Months("next-january", single=True), Months(None), True),
        (Months("next-january", single=True), Months(None, JUN), False),
        (Months("next-january", single=True), Months(JAN, single=True), False),
    ],
)
def test_months_that_certainly_meet(one: Months, other: Months, meet: bool) -> None:
    assert months_meet(one, other) is meet
    assert months_meet(other, one) is meet
