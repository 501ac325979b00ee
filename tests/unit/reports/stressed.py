"""Made-up answers of reverse stress."""

from __future__ import annotations

from dataclasses import replace

from forecast.evaluation.stressed import BreakEven, Crossing, LeastCrisis, LeastPath, Stress, StressMap
from forecast.scenarios.plausibility import judged

FAR, NEAR = judged(22.6, 15), judged(2.46, 15)


def crossing(price_usd: float, *, rises: bool = True) -> Crossing:
    return Crossing(price_usd, price_usd - 0.5, price_usd + 0.5, rises, FAR)


def break_even(*crossings: Crossing) -> BreakEven:
    return BreakEven(crossings, 78.9, 0.87, 1.0, 0.0004, 1000.0, 0.9999)


def stress_map(prices: int = 5, severities: int = 3) -> StressMap:
    """Chances that rise by price and fall by severity."""
    price = tuple(30.0 * 4.0 ** (i / max(prices - 1, 1)) for i in range(prices))
    severity = tuple(2.0 * j / max(severities - 1, 1) for j in range(severities))
    chance = tuple(tuple(min(max(p / 100.0 - 0.2 * s, 0.001), 0.999) for s in severity) for p in price)
    error = tuple(tuple(0.004 for _ in severity) for _ in price)
    return StressMap("2008-09", "2018-11", price, severity, chance, error)


def stressed(**changes: object) -> Stress:
    """A whole answer with some fields changed."""
    months = tuple(f"2018-{m:02d}" for m in range(10, 13)) + tuple(f"2019-{m:02d}" for m in range(1, 13))
    found = Stress(
        pair="CHN-RUS",
        reporter="CHN",
        as_of="2018-10-12",
        model="structural",
        seed=7,
        paths=10_000,
        target="turnover >= 100 USD bn in 2019",
        target_words="turnover of at least 100 bn USD in 2019",
        alpha=0.5,
        base="baseline",
        chance=0.881,
        error=0.0034,
        break_even=break_even(crossing(54.4)),
        least_path=LeastPath(months, tuple(76.0 - 2.0 * i for i in range(15)), 0.5, NEAR, FAR),
        least_crisis=LeastCrisis("2008-09", "2018-11", 0.895, 0.874, 0.918, 0.893, 5.0, 0.061),
        map=stress_map(),
    )
    return replace(found, **changes)  # type: ignore[arg-type]
