"""The same system for statsmodels, and a system of statsmodels' for us."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.tsa.statespace.initialization import Initialization
from statsmodels.tsa.statespace.simulation_smoother import SimulationSmoother

from forecast.kernels.statespace.model import StateSpace, state_space

FloatArray = NDArray[np.float64]


def to_statsmodels(y: FloatArray, s: StateSpace) -> SimulationSmoother:
    """Its exact filter: no steady-state shortcut, no burn; diffuse states first, the others with a known start."""
    (p, m), r = s.Z.shape[1:], s.Q.shape[1]
    peer = SimulationSmoother(k_endog=p, k_states=m, k_posdef=r, tolerance=0, loglikelihood_burn=0)
    peer.bind(np.asfortranarray(y.T))
    names = {"design": s.Z, "obs_cov": s.H, "transition": s.T, "selection": s.R, "state_cov": s.Q}
    for name, matrices in names.items():
        peer[name] = matrices[0] if len(matrices) == 1 else np.moveaxis(matrices, 0, -1)
    peer["obs_intercept"], peer["state_intercept"] = s.d.T, s.c.T
    q = int(np.trace(s.P1_inf))
    start = Initialization(m)
    if q == m:
        start = Initialization(m, "diffuse")
    elif q > 0:
        start.set((0, q), "diffuse")
        start.set((q, m), "known", constant=s.a1[q:], stationary_cov=s.P1[q:, q:])
    else:
        start = Initialization(m, "known", constant=s.a1, stationary_cov=s.P1)
    peer.initialize(start)
    return peer


def from_statsmodels(ssm: Any) -> StateSpace:
    """Its matrices, with the start that its filter found."""
    found = ssm.filter()
    matrices = {
        ours: np.moveaxis(ssm[name], -1, 0) if ssm[name].ndim > 2 else ssm[name]
        for ours, name in {"Z": "design", "H": "obs_cov", "T": "transition", "R": "selection", "Q": "state_cov"}.items()
    }
    diffuse = found.initial_diffuse_state_cov
    return state_space(
        **matrices,
        d=np.asarray(ssm["obs_intercept"]).T if ssm["obs_intercept"].ndim > 1 else ssm["obs_intercept"],
        c=np.asarray(ssm["state_intercept"]).T if ssm["state_intercept"].ndim > 1 else ssm["state_intercept"],
        a1=found.initial_state,
        P1=found.initial_state_cov,
        P1_inf=np.zeros_like(found.initial_state_cov) if diffuse is None else diffuse,
    )
