"""Tariffs: the buyer's price, the quantity that answers to it, and trade that turns elsewhere."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.trade_policy import TradePolicy
from forecast.scenarios.conditions.kinds import Tariff
from forecast.scenarios.effects.chance import figure_draws
from forecast.scenarios.effects.part import Part, part_log

FloatArray = NDArray[np.float64]


def tariff_part(
    tariff: Tariff,
    done: FloatArray,
    flows: tuple[int, ...],
    *,
    policy: TradePolicy,
    paths: int,
    seed: int,
    pointer: str = "",
) -> Part:
    """What a tariff does to the value that customs count, before duty.

    With d = ln(1 + t1) - ln(1 + t0) and pass-through r the buyer's price rises by r d, the price before duty falls by
    (1 - r) d, the quantity by elasticity r d; their sum, in steps w, is laid on ``share`` of the flow. With
    ``lost_from_usd_bn_a_year`` the fall is that of trade between others, and this flow gains diversion times it.

    Args:
        tariff: the condition.
        done (h): share of the steps done in each month.
        flows: positions of the flow, or of its parts.
        policy: the defaults.
        paths: number of paths.
        seed: of the streams.
        pointer: of the condition.

    Raises:
        ScenarioError: a rate of -100 per cent or less, or a figure beyond what it can be.
    """
    for name, rate in (("from_percent", tariff.from_percent), ("to_percent", tariff.to_percent)):
        if not -100.0 < rate < math.inf:
            raise ScenarioError(f"A tariff of {rate:g} per cent cannot be.", pointer=f"{pointer}/{name}")

    def draws(quantity: str) -> FloatArray:
        given = getattr(tariff, quantity)
        return figure_draws(quantity, "tariff", given, policy, paths=paths, seed=seed, pointer=pointer)[:, None]

    step = math.log1p(tariff.to_percent / 100.0) - math.log1p(tariff.from_percent / 100.0)
    carried = draws("pass_through")
    effect = np.expm1(-step * (draws("elasticity") * carried + (1.0 - carried)) * done)
    nothing = np.zeros((1, len(done)))
    if tariff.lost_from_usd_bn_a_year is None:
        return Part(flows, part_log(tariff.share, effect), nothing)
    lost = tariff.lost_from_usd_bn_a_year * tariff.share * -effect
    return Part(flows, nothing, draws("diversion") * lost / 12.0)
