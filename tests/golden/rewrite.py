"""The flagship's numbers in short; run as a program it writes them to flagship.json, after a change that was meant.

python -m tests.golden.rewrite
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from forecast.answer import Answer, MonthBands, YearBands
from forecast.months import month, year_span
from forecast.question import Question, Target
from forecast.workflow import ask

PATH = Path(__file__).with_name("flagship.json")
QUESTION = Question(
    "CHN-RUS",
    as_of=date(2018, 10, 12),
    through=month(2019, 12),
    levels=(80,),
    paths=4000,
    scenarios=("baseline", "oil-slump", "global-crisis", "global-crisis-with-oil"),
    targets=tuple(Target("turnover", 100.0, year_span(year)) for year in (2018, 2019)),
)

Numbers = dict[str, dict[str, float]]


def flagship_numbers() -> Numbers:
    """By both counts: probabilities, medians and 80 % bands."""
    found: Numbers = {}
    for reporter in ("CHN", "RUS"):
        answer = ask(_by(reporter))
        for scenario in answer.scenarios:
            found[f"{reporter} {scenario.name}"] = _in_short(answer, scenario.name)
    return found


def _by(reporter: str) -> Question:
    return replace(QUESTION, reporter=reporter)


def _in_short(answer: Answer, name: str) -> dict[str, float]:
    scenario = next(s for s in answer.scenarios if s.name == name)
    found = {f"P {target.span} >= {target.at_least:g}": target.probability for target in scenario.targets}
    found |= {"P crisis": scenario.crisis_prob, "oil score": scenario.plausibility.score}
    found |= _bands("oil 2019-12", scenario.oil_usd, len(scenario.oil_usd.month) - 1)
    for flow in ("exports", "imports", "turnover"):
        for i, year in enumerate(scenario.flows[flow].years.year):
            found |= _bands(f"{flow} {year}", scenario.flows[flow].years, i)
    return {key: float(f"{value:.6g}") for key, value in found.items()}


def _bands(what: str, bands: MonthBands | YearBands, i: int) -> dict[str, float]:
    return {
        f"{what} low": bands.lower["80"][i],
        f"{what} median": bands.median[i],
        f"{what} high": bands.upper["80"][i],
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(flagship_numbers(), indent=1) + "\n")
