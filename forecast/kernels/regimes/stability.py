"""Whether a switching autoregression settles: the growth of its mean square.

A regime may be explosive by itself if the chain leaves it soon enough, so the roots of each regime say too little. The
second moments of the lags, regime by regime, move by one linear map from month to month; the process has finite
variance exactly if the spectral radius of that map is below 1. With one autoregression for all regimes this is the
square of the largest root of the usual companion matrix.

Source: Costa, Fragoso & Marques 2005, "Discrete-Time Markov Jump Linear Systems", section 3.3 (mean square stability);
Francq & Zakoian 2001, "Stationarity of multivariate Markov-switching ARMA models", Journal of Econometrics 102.
"""

from __future__ import annotations

import numpy as np

from forecast.kernels.regimes.hamilton import Switching


def switching_radius(model: Switching) -> float:
    """Spectral radius (k p^2 dimensions) by which second moments grow a month, for the last P; 0 without lags.

    NaN where a coefficient is not finite.
    """
    k, p = model.phi.shape
    if p == 0:
        return 0.0
    P = model.P[-1]
    companions = np.zeros((k, p, p))
    companions[:, 0] = model.phi
    companions[:, np.arange(1, p), np.arange(p - 1)] = 1.0
    if not (np.isfinite(companions).all() and np.isfinite(P).all()):
        return float("nan")
    if (model.phi == model.phi[0]).all():
        return float(np.abs(np.linalg.eigvals(companions[0])).max() ** 2)
    squares = [np.kron(companion, companion) for companion in companions]
    moves = np.block([[P[i, j] * squares[j] for i in range(k)] for j in range(k)])
    return float(np.abs(np.linalg.eigvals(moves)).max())
