"""Ensembles made by hand, whose law is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from forecast.scenarios.ensemble import Ensemble


def by_hand(values: ArrayLike, *, start: int, origin: int, crisis_start: ArrayLike | None = None) -> Ensemble:
    """One flow, "turnover", with paths (p, h) as given; every path has a parameter draw of its own."""
    paths = np.asarray(values, dtype=np.float64)
    return Ensemble(
        start=start,
        origin=origin,
        flows=("turnover",),
        values_usd_bn=paths[:, :, None],
        oil_usd=np.full(paths.shape, 80.0),
        crisis_start=np.full(len(paths), -1) if crisis_start is None else np.asarray(crisis_start, dtype=np.int64),
        draw=np.arange(len(paths)),
    )
