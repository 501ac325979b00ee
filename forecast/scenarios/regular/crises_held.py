"""crisis_offset(): what models of single months hold of crises already, taken off where a scenario brings its own.

Their records had crises, so that part of the usual mean and spread is in the paths (`forecast.models.crises.overlay`):
k m_h of the mean, q v_h of the variance at horizon h. Laying a scenario's crisis E over such a path would count that
part twice; instead

    log path = centre_h - k m_h + a_h (own path - centre_h) + E_h,    a_h^2 = max(1 - q v_h / s_h^2, 1/4)

and `crisis_offset` is all of it but E_h, as a log effect on the path. After a calm record it is nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from forecast.models.crises.overlay import NO_CRISIS, Held, draw_crises, held_by, law_known_by
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.crisis_paths import CrisisPaths
from forecast.scenarios.regular.oil_answer import MEASURED
from forecast.series import Series

FloatArray = NDArray[np.float64]

_USUAL_PATHS, _USUAL_SEED = 4096, 1
_LEAST_SHRINK = 0.5
_WIDTH_10_90 = 2.5631031  #: standard deviations between these quantiles of a normal law


@runtime_checkable
class HoldsCrises(Protocol):
    """A law whose paths hold crises: what they hold of them, by flow."""

    @property
    def held(self) -> tuple[Held, ...]:
        """Shares of the usual mean and variance."""


def held_of(records: tuple[Series, ...]) -> tuple[Held, ...]:
    """What a model learns of crises from each record."""
    return tuple(held_by(series, law_known_by(series.origin)) for series in records)


def no_crises(paths: int, months: int) -> CrisisPaths:
    """What a model lays over its baseline whose own paths hold crises: nothing."""
    return CrisisPaths(np.zeros((paths, months)), np.full(paths, NO_CRISIS, dtype=np.int64))


def crisis_offset(common: CommonDraws, share: float = 1.0) -> FloatArray:
    """Log effect (p, h, k) that takes off the paths the ``share`` of what they hold of crises.

    share: 1 where a scenario's own crisis takes the place of the hazard; 1 - multiplier where the hazard is said to be
    lower than usual. For more crises than usual lay over those of the hazard times (multiplier - 1), with no offset.
    Zeros (1, h, k) where the paths hold none, as the structural model's.
    """
    _, h, k = common.free.flows.shape
    held = common.law.held if isinstance(common.law, HoldsCrises) else ()
    law = replace(law_known_by(common.record_end), running=None)
    if not (any(one.mean or one.variance for one in held) and law.kinds and law.hazard.shape > 0.0 and share > 0.0):
        return np.zeros((1, h, k))
    usual = draw_crises(law, h, _USUAL_PATHS, _USUAL_SEED).log_effect
    mean, variance = usual.mean(axis=0), usual.var(axis=0)
    offset = np.empty(common.free.flows.shape)
    for f, one in enumerate(held):
        own = common.free.flows[:, :, f]
        low, centre, high = np.quantile(own[:MEASURED], [0.1, 0.5, 0.9], axis=0)
        spread = (high - low) / _WIDTH_10_90
        taken = share * one.variance * variance / np.maximum(spread, 1e-12) ** 2
        shrink = np.sqrt(np.maximum(1.0 - taken, _LEAST_SHRINK**2))
        offset[:, :, f] = -share * one.mean * mean + (shrink - 1.0) * np.maximum(
            own - centre, low - 3.0 * spread - centre
        )
    return offset
