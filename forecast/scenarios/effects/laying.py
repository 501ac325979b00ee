"""The effects of a scenario laid over each other: factors multiply, amounts are added to what the factors leave.

So a per cent speaks of the path without the amounts, an amount is the amount that was said, and the order of the
conditions does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.background import Background
from forecast.models.composition import group_share
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.kinds import OIL, Condition, Sanctions, Shift, Shock, Tariff
from forecast.scenarios.effects.chance import hindsight
from forecast.scenarios.effects.origin import oil_impulse, origin_effect
from forecast.scenarios.effects.part import LEAST, Part, flow_positions, steps
from forecast.scenarios.effects.sanctions import sanctions_part
from forecast.scenarios.effects.shift import shift_part
from forecast.scenarios.effects.tariff import tariff_part

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Effects:
    """log_effect (p, h, k): on each flow and month, None where nothing moves. warnings: what a reader should know."""

    log_effect: FloatArray | None
    warnings: tuple[str, ...] = ()


NO_EFFECTS = Effects(None)


def log_effects(
    common: CommonDraws, conditions: Sequence[Condition], levels_usd_bn: FloatArray, *, pair: str = ""
) -> Effects:
    """What the shifts, tariffs, sanctions and oil shocks of a named origin among some conditions do to the paths.

    Args:
        common: the draws; effects begin after the record.
        conditions: all of a scenario; those of other kinds are passed over.
        levels_usd_bn: (p, h, k) the months after the record before these effects, crises included.
        pair: whose composition speaks of groups of goods, "" where none does.

    Raises:
        ScenarioError: a condition on months that are known or a flow that is not drawn, or one that says too little.
    """
    parts = [
        Part(tuple(range(levels_usd_bn.shape[2])), effect, np.zeros((1, effect.shape[1])))
        for shock in conditions
        if isinstance(shock, Shock) and shock.driver == OIL and shock.origin
        for effect in (_of_origin(common, shock, levels_usd_bn.shape[1]),)
    ]
    parts += effect_parts(
        conditions,
        months=levels_usd_bn.shape[1],
        paths=levels_usd_bn.shape[0],
        flows=common.flows,
        first=common.record_end + 1,
        background=common.background,
        pair=pair,
        as_of=common.as_of,
        seed=common.seed,
    )
    return lay_effects(parts, levels_usd_bn)


def _of_origin(common: CommonDraws, shock: Shock, months: int) -> FloatArray:
    """The effect of an oil shock in the months after the record, which may end after the oil price does, or before."""
    first = min(common.oil.end, common.record_end) + 1
    before = common.record_end + 1 - first
    move = oil_impulse(shock, common.oil_density, known_to=common.oil.end, first=first, months=before + months)
    figures = common.background.oil_origin
    effect = origin_effect(shock.origin, move[None, :], figures, paths=common.paths, seed=common.seed)
    return effect[:, before:]


def effect_parts(
    conditions: Sequence[Condition],
    *,
    months: int,
    paths: int,
    flows: tuple[str, ...],
    first: int,
    background: Background,
    pair: str,
    as_of: date,
    seed: int,
) -> Iterator[Part]:
    """What each shift, tariff and sanctions among the conditions does in the months from ``first`` on.

    Raises:
        ScenarioError: a condition on months that are known or a flow that is not drawn, or one that says too little.
    """
    policy = background.policy
    met: Counter[tuple[str, str]] = Counter()
    for i, condition in enumerate(conditions):
        if not isinstance(condition, Shift | Tariff | Sanctions):
            continue
        pointer = f"/conditions/{i}"
        over = condition.over_months
        if over is None:
            kind = "tariff" if isinstance(condition, Tariff) else "sanctions"
            over = round(policy.figure("over_months", kind, pointer=f"{pointer}/over_months").mean)
        at = flow_positions(condition.flow, flows, pointer=pointer)
        done = steps(condition.start, over, condition.until, first=first, months=months, pointer=pointer)
        if not 0.0 <= condition.share <= 1.0:
            raise ScenarioError(
                f"'share' is {condition.share:g}; expected a part of the flow, 0 to 1.", pointer=f"{pointer}/share"
            )
        match condition:
            case Shift():
                share = condition.share
                if condition.group and condition.percent is not None and share == 1.0:
                    goods = background.composition_of(pair)
                    share = group_share(goods, condition.flow, condition.group, as_of, pointer=pointer)
                key = (condition.flow, condition.group)
                purpose = f"shift {condition.flow} {condition.group} {met[key]}"
                met[key] += 1
                part = shift_part(condition, done, at, share=share, purpose=purpose, paths=paths, seed=seed)
            case Tariff():
                part = tariff_part(condition, done, at, policy=policy, paths=paths, seed=seed, pointer=pointer)
            case Sanctions():
                part = sanctions_part(condition, done, at, policy=policy, paths=paths, seed=seed, pointer=pointer)
        if done.any():
            late = () if isinstance(condition, Shift) else _late_defaults(condition, background, as_of)
            yield replace(part, warnings=part.warnings + late)


def _late_defaults(condition: Tariff | Sanctions, background: Background, as_of: date) -> tuple[str, ...]:
    """Sentences on the defaults that a condition leans on and that were not known on the day."""
    kind = "tariff" if isinstance(condition, Tariff) else "sanctions"
    leant_on = []
    if isinstance(condition, Sanctions):
        leant_on += [("loss_percent", condition.kind)] if condition.loss_percent is None else []
    else:
        leant_on += [("pass_through", kind)] if condition.pass_through is None else []
        leant_on += [("elasticity", kind)] if condition.elasticity is None else []
    if condition.lost_from_usd_bn_a_year is not None and condition.diversion is None:
        leant_on.append(("diversion", kind))
    return hindsight(leant_on, background.policy, as_of)


def lay_effects(parts: Sequence[Part], levels_usd_bn: FloatArray) -> Effects:
    """All parts over each other, on levels (p, h, k); a month keeps at least a hundredth of what factors leave."""
    log_factor = np.zeros_like(levels_usd_bn)
    for part in parts:
        for flow in part.flows:
            log_factor[:, :, flow] += part.log_factor
    ratio = np.zeros_like(levels_usd_bn)
    with_amounts = [part for part in parts if part.amount_usd_bn.any()]
    if with_amounts:
        left = levels_usd_bn * np.exp(log_factor)
        for part in with_amounts:
            each = part.amount_usd_bn / left[:, :, list(part.flows)].sum(axis=2)
            for flow in part.flows:
                ratio[:, :, flow] += each
    warnings = tuple(dict.fromkeys(sentence for part in parts for sentence in part.warnings))
    short = float(np.mean((ratio < LEAST - 1.0).any(axis=(1, 2)))) if ratio.size else 0.0
    if short > 0.0:
        warnings += (
            f"The amounts taken are more than there is in some month of {short:.1%} of the paths; {LEAST:.0%} of the "
            "month is left there.",
        )
    if not log_factor.any() and not ratio.any():
        return Effects(None, warnings)
    return Effects(log_factor + np.log1p(np.maximum(ratio, LEAST - 1.0)), warnings)
