"""Explanations made by hand, with round numbers."""

from __future__ import annotations

from forecast.evaluation.explained import Amounts, Explanation, Kind, News, Part, Side
from forecast.reports.explanation_words import with_paragraph

ERROR = Amounts(0.004, 0.05, 0.08)


def part(name: str, chance: float, mean: float, kind: str = "condition", *news: News) -> Part:
    return Part(name, f"what {name} says", Amounts(chance, mean, mean), ERROR, kind, news)


def explanation(kind: Kind = "scenarios", *parts: Part) -> Explanation:
    shown = parts or (part("oil path", -0.5, -6.0), part("crisis", -0.02, -1.5))
    change = Amounts(sum(p.effect.probability for p in shown), *2 * (sum(p.effect.mean or 0.0 for p in shown),))
    names = {
        "scenarios": ("baseline", "oil-slump"),
        "knowledge": ("2017-12-31", "2018-10-12"),
        "reporters": ("CHN", "RUS"),
    }[kind]
    before = Amounts(0.88, 105.0, 104.0)
    after = Amounts(0.88 + change.probability, 105.0 + (change.mean or 0.0), 104.0 + (change.median or 0.0))
    return with_paragraph(
        Explanation(
            kind=kind,
            pair="CHN-RUS",
            reporter="" if kind == "reporters" else "CHN",
            as_of="2018-10-12",
            model="structural",
            target="turnover >= 100 USD bn in 2018",
            target_words="turnover of at least 100 bn USD in 2018",
            summed="turnover in 2018",
            before=Side(names[0], "the first", before, ERROR),
            after=Side(names[1], "the second", after, ERROR),
            total=Part("difference", "second less first", change, ERROR, "whole"),
            parts=shown,
            subtotals=(part("the figures", change.probability, change.mean or 0.0, "figures"),)
            if kind == "knowledge"
            else (),
            notes=("A note.",),
            paths=1000,
            seed=7,
        )
    )


def releases(count: int) -> Explanation:
    came = News("exports in March 2018", "CHN", 2.84, "USD bn", 3.91, 0.7, 5.01, -5.38)
    many = [part(f"figures of 2018-{k + 1:02d}", 0.003 * (k + 1), 0.1, "figures", came) for k in range(count)]
    return explanation("knowledge", *many)
