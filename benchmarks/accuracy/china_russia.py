"""China-Russia, forecast at every year-end since 2003: ``python -m benchmarks.accuracy.china_russia``.

Nothing was chosen on this pair (see oil_pairs.py). Twenty-two years: the standard error of a log RMSE is about a
seventh of itself, given here for each row.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from forecast.evaluation.replayed import Replay
from forecast.retrospect import replay

KEPT = Path("build") / "accuracy" / "china_russia.json"
FIRST, LAST = 2003, 2024
ASKED: dict[str, dict[str, float]] = {
    "tradewind": {"crps": 0.070},
    "tradewind, oil given": {"log_rmse": 0.105, "crps": 0.057},
}


def rows_of(told: Replay) -> list[dict[str, object]]:
    """One row a forecaster: RMSE with its standard error, CRPS, coverage, and what is asked of them."""
    rows: list[dict[str, object]] = []
    for i, score in enumerate(told.scores):
        errors = np.array([origin.forecasts[i].log_error for origin in told.origins])
        each = np.array([origin.forecasts[i].crps for origin in told.origins])
        n = len(errors)
        asked = ASKED.get(score.forecaster, {})
        found = {"log_rmse": score.log_rmse, "crps": score.crps, "cover_80": score.coverage_80}
        rows.append(
            {
                "forecaster": score.forecaster,
                **found,
                "n": score.origins,
                "log_rmse_se": float((errors**2).std(ddof=1) / np.sqrt(n) / (2.0 * score.log_rmse)),
                "crps_se": float(each.std(ddof=1) / np.sqrt(n)),
                "asked": asked,
                "met": {key: bool(found[key] <= limit) for key, limit in asked.items()},
            }
        )
    return rows


def main() -> None:
    """Replay, print the table and keep it."""
    rows = rows_of(replay("CHN-RUS", FIRST, LAST))
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_text(json.dumps({"rows": rows}, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        asked = ", ".join(
            f"{key} <= {limit} {'met' if row['met'][key] else 'missed'}" for key, limit in row["asked"].items()
        )
        print(
            f"{row['forecaster']:26s} RMSE {row['log_rmse']:.4f} +- {row['log_rmse_se']:.4f}  CRPS {row['crps']:.4f} "
            f"+- {row['crps_se']:.4f}  in 80 % {row['cover_80']:.2f}  n {row['n']}  {asked}"
        )


if __name__ == "__main__":
    main()
