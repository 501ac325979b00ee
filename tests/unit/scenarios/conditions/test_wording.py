"""Sentences of conditions: one for every kind and form, and each says every number that it was given."""

from __future__ import annotations

import pytest

from forecast.scenarios.algebra import (
    crisis,
    exports,
    hazard,
    odds,
    oil,
    path,
    sanctions,
    shift,
    shock,
    tariff,
    turnover,
    within,
)
from forecast.scenarios.conditions.kinds import Condition
from forecast.scenarios.conditions.wording import condition_words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (
            oil(ramp_to=45, over_months=6),
            "Brent ramps to 45 USD over 6 months from the first month ahead, with its own width",
        ),
        (
            oil(hold=45, start="2019-01", until="2019-12", width="none"),
            "Brent holds at 45 USD from 2019-01 until 2019-12, for certain",
        ),
        (oil(percent=0), "Brent stays at its last price from the first month ahead, with its own width"),
        (
            oil(percent=-30, over_months=1, start="next-january"),
            "Brent falls by 30 % over one month from next January, with its own width",
        ),
        (
            oil(values=[50, 55.5], adjust=["oil", "common"]),
            "Brent is 50 USD and 55.5 USD, month by month, from the first month ahead, with its own width; only shocks "
            "to oil and common adjust",
        ),
        (
            oil(values=[50, 1, 2, 3, 55]),
            "Brent follows 5 given months from 50 USD to 55 USD from the first month ahead, with its own width",
        ),
        (
            oil(quantile=0.1),
            "Brent follows the 10 % quantile of its own density from the first month ahead, with its own width",
        ),
        (
            oil(replay="2014-07/2016-01"),
            "Brent changes in per cent as over 2014-07/2016-01 from the first month ahead, with its own width",
        ),
        (oil(realised=True), "Brent goes as it really went, as far as that is published"),
        (turnover(total=110, span="2019"), "Turnover sums to 110 bn USD in 2019, for certain"),
        (exports(hold=4.5), "Exports hold at 4.5 bn USD from the first month ahead, for certain"),
        (
            path("fx:RUS", hold=70),
            "The exchange rate of RUS holds at 70 to the dollar from the first month ahead, with its own width",
        ),
        (within("oil", low=40, high=60), "Brent stays between 40 and 60 USD in every month from the first month ahead"),
        (within("exports", low=40, span="2019"), "The sum of exports in 2019 stays at or above 40 bn USD"),
        (within("oil", high=60, span="2019"), "The mean of Brent in 2019 stays at or below 60 USD"),
        (
            shock("oil", sd=-2, origin="demand"),
            "Brent is hit by a shock of -2 standard deviations of its monthly shock from the side of demand in the "
            "first month ahead",
        ),
        (shock("exports", percent=10, start="2019-01"), "Exports are hit by a shock of +10 % in 2019-01"),
        (crisis(start="next-january"), "A typical crisis begins next January"),
        (
            crisis("2008-09", severity=0.8, length_months=24),
            "A crisis of the 2008-09 kind begins in the first month ahead, 0.8 times as deep and falling for 24 months",
        ),
        (hazard(0), "No crisis begins"),
        (hazard(3), "Crises begin by their own odds, 3 times as often as measured"),
        (shift("exports", percent=10), "Exports rise by 10 % from the first month ahead"),
        (
            shift("imports", usd_bn_a_year=-1.5, sd=0.5, group="gas", over_months=24, until="2025-12"),
            "Imports of gas fall by 1.5 bn USD a year (give or take 0.5) over 24 months from the first month ahead "
            "until 2025-12",
        ),
        (
            shift("turnover", percent=10, share=0.2, group="food"),
            "A share of 20 % of turnover (food) rises by 10 % from the first month ahead",
        ),
        (
            tariff("exports", 10, 25, share=0.5, elasticity={"mean": 2, "sd": 1}),
            "A tariff on 50 % of exports goes from 10 to 25 % from the first month ahead; elasticity 2 (give or take "
            "1)",
        ),
        (
            tariff("exports", 10, 25, lost_from_usd_bn_a_year=200, over_months=0),
            "A tariff on 200 bn USD a year between others goes from 10 to 25 %, taking hold at once, from the first "
            "month ahead; exports gain from what is diverted",
        ),
        (
            sanctions("turnover", "secondary", loss_percent=20),
            "Secondary sanctions hit turnover from the first month ahead; loss in per cent 20",
        ),
        (odds("crisis", 0.3), "The chance that a crisis begins is 30 %"),
        (odds("oil >= 80 in 2019", 0.25), "The chance that the mean of Brent in 2019 is 80 USD or more is 25 %"),
        (
            odds("turnover <= 110 in 2019", 0.25),
            "The chance that the sum of turnover in 2019 is 110 bn USD or less is 25 %",
        ),
    ],
)
def test_sentences(condition: Condition, words: str) -> None:
    assert condition_words(condition) == words
