"""An Explanation in words, in tables and as a waterfall."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.console import Console

from forecast.errors import SchemaError
from forecast.evaluation.explained import Explanation, News
from forecast.reports.charts import render
from forecast.reports.explanation_chart import waterfall_spec
from forecast.reports.explanation_table import (
    explanation_frame,
    explanation_markdown,
    print_explanation,
    write_explanation,
)
from forecast.reports.explanation_words import news_words, signed_amount, signed_points
from tests.unit.reports.explained import explanation, part, releases


def printed(explained: Explanation, width: int = 100) -> str:
    text = io.StringIO()
    print_explanation(explained, Console(file=text, width=width, color_system=None))
    return text.getvalue()


def test_signed_numbers() -> None:
    assert [signed_points(x) for x in (0.081, -0.52, 0.0001)] == ["+8.1pp", "-52.0pp", "0.0pp"]
    assert [signed_amount(x) for x in (12.34, -0.05, 0.001, None)] == ["+12.3", "-0.05", "0.00", "-"]


def test_paragraph_of_two_scenarios() -> None:
    text = explanation().paragraph
    assert text.startswith(
        "Under oil-slump the chance of turnover of at least 100 bn USD in 2018 falls to 36%, from 88% under baseline"
    )
    assert "Of the -52.0pp, -50.0pp comes from the oil path and -2.0pp from the crisis." in text
    assert "The mean of turnover in 2018 goes from 105.0 to 97.5 bn USD." in text


def test_paragraph_of_one_condition_and_of_none() -> None:
    one = explanation("scenarios", part("oil path", -0.5, -6.0)).paragraph
    assert "All of the -50.0pp comes from the oil path: what oil path says." in one
    still = explanation("scenarios", part("oil path", 0.0, 0.0)).paragraph
    assert "hardly moves: 88%, from 88%" in still


def test_paragraph_of_news_names_the_release_that_did_most() -> None:
    text = releases(5).paragraph
    assert "Between 2017-12-31 and 2018-10-12 the chance" in text
    assert "The change comes from the figures (+4.5pp)." in text
    assert "figures of 2018-05 (+1.5pp), when exports in March 2018 came to 2.84 bn USD where 3.91 was expected" in text


def test_a_release_within_its_error_is_not_named() -> None:
    text = explanation("knowledge", part("figures of 2018-05", 0.006, 0.1, "figures")).paragraph
    assert "moved it most" not in text


def test_paragraph_of_two_counts() -> None:
    text = explanation("reporters").paragraph
    assert text.startswith("By Russia's count the chance")
    assert "is lower: 36%, against 88% by China's count" in text


def test_a_revision_is_called_one() -> None:
    assert news_words(News("exports in 2017", "CHN", 43.2, "USD bn", 43.9, 0.0)) == (
        "exports in 2017 was revised from 43.9 to 43.2 bn USD"
    )


@pytest.mark.parametrize("kind", ["scenarios", "knowledge", "reporters"])
@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_number_of_the_paragraph_stands_in_the_table(kind: str, width: int) -> None:
    explained = releases(6) if kind == "knowledge" else explanation(kind)  # type: ignore[arg-type]
    text = printed(explained, width)
    assert max(map(len, text.splitlines())) <= width
    table = text.split("In short")[0]
    for number in re.findall(r"[+-]\d+\.\d+pp|\d+%", explained.paragraph):
        assert number in table


def test_markdown_has_a_row_for_every_part_and_figure() -> None:
    text = explanation_markdown(releases(3))
    assert text.count("| figures of 2018-") == 6  # three parts, three figures
    assert "| difference |" in text
    assert "| 3.91 |" in text


def test_a_release_of_many_figures_shows_the_last() -> None:
    many = tuple(News(f"exports in {1990 + k}", "CHN", 2.0 + k) for k in range(11))
    explained = explanation("knowledge", part("figures of 2001", 0.1, 1.0, "figures", *many))
    text = explanation_markdown(explained)
    assert "exports in 2000" in text
    assert "exports in 1992" not in text
    assert "3 more are in --format csv" in text
    assert len(explanation_frame(explained).filter(explanation_frame(explained)["row"] == "news")) == 11


def test_rows_add_up_and_json_reads_back() -> None:
    explained = explanation()
    frame = explanation_frame(explained)
    assert frame["row"].to_list() == ["before", "part", "part", "difference", "after"]
    chances = frame["probability"].to_list()
    assert chances[0] + chances[1] + chances[2] == pytest.approx(chances[4], abs=1e-9)
    told = json.loads(write_explanation(explained, "json"))
    assert told["paragraph"] == explained.paragraph
    assert [p["effect"]["probability"] for p in told["parts"]] == [-0.5, -0.02]
    assert write_explanation(explained, "csv").startswith(b"row,name,words,probability")
    with pytest.raises(SchemaError):
        write_explanation(explained, "yaml")


def bars(spec: dict[str, object]) -> list[dict[str, float]]:
    layers = spec["vconcat"][0]["layer"]  # type: ignore[index]
    return [each["data"]["values"][0] for each in layers if each["mark"]["type"] == "rect"]


def test_bars_join_from_one_answer_to_the_other() -> None:
    found = bars(waterfall_spec(explanation()))
    assert [round(bar["at"], 6) for bar in found] == [88.0, 38.0, 36.0, 36.0]
    assert found[1]["high"] == pytest.approx(88.0)
    assert found[2]["high"] == pytest.approx(found[1]["at"])
    mean = bars(waterfall_spec(explanation(), quantity="mean"))
    assert [round(bar["at"], 6) for bar in mean] == [105.0, 99.0, 97.5, 97.5]


def test_many_parts_are_put_together() -> None:
    found = bars(waterfall_spec(releases(30)))
    assert len(found) == 2 + 16 + 1
    assert found[-2]["at"] == pytest.approx(found[-1]["at"])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_renders(theme: str) -> None:
    picture = render(waterfall_spec(releases(12), theme=theme, width=700), "svg")
    assert b"figures, 2018-12" in picture
    assert b"Chance of turnover" in picture


@pytest.mark.parametrize("wrong", [{"quantity": "median"}, {"theme": "blue"}, {"width": 10}])
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        waterfall_spec(explanation(), **wrong)  # type: ignore[arg-type]
