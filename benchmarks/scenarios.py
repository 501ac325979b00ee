"""Scenarios: what a dozen cost beside one, the map of odds, and how much common random numbers quieten a difference."""

from __future__ import annotations

from dataclasses import replace

import forecast
from benchmarks.timing import interleaved, wall
from forecast.explanations.between_scenarios import noise_ratio
from forecast.stress.chances import Trial
from forecast.stress.grid import default_prices, default_severities, stress_map_of

_QUESTION = {
    "pair": "CHN-RUS",
    "as_of": "2018-10-12",
    "targets": ["turnover >= 100 in 2018", "turnover >= 110 in 2019"],
}
_DOZEN = 12


def scenarios_table() -> list[str]:
    """On a fitted model: twelve scenarios beside one (answers of both whole), the map, and ratios of variances."""
    question = forecast.parse_question(_QUESTION)
    names = [name for name in forecast.scenario_names() if name not in ("baseline", "oil-within-range")][:_DOZEN]
    one, dozen = (replace(question, scenarios=tuple(some)) for some in (names[:1], names))
    seen = interleaved({"one": lambda: forecast.ask(one), "twelve": lambda: forecast.ask(dozen)}, 9)
    ready = forecast.prepare(question, moves_oil=True)
    target = question.targets[1]
    trial = Trial(ready, target, forecast.baseline)
    prices, severities = default_prices(trial.today_usd), default_severities()
    seconds = wall(lambda: stress_map_of(trial, prices, severities, episode="2008-09", start=None), 3)
    slump = forecast.load_scenario("oil-slump")
    chance, mean, median = noise_ratio(ready, forecast.baseline, slump, target)
    return [
        "| scenarios of the flagship's question, 10,000 paths | measured | asked |",
        "|---|---|---|",
        f"| twelve scenarios beside one, on a fitted model | {seen['twelve'] / seen['one']:.1f}x | below 3x |",
        f"| the map of {len(prices)} x {len(severities)} cells, warm | {seconds:.1f} s | below 5 s |",
        f"| variance of the difference to oil-slump, independent by common seeds: mean | {mean:.0f}x | 10x |",
        f"| the same: median | {median:.0f}x | |",
        f"| the same: P(turnover >= 110 in 2019), where a share of the paths crosses the mark | {chance:.1f}x | |",
    ]
