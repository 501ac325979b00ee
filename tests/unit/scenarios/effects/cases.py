"""Small paths, and figures without any chance, for effects whose result is known by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from forecast.data.background import load_background
from forecast.months import month
from forecast.scenarios.conditions.kinds import Condition, Uncertain
from forecast.scenarios.effects.laying import Effects, effect_parts, lay_effects

FIRST = month(2018, 10)
BOTH = ("exports", "imports")
SURE = {"pass_through": Uncertain(1.0), "elasticity": Uncertain(2.0)}


def levels(paths: int = 5, months: int = 30, flows: int = 2) -> NDArray[np.float64]:
    """Positive months with a season, different in every path and flow."""
    at = np.arange(months)[None, :, None]
    size = 3.0 + np.arange(paths)[:, None, None] + 2.0 * np.arange(flows)
    return np.asarray(size * np.exp(0.2 * np.sin(2.0 * np.pi * at / 12.0)))


def laid(
    *conditions: Condition,
    on: NDArray[np.float64] | None = None,
    flows: Sequence[str] = BOTH,
    pair: str = "CHN-RUS",
    as_of: date = date(2020, 6, 1),
    seed: int = 7,
) -> Effects:
    """The effects of conditions on months from 2018-10 on."""
    paths = levels(flows=len(flows)) if on is None else on
    parts = effect_parts(
        conditions,
        months=paths.shape[1],
        paths=paths.shape[0],
        flows=tuple(flows),
        first=FIRST,
        background=load_background(),
        pair=pair,
        as_of=as_of,
        seed=seed,
    )
    return lay_effects(tuple(parts), paths)


def effect(*conditions: Condition, on: NDArray[np.float64] | None = None, seed: int = 7) -> NDArray[np.float64]:
    """The log effect (p, h, k), where there must be one."""
    found = laid(*conditions, on=on, seed=seed).log_effect
    assert found is not None
    return found
