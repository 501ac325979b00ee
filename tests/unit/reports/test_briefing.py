"""The headline says who, when, how much, how likely, when first, and what happened."""

from __future__ import annotations

from collections.abc import Callable

from forecast.answer import Answer
from forecast.reports.briefing import band_level, finding, headline, sentences
from forecast.reports.words import amount


def test_headline_tells_the_whole_story(answer: Answer) -> None:
    text = headline(answer)
    years = answer.scenarios[0].flows["turnover"].years
    band = f"{amount(years.median[0])} bn USD (80%: {amount(years.lower['80'][0])} to {amount(years.upper['80'][0])})"
    assert text.startswith("By China's count, as known on 2018-10-12, turnover between China and Russia will come to")
    assert f"{band} in 2018, of which {amount(years.known_part[0])} are already published" in text
    assert "Turnover of at least 100 bn USD in 2018: 99% (97% without a crisis, 31% with one)" in text
    assert "first reached most likely in December 2018 (98%)" in text
    assert "Under oil-slump, 2019 would come to" in text
    assert "What really happened: 107.3 in 2018 and" in text


def test_short_sentences_leave_out_date_and_other_scenarios(answer: Answer) -> None:
    said = sentences(answer, short=True)
    assert said[0].startswith("By China's count, turnover will come to")
    assert not any("Under" in sentence for sentence in said)


def test_without_targets_and_outcome(build: Callable[..., Answer]) -> None:
    text = headline(build(targets=False, outcome=False))
    assert "at least" not in text
    assert "really" not in text
    assert "nan" not in text.lower()


def test_quotes_the_level_nearest_to_80(build: Callable[..., Answer]) -> None:
    assert band_level({"50": (), "95": (), "80": ()}) == "80"
    assert "(95%: " in headline(build(levels=(50, 95)))


def test_finding_is_short_and_names_the_target_year(answer: Answer, build: Callable[..., Answer]) -> None:
    assert "in 2018; chance of at least 100: 99%" in finding(answer, "turnover")
    assert "chance" not in finding(build(targets=False), "turnover")
