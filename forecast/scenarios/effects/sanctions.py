"""Sanctions: a part of trade is lost, and some of what others lose turns here."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.models.trade_policy import TradePolicy
from forecast.scenarios.conditions.kinds import Sanctions
from forecast.scenarios.effects.chance import figure_draws
from forecast.scenarios.effects.part import Part, part_log

FloatArray = NDArray[np.float64]


def sanctions_part(
    sanctions: Sanctions,
    done: FloatArray,
    flows: tuple[int, ...],
    *,
    policy: TradePolicy,
    paths: int,
    seed: int,
    pointer: str = "",
) -> Part:
    """What sanctions do: a loss in per cent of ``share`` of the flow, drawn once a path and taken in steps.

    With ``lost_from_usd_bn_a_year`` the loss is that of trade between others, and this flow gains diversion times it.

    Args:
        sanctions: the condition.
        done (h): share of the steps done in each month.
        flows: positions of the flow, or of its parts.
        policy: the defaults.
        paths: number of paths.
        seed: of the streams.
        pointer: of the condition.

    Raises:
        ScenarioError: an unknown kind of sanctions, or a figure beyond what it can be.
    """
    given = sanctions.loss_percent
    percent = figure_draws("loss_percent", sanctions.kind, given, policy, paths=paths, seed=seed, pointer=pointer)
    loss = percent[:, None] / 100.0 * done
    nothing = np.zeros((1, len(done)))
    if sanctions.lost_from_usd_bn_a_year is None:
        return Part(flows, part_log(sanctions.share, -loss), nothing)
    diversion = figure_draws(
        "diversion", "sanctions", sanctions.diversion, policy, paths=paths, seed=seed, pointer=pointer
    )
    return Part(flows, nothing, diversion[:, None] * sanctions.lost_from_usd_bn_a_year * sanctions.share * loss / 12.0)
