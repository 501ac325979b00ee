"""How much of the crises' mean and variance a forecaster learns from a record that has had its share of them.

    python -m benchmarks.accuracy.crises_held [records] [member ...]

Records of 25 years are simulated twice with the same shocks, without crises and with crises by their usual law. What
the second adds to a forecaster's log variance, and to its centre, is told as a share of the crises' own.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from forecast.kernels._jit import FloatArray
from forecast.models.catalogue import forecaster_named
from forecast.models.crises.hazard import Hazard
from forecast.models.crises.overlay import CrisisLaw, draw_crises, law_known_by, log_spreads
from forecast.models.task import Task
from forecast.months import month
from forecast.series import Series

MONTHS, HORIZON, PATHS = 300, 24, 500
_AHEAD = (6, 12, 24)
_MEMBERS = ("ets", "theta", "arima", "drift", "seasonal-naive")


def effects_on_record(law: CrisisLaw, chance: np.random.Generator) -> FloatArray:
    """Log effect of crises on a record: as long as it lasts, one after the other by the hazard."""
    total, at = np.zeros(MONTHS), 0
    while True:
        at += int(chance.geometric(-np.expm1(-law.hazard.mean / 12.0)))
        if at >= MONTHS:
            return total
        at_once = replace(law, hazard=Hazard(1e9, 1.0))
        total[at:] += draw_crises(at_once, MONTHS - at, 1, int(chance.integers(2**31))).log_effect[0]


def main(records: int, members: tuple[str, ...]) -> None:
    """Print one line a forecaster."""
    law = law_known_by(month(2019, 12))
    own = draw_crises(law, HORIZON, 20_000, 1).log_effect
    chance = np.random.default_rng(3)
    season = 0.08 * np.sin(2.0 * np.pi * np.arange(MONTHS) / 12.0)
    wider: dict[str, list[FloatArray]] = {name: [] for name in members}
    lower: dict[str, list[FloatArray]] = {name: [] for name in members}
    for _ in range(records):
        level = np.cumsum(chance.normal(0.003, 0.025, MONTHS))
        calm = 4.6 + level + season + chance.normal(0.0, 0.08, MONTHS)
        effect = effects_on_record(law, chance)
        for name in members:
            spreads, centres = [], []
            for logs in (calm, calm + effect):
                task = Task(Series("simulated", month(1995, 1), 1, np.exp(logs)), HORIZON, PATHS)
                paths = forecaster_named(name)(task).paths
                spreads.append(log_spreads(paths) ** 2)
                centres.append(np.log(np.median(paths, axis=0)) - logs[-1])
            wider[name].append(spreads[1] - spreads[0])
            lower[name].append(centres[1] - centres[0])
    at = [months - 1 for months in _AHEAD]
    print(f"share held {', '.join(map(str, _AHEAD))} months ahead, of the variance and of the mean (standard error)")
    for name in members:
        parts = []
        for found, usual in ((np.array(wider[name]), own.var(axis=0)), (np.array(lower[name]), own.mean(axis=0))):
            share, error = found.mean(axis=0) / usual, found.std(axis=0) / np.abs(usual) / np.sqrt(records)
            parts.append("  ".join(f"{share[i]:5.2f} ({error[i]:.2f})" for i in at))
        print(f"{name:16s}{parts[0]}   |   {parts[1]}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60, tuple(sys.argv[2:]) or _MEMBERS)
