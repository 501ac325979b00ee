"""The terminal holds the numbers, fits its width, and is plain text when piped."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from forecast.answer import Answer
from forecast.reports.terminal import print_answer, print_flagship
from forecast.reports.words import amount, interval


def shown(write: Callable[[Console], None], width: int) -> str:
    file = io.StringIO()
    write(Console(file=file, width=width))
    return file.getvalue()


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100, 140])
def test_holds_the_numbers_and_fits(answer: Answer, width: int) -> None:
    text = shown(lambda console: print_answer(answer, console), width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert text.isascii()
    assert "\u2026" not in text
    assert "..." not in text
    for scenario in answer.scenarios:
        years = scenario.flows["turnover"].years
        months = scenario.flows["turnover"].months
        for level in ("50", "80", "95"):
            assert interval(years.lower[level][1], years.upper[level][1], 1) in text
            assert interval(months.lower[level][4], months.upper[level][4], 2) in text
        assert amount(months.median[14], 2) in text
    assert "yes, Dec" in text
    assert "Nov 42%" in text
    assert "never 18%" in squeezed(text)
    assert "Note: A made-up warning." in text
    assert "seed 7" in squeezed(text)
    assert "10,000 paths" in squeezed(text)


def test_what_really_happened_stands_beside(answer: Answer) -> None:
    text = shown(lambda console: print_answer(answer, console), 100)
    october = next(line for line in text.splitlines() if line.startswith("Oct 2018"))
    assert october.split()[-1] == amount(answer.outcome["turnover"].months.value[0], 2)


def test_empty_outcome_prints_dashes(build: Callable[..., Answer]) -> None:
    text = shown(lambda console: print_answer(build(outcome=False), console), 100)
    assert next(line for line in text.splitlines() if line.startswith("Oct 2018")).split()[-1] == "-"
    assert "What really happened" not in text


def test_without_targets(build: Callable[..., Answer]) -> None:
    text = shown(lambda console: print_answer(build(targets=False), console), 80)
    assert "at least" not in text
    assert "Turnover in 2018" in text


def test_annual_history_only(build: Callable[..., Answer]) -> None:
    text = shown(lambda console: print_answer(build(single_months=False), console), 80)
    assert "Turnover in 2018" in text
    assert "107.3" in text


def test_many_levels_say_what_was_left_out(build: Callable[..., Answer]) -> None:
    text = shown(lambda console: print_answer(build(levels=(10, 30, 50, 80, 90, 95, 99)), console), 80)
    assert max(map(len, text.splitlines())) <= 80
    assert "do not fit this width" in text
    assert "10%" in text


def test_flagship_names_both_counts_and_repeats_nothing(build: Callable[..., Answer]) -> None:
    answers = {"CHN": build(), "RUS": build(reporter="RUS", single_months=False)}
    for width in (80, 100):
        text = shown(lambda console: print_flagship(answers, console), width)
        assert max(map(len, text.splitlines())) <= width
        assert "By China's count, " in text
        assert "By Russia's count, " in text
        assert text.count("A made-up warning.") == 1
        assert text.count("as known on 2018-10-12") == 1
        assert squeezed(text).count("seed 7;") == 1
        assert "\u2026" not in text
