"""Residuals of the structural model: one-step innovations of every published figure at the posterior mode.

Figures enter the filter one at a time: by the last month of their span, then the first, then flow, then reporter. An
innovation is the log of a figure less what all figures before it in that order foretold, those of the other
reporter and of the other flow in the same month included; over the square root of its variance F it is N(0, 1) and
free of the others if the model holds, and so is any part of the sequence chosen beforehand (one reporter, one flow).

Spans overlap and are of many lengths, so a lag counts figures, not months. Sums are read through their tangent at the
mode. The Student-t irregular stands as a normal one whose variance fits each month; with ``weighted`` False that weight
is left out, and months that the fat tails took in show at their full size.

Source: Harvey 1989, "Forecasting, Structural Time Series Models and the Kalman Filter", s5.4; Durbin & Koopman 2012,
s7.5 (diagnostics), s6.4 (one figure at a time).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from forecast.errors import GapError
from forecast.interop.residuals import LOGARITHMS, Residuals
from forecast.kernels.sparse.kalman import gains_from
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.hyperparameters import system_parameters
from forecast.models.structural.linearise import observe
from forecast.models.structural.model import operations
from forecast.months import Span, format_month
from forecast.panel import FLOWS

FloatArray = NDArray[np.float64]

_SET_ASIDE = 2.0  #: factor on the irregular's variance from which on a month is named


def structural_residuals(
    fitted: Fitted, *, reporter: str | None = None, flow: str | None = None, weighted: bool = True
) -> Residuals:
    """Innovations of the figures of one reporter and one flow, or of all where these are None.

    ``loglik`` is the share of the figures chosen; with all of them, and weighted, it is that of the fit.

    Raises:
        GapError: there is no such figure.
    """
    layout, reading = fitted.layout, fitted.reading
    path = fitted.path
    if not weighted:
        path = replace(path, irregular_weight=np.ones_like(path.irregular_weight), unrest=np.ones_like(path.unrest))
    ops = operations(fitted.panel, fitted.background, layout, layout.end)
    system = observe(layout, reading, ops, fitted.a0, fitted.P0, path)
    coef, var = system_parameters(layout, fitted.mode)
    _, v, F = gains_from(system, coef, var, 0, len(ops.val), system.a0, system.P0)
    flows, reporters = _flows_of(fitted), np.array(layout.reporters)[reading.reporter]
    chosen = np.ones(len(v), dtype=bool)
    if reporter is not None:
        chosen &= np.array([fitted.panel.reporters[r] == reporter for r in reporters])
    if flow is not None:
        chosen &= flows == (FLOWS.index(flow) if flow in FLOWS else -1)
    if not chosen.any():
        there = sorted({f"{FLOWS[f]} by {fitted.panel.reporters[r]}" for f, r in zip(flows, reporters, strict=True)})
        raise GapError(
            f"The record holds no figures of {flow or 'any flow'}{f' by {reporter}' if reporter else ''}; it holds "
            f"{', '.join(there)}."
        )
    v, F = v[chosen], F[chosen]
    labels = [
        f"{Span(layout.start + int(first), layout.start + int(last))} {FLOWS[f]} {fitted.panel.reporters[r]}"
        for first, last, f, r in zip(reading.first, reading.last, flows, reporters, strict=True)
    ]
    return Residuals(
        name=f"{fitted.panel.pair}{f' {flow}' if flow else ''}{f' by the count of {reporter}' if reporter else ''}",
        model="structural",
        said=f"structural model of {len(reading.first)} figures at its posterior mode",
        scale=LOGARITHMS,
        season=1,
        evenly=False,
        spans=tuple(label for label, keep in zip(labels, chosen.tolist(), strict=True) if keep),
        endog=reading.log_value[chosen],
        fitted=reading.log_value[chosen] - v,
        errors=v,
        standardised=v / np.sqrt(F),
        start=0,
        loglik=float(-0.5 * np.sum(np.log(2.0 * np.pi * F) + v**2 / F)),
        params=fitted.mode,
        names=fitted.names,
        bse=fitted.sd,
        memory=0,
        notes=_notes(fitted, flow, weighted),
    )


def _flows_of(fitted: Fitted) -> NDArray[np.int64]:
    """Flow of each figure in the order of the Reading, as an index into FLOWS."""
    obs = fitted.panel.observations
    order = sorted(fitted.layout.used, key=lambda i: (int(obs.end[i]), int(obs.start[i]), i))
    return np.asarray(obs.flow[np.array(order)])


def _notes(fitted: Fitted, flow: str | None, weighted: bool) -> tuple[str, ...]:
    """How lags count, and the months whose irregular the Student-t law took for an outlier."""
    notes = ["Figures are spans of many lengths, in the order of their last months; a lag counts figures, not months."]
    weight = fitted.path.irregular_weight
    months, flows = np.nonzero(weight >= _SET_ASIDE)
    layout = fitted.layout
    named = [
        f"{format_month(layout.start + int(m))} ({FLOWS[layout.flows[f].flow]}, variance x {weight[m, f]:.1f})"
        for m, f in zip(months, flows, strict=True)
        if flow in (None, "turnover", FLOWS[layout.flows[f].flow])
    ]
    if named:
        more = f" and {len(named) - 8} more" if len(named) > 8 else ""
        notes.append(
            f"Months that the fat tails of the irregular took in{'' if weighted else ', here at their full size'}: "
            f"{', '.join(named[:8])}{more}."
        )
    return tuple(notes)
