"""Chance of effects: figures that are uncertain, drawn once a path from a stream that names what is drawn.

The same figure has the same stream in every scenario, so two of them differ by their conditions alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels.random import draw_normals
from forecast.models.trade_policy import TradePolicy
from forecast.scenarios.conditions.kinds import Uncertain
from forecast.streams import stream_key

FloatArray = NDArray[np.float64]

# Between which a figure that a scenario names is held, whatever its spread.
_BOUNDS = {
    "pass_through": (0.0, 1.5),
    "elasticity": (0.0, math.inf),
    "diversion": (0.0, math.inf),
    "loss_percent": (0.0, 100.0),
}


def normal_draws(mean: float, sd: float, *, purpose: str, paths: int, seed: int) -> FloatArray:
    """Normal with mean and sd for each path (p), or the mean alone (1) where nothing is uncertain."""
    if sd == 0.0:
        return np.array([mean])
    z = draw_normals(stream_key(seed, f"effect {purpose}"), paths, 1)[:, 0]
    return np.asarray(mean + sd * z)


def figure_draws(
    quantity: str, kind: str, given: Uncertain | None, policy: TradePolicy, *, paths: int, seed: int, pointer: str
) -> FloatArray:
    """A figure of tariffs or sanctions in each path (p), or (1) where it is certain, held between its bounds.

    It is one unknown number of the world: all tariffs of a scenario meet the same draw of it.

    Args:
        quantity: "pass_through", "elasticity", "diversion" or "loss_percent".
        kind: as in `TradePolicy`.
        given: by the scenario, None for the default.
        policy: the defaults.
        paths: number of paths.
        seed: of the streams.
        pointer: of the condition.

    Raises:
        ScenarioError: a mean beyond what the figure can be, or no default of that kind.
    """
    at = f"{pointer}/{quantity}"
    if given is None:
        figure = policy.figure(quantity, kind, pointer=f"{pointer}/type" if kind != "tariff" else at)
        mean, sd, low, high = figure.mean, figure.sd, figure.low, figure.high
    else:
        mean, sd, (low, high) = given.mean, given.sd, _BOUNDS[quantity]
        if not low <= mean <= high or not 0.0 <= sd < math.inf:
            upper = "" if high == math.inf else f" to {high:g}"
            raise ScenarioError(
                f"{quantity!r} is {mean:g} with sd {sd:g}; expected a mean from {low:g}{upper} and an sd of 0 or more.",
                pointer=at,
            )
    return np.clip(normal_draws(mean, sd, purpose=f"{kind} {quantity}", paths=paths, seed=seed), low, high)


def hindsight(leant_on: Sequence[tuple[str, str]], policy: TradePolicy, as_of: date) -> tuple[str, ...]:
    """A sentence on those defaults (quantity, kind) that became known after the date of knowledge, if there are any."""
    late = [(q, kind) for q, kind in leant_on if policy.figure(q, kind).published > as_of]
    if not late:
        return ()
    names = ", ".join(f"{q.replace('_', ' ')} ({kind})" for q, kind in late)
    last = max(policy.figure(q, kind).published for q, kind in late)
    return (f"Default figures became known after the date of knowledge {as_of}, the last on {last}: {names}.",)
