"""Shifts: a flow moves by a per cent of itself, of a share of it, or by an amount a year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.scenarios.conditions.kinds import Shift
from forecast.scenarios.effects.chance import normal_draws
from forecast.scenarios.effects.part import LEAST, Part, part_log

FloatArray = NDArray[np.float64]


def shift_part(
    shift: Shift, done: FloatArray, flows: tuple[int, ...], *, share: float, purpose: str, paths: int, seed: int
) -> Part:
    """What a shift does.

    A per cent: the flow times 1 + share g w, with g drawn from N(percent, sd) once a path and w the steps done; g takes
    no more than the whole share. An amount: a twelfth of it, drawn alike, in every month times w, so that any twelve
    months from its being whole add up to it, whatever else moves the flow.

    Args:
        shift: the condition.
        done (h): share of the steps done in each month.
        flows: positions of the flow, or of its parts.
        share: part of the flow (0 to 1) that a per cent speaks of.
        purpose: of the stream of its uncertainty.
        paths: number of paths.
        seed: of the streams.

    Raises:
        ScenarioError: neither a per cent nor an amount, or both.
    """
    if (shift.percent is None) == (shift.usd_bn_a_year is None):
        raise ScenarioError("A shift needs exactly one of 'percent' and 'usd_bn_a_year'.")
    nothing = np.zeros((1, len(done)))
    if shift.usd_bn_a_year is not None:
        amount = normal_draws(shift.usd_bn_a_year, shift.sd, purpose=purpose, paths=paths, seed=seed)
        return Part(flows, nothing, amount[:, None] / 12.0 * done)
    g = normal_draws(shift.percent or 0.0, shift.sd, purpose=purpose, paths=paths, seed=seed) / 100.0
    beyond = float(np.mean(g < (-1.0 if share < 1.0 else LEAST - 1.0)))
    told: tuple[str, ...] = ()
    if beyond > 0.0:
        stays = "what is outside its share" if share < 1.0 else f"{LEAST:.0%} of the flow"
        told = (f"The shift of {shift.flow} takes more than there is in {beyond:.1%} of the paths; {stays} stays.",)
    return Part(flows, part_log(share, np.maximum(g, -1.0)[:, None] * done), nothing, told)
