"""News of the flagship between two days, in parts that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from forecast.errors import SchemaError
from forecast.evaluation.explained import Explanation
from forecast.explanations.between_days import explain_news
from forecast.prepared import Prepared, draw, prepare
from forecast.question import Target
from forecast.scenarios.scenario import BASELINE
from forecast.summary import target_answer

SINCE = date(2018, 9, 25)


@pytest.fixture(scope="module")
def news(ready: Prepared, hundred: Target) -> Explanation:
    return explain_news(ready.question, SINCE, hundred)


def test_parts_add_up(news: Explanation) -> None:
    for name in ("probability", "mean", "median"):
        change = getattr(news.after.amounts, name) - getattr(news.before.amounts, name)
        assert sum(getattr(part.effect, name) for part in news.parts) == pytest.approx(change, abs=1e-9)
        assert sum(getattr(part.effect, name) for part in news.subtotals) == pytest.approx(change, abs=1e-9)


def test_ends_are_the_answers_of_both_days(news: Explanation, ready: Prepared, hundred: Target) -> None:
    earlier = prepare(replace(ready.question, as_of=SINCE))
    for side, of in ((news.before, earlier), (news.after, ready)):
        answer = target_answer(of.panel, draw(of, BASELINE).ensemble, hundred, of.reporter)
        assert side.amounts.probability == pytest.approx(answer.probability, abs=1e-12)


def test_releases_stand_in_order_with_what_was_expected(news: Explanation) -> None:
    names = [part.name for part in news.parts]
    assert names == [
        "oil price and rates of 2018-10-05",
        "figures of 2018-10-12",
        "the passing of time",
        "parameters estimated anew",
    ]
    oil = news.parts[0].news[0]
    assert oil.unit == "USD/bbl"
    assert oil.came == pytest.approx(78.9, abs=0.1)
    exports = news.parts[1].news[0]
    assert exports.figure == "exports over 2018-01/2018-09"
    assert exports.expected == pytest.approx(exports.came, abs=4.0 * (exports.sd or 0.0))
    assert exports.effect == pytest.approx((exports.weight or 0.0) * (exports.came - (exports.expected or 0.0)))


def test_the_paragraph_quotes_the_table(news: Explanation) -> None:
    assert "Between 2018-09-25 and 2018-10-12" in news.paragraph
    largest = max(news.parts, key=lambda part: abs(part.effect.probability))
    assert f"{100 * largest.effect.probability:+.1f}pp" in news.paragraph


def test_days_in_the_wrong_order_are_refused(ready: Prepared, hundred: Target) -> None:
    with pytest.raises(SchemaError, match="not before") as found:
        explain_news(ready.question, date(2018, 10, 12), hundred)
    assert found.value.pointer == "/since"
