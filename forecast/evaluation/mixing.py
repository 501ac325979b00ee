"""Mixture: the Ensembles of several scenarios, each with its odds, as one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.months import format_month
from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_TOLERANCE = 1e-9


def mix(ensembles: Sequence[Ensemble], odds: Sequence[float], *, common: bool = True) -> Ensemble:
    """All paths of all members, a path's weight that within its member times the member's odds.

    A probability of the mixture is the mean of its members' by their odds. Each member is a stratum: its odds are
    given, so that only what varies within members errs.

    Args:
        ensembles: over the same months, of the same flows, by the same record.
        odds: of each member, positive, adding up to 1.
        common: members stand on the same draws (equal numbers of ``draw`` are the same parameters), so that their
            errors add up; False when each was drawn with a seed of its own.

    Raises:
        ScenarioError: members do not fit together, or the odds cannot be read.
    """
    shares = _shares(odds, len(ensembles))
    first = ensembles[0]
    for other in ensembles[1:]:
        _refuse_different(first, other)
    weights = [
        share * (np.full(len(one.draw), 1.0 / len(one.draw)) if one.weights is None else one.weights)
        for share, one in zip(shares, ensembles, strict=True)
    ]
    return Ensemble(
        start=first.start,
        origin=first.origin,
        flows=first.flows,
        values_usd_bn=np.concatenate([one.values_usd_bn for one in ensembles]),
        oil_usd=np.concatenate([one.oil_usd for one in ensembles]),
        crisis_start=np.concatenate([one.crisis_start for one in ensembles]),
        draw=_draws(ensembles, common),
        weights=np.concatenate(weights),
        stratum=_strata(ensembles),
    )


def _shares(odds: Sequence[float], members: int) -> FloatArray:
    given = np.asarray(odds, dtype=np.float64)
    if members == 0 or given.shape != (members,):
        raise ScenarioError(f"A mixture needs scenarios and the odds of each; found {members} and {given.size}.")
    if not (np.isfinite(given).all() and (given > 0.0).all()):
        raise ScenarioError(f"The odds of a mixture are positive numbers; found {', '.join(map(str, odds))}.")
    if abs(given.sum() - 1.0) > _TOLERANCE:
        raise ScenarioError(f"The odds of a mixture must add up to 1; found {given.sum():.10g}.")
    return np.asarray(given / given.sum())


def _refuse_different(first: Ensemble, other: Ensemble) -> None:
    if other.flows != first.flows:
        raise ScenarioError(
            f"A mixture needs the same flows throughout; found {', '.join(first.flows)} and {', '.join(other.flows)}."
        )
    months = [(one.start, one.origin, one.end) for one in (first, other)]
    if months[0] != months[1]:
        said = [f"{format_month(s)} to {format_month(e)}, known to {format_month(o)}" for s, o, e in months]
        raise ScenarioError(f"A mixture needs the same months and record throughout; found {said[0]}, and {said[1]}.")


def _draws(ensembles: Sequence[Ensemble], common: bool) -> IntArray:
    if common:
        return np.concatenate([one.draw for one in ensembles])
    after = np.cumsum([0, *(int(one.draw.max()) + 1 for one in ensembles)])
    return np.concatenate([one.draw + base for one, base in zip(ensembles, after[:-1], strict=True)])


def _strata(ensembles: Sequence[Ensemble]) -> IntArray:
    """Members numbered anew; the members of a mixture within a mixture stay apart."""
    found, base = [], 0
    for one in ensembles:
        own = np.zeros(len(one.draw), dtype=np.int64) if one.stratum is None else one.stratum
        found.append(own + base)
        base += int(own.max()) + 1
    return np.concatenate(found)
