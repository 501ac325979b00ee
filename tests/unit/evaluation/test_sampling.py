"""Monte Carlo errors: what they say is what many seeds show, weighted, clustered, within mixtures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from forecast.evaluation.likelihood import odds, probability_of
from forecast.evaluation.mixing import mix
from forecast.evaluation.targets import Reach
from forecast.months import month
from forecast.scenarios.ensemble import Ensemble
from tests.unit.evaluation.ensembles import by_hand

JANUARY = month(2019, 1)
SEEDS = 300


def single(z: np.ndarray, **others: object) -> Ensemble:
    """One month a path, the normal draw itself."""
    return replace(by_hand(z[:, None], start=JANUARY, origin=JANUARY - 1), **others)  # type: ignore[arg-type]


def above(ensemble: Ensemble, mark: float) -> Reach:
    return Reach(np.where(ensemble.flow("turnover")[:, 0] >= mark, JANUARY, -1), JANUARY)


def test_equal_weights_say_what_no_weights_say() -> None:
    rng = np.random.default_rng(0)
    plain = single(rng.standard_normal(1000), draw=np.arange(1000) % 50, crisis_start=np.full(1000, -1))
    weighted = replace(plain, weights=np.full(1000, 1e-3))
    a, b = odds(plain, above(plain, 0.3)), odds(weighted, above(weighted, 0.3))
    assert b.probability == pytest.approx(a.probability, rel=1e-12)
    assert b.mc_error == pytest.approx(a.mc_error, rel=1e-9)
    assert b.hazard_error == pytest.approx(a.hazard_error, rel=1e-9)
    assert (a.given_crisis, b.given_crisis, b.given_crisis_error) == (None, None, None)


def importance(rng: np.random.Generator) -> Ensemble:
    z = rng.standard_normal(1000)
    weights = np.exp(0.7 * z)
    return single(z, weights=weights / weights.sum())


def clustered(rng: np.random.Generator) -> Ensemble:
    level = np.repeat(rng.normal(0.0, 0.5, 60), 20)
    weights = rng.exponential(size=1200)
    return single(level + rng.standard_normal(1200), draw=np.repeat(np.arange(60), 20), weights=weights / weights.sum())


def common_mixture(rng: np.random.Generator) -> Ensemble:
    z, draw = rng.standard_normal(1000), np.arange(1000) % 100
    z += 0.3 * rng.standard_normal(100)[draw]
    return mix([single(z, draw=draw), single(z - 0.8, draw=draw)], [0.5, 0.5])


def separate_mixture(rng: np.random.Generator) -> Ensemble:
    members = [single(rng.standard_normal(600) + shift) for shift in (2.0, -2.0)]
    return mix(members, [0.3, 0.7], common=False)


@pytest.mark.parametrize("draw", [importance, clustered, common_mixture, separate_mixture])
def test_error_is_calibrated_over_seeds(draw: Callable[[np.random.Generator], Ensemble]) -> None:
    """The spread of P over seeds has a standard error of 4 %, so 5 of them are 20 %."""
    found, said = [], []
    for seed in range(SEEDS):
        ensemble = draw(np.random.default_rng(seed))
        probability, error = probability_of(ensemble, above(ensemble, 0.4))
        found.append(probability)
        said.append(error)
    assert np.std(found) == pytest.approx(np.mean(said), rel=0.2)


def test_error_of_a_part_is_calibrated_over_seeds() -> None:
    found, said = [], []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        base = clustered(rng)
        ensemble = replace(base, crisis_start=np.where(rng.uniform(size=1200) < 0.3, JANUARY, -1))
        answer = odds(ensemble, above(ensemble, 0.4))
        assert answer.given_crisis is not None
        assert answer.given_crisis_error is not None
        found.append(answer.given_crisis)
        said.append(answer.given_crisis_error)
    assert np.std(found) == pytest.approx(np.mean(said), rel=0.2)


def test_strata_do_not_count_the_difference_between_members() -> None:
    """Members of which one always and one never reaches: the mixture is all but certain, .3, not a coin's error."""
    members = [single(np.full(500, value)) for value in (5.0, -5.0)]
    ensemble = mix(members, [0.3, 0.7], common=False)
    probability, error = probability_of(ensemble, above(ensemble, 0.0))
    assert probability == pytest.approx(0.3, abs=1e-12)
    assert error < 0.003
    pooled = replace(ensemble, stratum=None)
    assert probability_of(pooled, above(pooled, 0.0))[1] > 0.01


def test_resampling_by_weight_gives_the_unweighted_answer() -> None:
    rng = np.random.default_rng(4)
    z = rng.standard_normal(20_000)
    weights = np.exp(0.5 * z)
    weighted = single(z, weights=weights / weights.sum(), crisis_start=np.where(z < 0.2, JANUARY, -1))
    other = rng.standard_normal(20_000) + 0.5
    plain = single(other, crisis_start=np.where(other < 0.2, JANUARY, -1))
    a, b = (odds(one, above(one, 0.0)) for one in (weighted, plain))
    for name in ("probability", "given_crisis"):
        error = "mc_error" if name == "probability" else f"{name}_error"
        assert abs(getattr(a, name) - getattr(b, name)) < 5 * np.hypot(getattr(a, error), getattr(b, error)), name
    assert a.given_no_crisis == b.given_no_crisis == 1.0


def naive_error(ensemble: Ensemble, hit: np.ndarray, among: np.ndarray) -> float:
    """The clustered error of a ratio, path by path."""
    paths = len(hit)
    weights = np.full(paths, 1 / paths) if ensemble.weights is None else ensemble.weights
    strata = np.zeros(paths, dtype=np.int64) if ensemble.stratum is None else ensemble.stratum
    total = sum(weights[i] for i in range(paths) if among[i])
    ratio = sum(weights[i] for i in range(paths) if among[i] and hit[i]) / total
    residual = np.array([weights[i] * among[i] * (hit[i] - ratio) / total for i in range(paths)])
    clusters: dict[int, float] = {}
    for i in range(paths):
        mine = strata == strata[i]
        centred = residual[i] - weights[i] * residual[mine].sum() / weights[mine].sum()
        clusters[int(ensemble.draw[i])] = clusters.get(int(ensemble.draw[i]), 0.0) + centred
    counted = len({int(ensemble.draw[i]) for i in range(paths) if among[i] and weights[i] > 0})
    return float(np.sqrt(counted / (counted - 1) * sum(value**2 for value in clusters.values())))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("draws", "members"), [(30, 1), (200, 1), (10, 2), (100, 2)])
def test_clustered_error_by_brute_force(weighted: bool, draws: int, members: int) -> None:
    rng = np.random.default_rng(draws)
    one = []
    for k in range(members):
        size = 200 // members
        z, draw = rng.standard_normal(size) + k, np.arange(size) % draws
        weights = np.where(rng.uniform(size=size) < 0.2, 0.0, rng.exponential(size=size))
        # Draws matter so much that the floor of independent paths does not bind.
        z += 3.0 * rng.standard_normal(draws)[draw]
        crisis = np.where(rng.uniform(size=size) < 0.5, JANUARY, -1)
        one.append(single(z, draw=draw, crisis_start=crisis, weights=weights / weights.sum() if weighted else None))
    ensemble = one[0] if members == 1 else mix(one, [0.3, 0.7])
    hit, crisis = ensemble.flow("turnover")[:, 0] >= 0.4, ensemble.crisis_start >= 0
    found = odds(ensemble, above(ensemble, 0.4))
    said = naive_error(ensemble, hit, crisis)
    assert found.given_crisis_error is not None
    if found.given_crisis_error != pytest.approx(said, rel=1e-9):
        # Only the floor may stand instead, when each path has a draw of its own.
        assert draws * members == 200
        assert said < found.given_crisis_error < 1.05 * said
    if weighted or members > 1 or draws == 200:
        assert found.mc_error == pytest.approx(naive_error(ensemble, hit, np.ones(200, dtype=bool)), rel=0.1)


def test_many_draws_are_joined_without_bias() -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal(9000)
    ensemble = mix([single(z), single(z - 0.5)], [0.5, 0.5])
    reach = above(ensemble, 0.4)
    exact = np.std(0.5 * (z >= 0.4) + 0.5 * (z - 0.5 >= 0.4), ddof=1) / np.sqrt(9000)
    assert probability_of(ensemble, reach)[1] == pytest.approx(exact, rel=0.1)


def test_members_on_common_draws_are_no_more_certain_of_nothing() -> None:
    one = single(np.zeros(500))
    twice, apart = mix([one, one], [0.5, 0.5]), mix([one, one], [0.5, 0.5], common=False)
    alone, together, separate = (probability_of(each, above(each, 1.0)) for each in (one, twice, apart))
    assert together == pytest.approx(alone)
    assert separate[1] == pytest.approx(alone[1] / np.sqrt(2))
