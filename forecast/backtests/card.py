"""Cases become a ScoreCard: means by model and horizon, comparisons over common origins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from forecast.evaluation.calibration import pit_histogram, reliability
from forecast.evaluation.comparison import equal_scores, independent_cases, longest_overlap
from forecast.evaluation.confidence_set import FEWEST_INDEPENDENT, confidence_set
from forecast.evaluation.score_card import (
    LEVELS,
    PIT_BINS,
    Case,
    Comparison,
    ReliabilityPoint,
    Scores,
    TargetCase,
    TargetScores,
)
from forecast.months import parse_month

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SPOKE_OFTEN = 2 / 3  #: of a horizon's origins, at which a model must have spoken to enter the confidence set

_Table = dict[int, dict[str, dict[int, Case]]]  #: horizon -> model -> origin -> case


def scores_of(
    cases: Sequence[Case], models: Sequence[str], given: Sequence[str], reference: str, seed: int
) -> tuple[tuple[Scores, ...], tuple[Comparison, ...]]:
    """Scores by horizon and model, and every two models compared at every horizon.

    given: the models that are told the oil price; they know too much to stand in the confidence set.
    """
    table: _Table = defaultdict(lambda: defaultdict(dict))
    for case in cases:
        table[case.horizon][case.model][parse_month(case.origin)] = case
    scores, comparisons = [], []
    for horizon in sorted(table):
        by_model = {model: table[horizon][model] for model in models if table[horizon].get(model)}
        best = _confidence({name: own for name, own in by_model.items() if name not in given}, horizon, seed)
        for model, own in by_model.items():
            scores.append(_scores(model, horizon, own, by_model.get(reference, {}), best.get(model)))
        names = list(by_model)
        for i, model in enumerate(names):
            for against in names[i + 1 :]:
                found = _compare(horizon, model, against, by_model[model], by_model[against])
                comparisons += [found] if found else []
    return tuple(scores), tuple(comparisons)


def target_scores_of(cases: Sequence[TargetCase], models: Sequence[str]) -> tuple[TargetScores, ...]:
    """Brier scores and their parts, by target, horizon and model."""
    table: dict[tuple[str, int, str], list[TargetCase]] = defaultdict(list)
    for case in cases:
        table[case.target, case.horizon, case.model].append(case)
    found = []
    targets = dict.fromkeys(case.target for case in cases)
    for target in targets:
        for horizon in sorted({case.horizon for case in cases}):
            for model in models:
                own = sorted(table.get((target, horizon, model), []), key=lambda case: case.origin)
                if own:
                    found.append(_target_scores(target, model, horizon, own))
    return tuple(found)


def _scores(
    model: str, horizon: int, own: dict[int, Case], of_reference: dict[int, Case], confidence_p: float | None
) -> Scores:
    origins = sorted(own)
    each = [own[origin] for origin in origins]
    common = [origin for origin in origins if origin in of_reference]
    theirs = sum(of_reference[origin].crps for origin in common)
    low, high = (np.array([getattr(case, name) for case in each]) for name in ("pit_low", "pit_high"))
    return Scores(
        model=model,
        horizon=horizon,
        n=len(each),
        n_eff=independent_cases(_months(origins), horizon),
        crps=_mean([case.crps for case in each]),
        crps_ratio=sum(own[origin].crps for origin in common) / theirs if theirs > 0.0 else None,
        crps_log=_mean_or_none([case.crps_log for case in each]),
        crps_falls=_mean_or_none([case.crps_falls for case in each]),
        log_score=_mean_or_none([case.log_score for case in each]),
        mase=_mean([case.mase for case in each]),
        smape=_mean([case.smape for case in each]),
        coverage={str(level): _mean([float(case.covers(level)) for case in each]) for level in LEVELS},
        pit=tuple(pit_histogram(low, high, PIT_BINS).tolist()),
        confidence_set_p=confidence_p,
    )


def _compare(horizon: int, model: str, against: str, own: dict[int, Case], other: dict[int, Case]) -> Comparison | None:
    common = sorted(own.keys() & other.keys())
    if not common:
        return None
    differences = np.array([own[origin].crps - other[origin].crps for origin in common])
    test = equal_scores(differences, _months(common), horizon)
    return Comparison(
        horizon=horizon,
        model=model,
        against=against,
        n=len(common),
        n_eff=independent_cases(_months(common), horizon),
        difference=float(differences.mean()),
        statistic=test.statistic if test else None,
        p_value=test.p_value if test else None,
    )


def _confidence(by_model: dict[str, dict[int, Case]], horizon: int, seed: int) -> dict[str, float]:
    """How long each of the models that spoke often stays in the confidence set, over the origins common to these."""
    most = max((len(own) for own in by_model.values()), default=0)
    often = [model for model, own in by_model.items() if len(own) >= _SPOKE_OFTEN * most]
    common = sorted(set.intersection(*(set(by_model[model]) for model in often))) if len(often) > 1 else []
    months = _months(common)
    if independent_cases(months, horizon) < FEWEST_INDEPENDENT:
        return {}
    losses = np.array([[by_model[model][origin].crps for model in often] for origin in common])
    block = min(max(longest_overlap(months, horizon), round(len(common) ** (1 / 3))), max(len(common) // 2, 1))
    p_values = confidence_set(losses, block, seed)
    return dict(zip(often, p_values.tolist(), strict=True))


def _target_scores(target: str, model: str, horizon: int, own: list[TargetCase]) -> TargetScores:
    probs = np.array([case.prob for case in own])
    hits = np.array([float(case.hit) for case in own])
    found = reliability(probs, hits)
    points = zip(found.prob.tolist(), found.calibrated_prob.tolist(), found.count.tolist(), strict=True)
    return TargetScores(
        target=target,
        model=model,
        horizon=horizon,
        n=len(own),
        n_eff=independent_cases(_months([parse_month(case.origin) for case in own]), horizon),
        base_prob=float(hits.mean()),
        brier=found.brier,
        miscalibration=found.miscalibration,
        discrimination=found.discrimination,
        uncertainty=found.uncertainty,
        tail_crps=_mean([case.tail_crps for case in own]),
        reliability=tuple(ReliabilityPoint(*point) for point in points),
    )


def _months(origins: Sequence[int]) -> IntArray:
    return np.array(origins, dtype=np.int64)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _mean_or_none(values: Sequence[float | None]) -> float | None:
    """The mean; None unless every case has the score, since a mean over the easy ones would flatter."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known and len(known) == len(values) else None
