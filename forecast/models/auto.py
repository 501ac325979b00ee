"""auto: which model answers, by what the record is like, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.panel import Panel
from forecast.series import Series

FEWEST_MONTHS = 60  #: single months by one reporter, from which a record speaks for itself
MOST_GAPS = 0.05  #: share of its months that a regular record may lack


@dataclass(frozen=True, slots=True)
class Choice:
    """The model chosen, and one sentence on why."""

    name: str
    why: str


def choose(panel: Panel, record: Series | None, *, oil_exporters: frozenset[str]) -> Choice:
    """Choose between the structural model and the pool.

    record: the reporter's turnover (or its only flow) as a regular Series, None where there is none. oil_exporters:
    codes of countries. What scenarios say does not count: the baseline should not change with them.

    The pool speaks where a long, regular, monthly record lets forecasters be weighed by their own past; the structural
    model wherever spans are mixed, the record is short, or one of the two countries lives on oil.
    """
    seen = what_is_seen(panel)
    sellers = [country for country in (panel.first, panel.second) if country in oil_exporters]
    if sellers:
        return Choice("structural", f"structural: {' and '.join(sellers)} sells oil, and it reads the price; {seen}")
    if record is None or record.step != 1:
        return Choice(
            "structural", f"structural: {seen}; it reads sums over any span by several reporters in one likelihood"
        )
    months, missing = len(record), float(np.isnan(record.values).mean())
    if months < FEWEST_MONTHS:
        return Choice("structural", f"structural: {months} single months are fewer than {FEWEST_MONTHS}; {seen}")
    if missing > MOST_GAPS:
        return Choice("structural", f"structural: {missing:.0%} of {months} months are missing; {seen}")
    return Choice(
        "pool", f"pool: {months} single months, {missing:.0%} missing, weigh the forecasters by their own past"
    )


def what_is_seen(panel: Panel) -> str:
    """How many figures over which spans by whom, in words."""
    obs = panel.observations
    single = int((obs.start == obs.end).sum())
    return (
        f"{len(obs)} figures, {single} of them single months, over spans of 1 to "
        f"{int((obs.end - obs.start).max()) + 1} months by {' and '.join(panel.reporters)}"
    )
