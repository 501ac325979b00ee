"""Figures as they were expected before their release, and what each would add to a sum: weight times what is new.

Figures and sum are jointly distributed over the paths drawn before the release. The weights are those of the linear
projection of the sum on all figures of the release at once: Cov(sum, figures) Var(figures)^-1, what the Kalman filter's
observation weights are in a linear Gaussian model. A figure that comes as expected adds nothing.

Source: Koopman & Harvey 2003, "Computing observation weights for signal extraction and filtering", Journal of Economic
Dynamics and Control 27; Banbura & Modugno 2014, "Maximum likelihood estimation of factor models on datasets with
arbitrary pattern of missing data", Journal of Applied Econometrics 29.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.explained import News
from forecast.explanations.measures import sums_over
from forecast.months import Span
from forecast.panel import FLOWS, Panel
from forecast.reports.explanation_words import when_words
from forecast.scenarios.ensemble import Ensemble

FloatArray = NDArray[np.float64]

_PRINTED = 1e-6  #: spread over mean below which the paths hold a figure as printed
_JITTER = 1e-8  #: of a figure's variance, so that figures that repeat each other share a weight


@dataclass(frozen=True, slots=True)
class Printed:
    """One published figure: a sum of a flow over a span by one reporter, USD bn, and its rounding step."""

    span: Span
    flow: str
    reporter: str
    value_usd_bn: float
    resolution_usd_bn: float


def new_figures(before: Panel, after: Panel) -> tuple[Printed, ...]:
    """Figures of one panel that another does not hold, or holds with another value."""
    known = {(p.span, p.flow, p.reporter): p.value_usd_bn for p in _printed(before)}
    return tuple(p for p in _printed(after) if known.get((p.span, p.flow, p.reporter)) != p.value_usd_bn)


def news_of(
    panel: Panel, ensemble: Ensemble, reporter: str, figures: Sequence[Printed], sums: FloatArray
) -> tuple[News, ...]:
    """Each figure of a release against the paths (of ``reporter``) drawn before it; its weight on the mean of ``sums``.

    A figure that was printed before, and is revised, was expected as printed and has no spread and no weight.

    panel: known before. sums (p): of the target's span on the same paths, empty where it is no single sum. Figures of
    another reporter, and of months that the paths do not hold, come without an expectation.
    """
    found = [
        News(f"{figure.flow} {when_words(figure.span)}", figure.reporter, figure.value_usd_bn) for figure in figures
    ]
    at = [i for i, figure in enumerate(figures) if figure.reporter == reporter and _held(ensemble, figure)]
    paths = [sums_over(panel, ensemble, figures[i].flow, figures[i].span, reporter) for i in at]
    at, paths = (
        [i for i, p in zip(at, paths, strict=True) if not np.isnan(p).any()],
        [p for p in paths if not np.isnan(p).any()],
    )
    if not at:
        return tuple(found)
    drawn = np.column_stack(paths)
    rounding = np.array([figures[i].resolution_usd_bn ** 2 / 12.0 for i in at])
    weights = observation_weights(drawn, rounding, sums) if len(sums) else None
    mean, sd = drawn.mean(axis=0), drawn.std(axis=0)
    for k, i in enumerate(at):
        weight = None if weights is None else float(weights[k])
        if sd[k] <= _PRINTED * mean[k]:
            found[i] = replace(found[i], expected=float(mean[k]), sd=0.0)
            continue
        effect = None if weight is None else weight * (figures[i].value_usd_bn - float(mean[k]))
        found[i] = replace(found[i], expected=float(mean[k]), sd=float(sd[k]), weight=weight, effect=effect)
    return tuple(found)


def observation_weights(drawn: FloatArray, error_variance: FloatArray, sums: FloatArray) -> FloatArray:
    """Weights (m) of m figures in the mean of a sum, given joint draws of both.

    drawn (p, m): the figures on each path. error_variance (m): with which they are published. sums (p). Figures that
    are known already (no spread) have no weight.
    """
    centred, rest = drawn - drawn.mean(axis=0), sums - sums.mean()
    cov = centred.T @ centred / len(sums)
    variance = np.diag(cov)
    open_ = variance > 1e-12 * np.maximum(np.square(drawn.mean(axis=0)), 1e-12)
    weights = np.zeros(drawn.shape[1])
    if open_.any():
        noise = error_variance[open_] + _JITTER * variance[open_]
        weights[open_] = np.linalg.solve(
            cov[np.ix_(open_, open_)] + np.diag(noise), centred[:, open_].T @ rest / len(sums)
        )
    return weights


def _held(ensemble: Ensemble, figure: Printed) -> bool:
    return figure.flow in ensemble.flows and ensemble.start <= figure.span.end <= ensemble.end


def _printed(panel: Panel) -> list[Printed]:
    seen = panel.observations
    return [
        Printed(
            Span(int(seen.start[i]), int(seen.end[i])),
            FLOWS[int(seen.flow[i])],
            panel.reporters[int(seen.reporter[i])],
            float(seen.value_usd_bn[i]),
            float(seen.resolution_usd_bn[i]),
        )
        for i in range(len(seen))
    ]
