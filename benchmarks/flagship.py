"""The flagship: one likelihood beside its peers, and the way from a question to its answer."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import forecast
from benchmarks.likelihood import contestants, flagship_system
from benchmarks.timing import interleaved, wall

_QUESTION = {
    "pair": "CHN-RUS",
    "as_of": "2018-10-12",
    "through": "2019-12",
    "targets": ["turnover >= 100 in 2018", "turnover >= 100 in 2019"],
}


def likelihood_table() -> list[str]:
    """One likelihood, against peers on the same matrices."""
    rows = [
        "| one likelihood of the flagship | figures | states | tradewind | statsmodels | dense density |",
        "|---|---|---|---|---|---|",
    ]
    for day in (date(2018, 10, 12), date(2026, 8, 5)):
        system, coef, var = flagship_system(day)
        seen = interleaved(contestants(system, coef, var), 15, repeat={"tradewind": 20})
        ours = seen["tradewind"]
        ratios = " | ".join(f"{seen[name] / ours:.0f}x" for name in ("statsmodels", "dense density"))
        rows.append(f"| known on {day} | {len(system.y)} | {len(system.a0)} | 1 ({1e3 * ours:.2f} ms) | {ratios} |")
    return rows


def question_table() -> list[str]:
    """From a question to its answer: wall seconds, to show the order; and where the time goes."""
    question = forecast.parse_question(_QUESTION)
    panel, background = forecast.load_panel("CHN-RUS", as_of=question.as_of), forecast.load_background()
    answered = wall(lambda: forecast.ask(question), 7)
    fitted = wall(lambda: forecast.fit(panel, background, seed=7), 5)
    command = [sys.executable, "-m", "forecast"]
    ask = [*command, "forecast", "CHN-RUS", "--as-of", "2018-10-12", "--target", "turnover >= 100 in 2018", "--quiet"]
    rows = ["| from a question to its answer | wall seconds |", "|---|---|"]
    rows.append(f"| 10,000 paths, one scenario, two targets, on a fitted model | {answered:.2f} |")
    rows.append(f"| the fit, 512 posterior draws included | {fitted:.2f} |")
    rows.append(f"| `tradewind forecast ...` from start to answer, kernels cached | {wall(lambda: _run(ask), 3):.1f} |")
    rows.append(f"| `tradewind --help` | {wall(lambda: _run([*command, '--help']), 5):.2f} |")
    return rows


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, env=os.environ)
