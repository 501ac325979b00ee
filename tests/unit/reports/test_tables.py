"""JSON keeps the fixed names and every bit; tidy rows survive CSV and Parquet; NaN is never written."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from forecast.answer import Answer
from forecast.errors import NumericalError, SchemaError
from forecast.reports.tables import COLUMNS, answer_frame, answer_json, write_answer


def test_json_has_the_names_of_the_service(answer: Answer) -> None:
    read = json.loads(answer_json(answer))
    assert {"id", "question", "origin", "provenance", "scenarios", "warnings"} <= set(read)
    assert list(read)[:4] == ["id", "question", "origin", "provenance"]
    assert {"version", "data_sha256", "vintage", "seed", "paths", "model", "why_this_model"} == set(read["provenance"])
    scenario = read["scenarios"][0]
    assert {"name", "plausibility", "effective_paths", "flows", "targets"} <= set(scenario)
    flow = scenario["flows"]["turnover"]
    assert set(flow) == {"unit", "months", "years"}
    assert set(flow["months"]) == {"month", "median", "mean", "lower", "upper"}
    assert set(flow["years"]) == {"year", "known_part", "median", "mean", "lower", "upper"}
    assert flow["months"]["month"][0] == "2018-10"
    assert flow["years"]["year"] == [2018, 2019]
    assert set(flow["months"]["lower"]) == {"50", "80", "95"}
    assert set(scenario["targets"][0]) == {
        *("flow", "at_least", "unit", "span", "probability", "mc_error"),
        *("given_no_crisis", "given_crisis", "first_month"),
        *("name", "text", "at_most", "by", "mark_usd_bn", "given_no_crisis_error", "given_crisis_error"),
        *("first_month_error", "hazard", "hazard_error", "never_by", "never_by_error", "all", "any"),
    }
    assert scenario["targets"][0]["first_month"] == {"2018-11": 0.0123, "2018-12": 0.9753, "never": 0.0124}


def test_json_keeps_every_bit_and_its_order(answer: Answer) -> None:
    read = json.loads(answer_json(answer))
    months = read["scenarios"][1]["flows"]["turnover"]["months"]
    assert tuple(months["upper"]["95"]) == answer.scenarios[1].flows["turnover"].months.upper["95"]
    turned = replace(answer, question=dict(reversed(answer.question.items())))
    assert answer_json(turned) == answer_json(answer)


def test_none_is_written_as_null(answer: Answer) -> None:
    first = answer.scenarios[0]
    bare = replace(first, targets=(replace(first.targets[0], given_crisis=None),))
    read = json.loads(answer_json(replace(answer, scenarios=(bare,))))
    assert read["scenarios"][0]["targets"][0]["given_crisis"] is None


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("format_", ["json", "csv", "parquet"])
def test_a_number_that_is_not_finite_is_refused(answer: Answer, bad: float, format_: str) -> None:
    first = answer.scenarios[0]
    broken = replace(first, targets=(replace(first.targets[0], mc_error=bad),))
    with pytest.raises(NumericalError) as caught:
        write_answer(replace(answer, scenarios=(broken,)), format_)
    assert caught.value.pointer == "/scenarios/0/targets/0/mc_error"


def test_nan_inside_a_band_is_refused(answer: Answer) -> None:
    first = answer.scenarios[0]
    oil = replace(first.oil_usd, lower={"80": (float("nan"),)})
    with pytest.raises(NumericalError, match="/scenarios/0/oil_usd/lower/80/0"):
        answer_json(replace(answer, scenarios=(replace(first, oil_usd=oil),)))


def test_frame_is_tidy_and_holds_every_number_once(answer: Answer) -> None:
    frame = answer_frame(answer)
    assert tuple(frame.columns) == COLUMNS
    assert frame["value"].null_count() == 0
    assert not frame.drop("value").is_duplicated().any()
    level = frame.filter(scenario="oil-slump", flow="turnover", month="2019-05", quantity="upper", level=80.0)
    position = answer.scenarios[1].flows["turnover"].months.month.index("2019-05")
    assert level["value"].to_list() == [answer.scenarios[1].flows["turnover"].months.upper["80"][position]]
    year = frame.filter(scenario="baseline", flow="turnover", month="2018", quantity="median")
    assert year["value"].to_list() == [answer.scenarios[0].flows["turnover"].years.median[0]]
    chance = frame.filter(scenario="baseline", month="2019", quantity="probability")
    assert chance["value"].to_list() == [0.815]
    assert chance["level"].to_list() == [100.0]
    first = frame.filter(scenario="baseline", quantity="first_month:2019")
    assert dict(zip(first["month"], first["value"], strict=True)) == answer.scenarios[0].targets[1].first_month
    oil = frame.filter(scenario="baseline", flow="oil", quantity="median")
    assert oil["unit"].unique().to_list() == ["USD a barrel"]
    assert len(oil) == 15
    outcome = frame.filter(pl.col("scenario").is_null(), quantity="outcome", month="2018")
    assert outcome["value"].to_list() == [107.3]


def test_frame_comes_back_from_csv_and_parquet(answer: Answer) -> None:
    frame = answer_frame(answer)
    csv = pl.read_csv(io.BytesIO(write_answer(answer, "csv")), schema=frame.schema)
    assert csv.equals(frame)
    assert pl.read_parquet(io.BytesIO(write_answer(answer, "parquet"))).equals(frame)


def test_rows_of_joint_targets_hazards_and_marks_not_to_be_exceeded(answer: Answer) -> None:
    first = answer.scenarios[0]
    one = replace(
        first.targets[0], text="turnover >= 100 in 2018", hazard={"2018-11": 0.01}, never_by={"2018-11": 0.99}
    )
    under = replace(one, at_least=None, at_most=100.0, text="turnover <= 100 in 2018", probability=0.01)
    share = replace(one, at_least=110.0, unit="%", mark_usd_bn=92.5, by="2018-12", text="turnover >= 110% in 2018")
    joint = replace(one, flow=None, at_least=None, unit=None, span=None, text="a and b", all=(one, under))
    frame = answer_frame(replace(answer, scenarios=(replace(first, targets=(one, under, share, joint)),)))
    assert not frame.drop("value").is_duplicated().any()
    assert frame.filter(quantity="hazard:2018", month="2018-11")["value"].to_list() == [0.01]
    assert frame.filter(quantity="never_by:2018", month="2018-11")["value"].to_list() == [0.99]
    assert frame.filter(quantity="probability_at_most", month="2018")["value"].to_list() == [0.01]
    assert frame.filter(quantity="probability", month="2018 by 2018-12")["level"].to_list() == [92.5]
    assert frame.filter(quantity="probability", month="a and b")["flow"].to_list() == [None]
    assert len(frame.filter(quantity="probability", month="2018")) == 1
    text = json.loads(answer_json(replace(answer, scenarios=(replace(first, targets=(joint,)),))))
    assert [part["text"] for part in text["scenarios"][0]["targets"][0]["all"]] == [one.text, under.text]


def test_no_targets_and_no_outcome_give_no_such_rows(build: Callable[..., Answer]) -> None:
    frame = answer_frame(build(targets=False, outcome=False))
    assert frame.filter(pl.col("quantity").str.contains("probability|first_month|outcome")).is_empty()


def test_another_format_is_refused_with_the_allowed_ones(answer: Answer) -> None:
    with pytest.raises(SchemaError) as caught:
        write_answer(answer, "xlsx")
    assert caught.value.allowed == ("json", "csv", "parquet")


def test_import_stays_light() -> None:
    code = (
        "import sys, forecast.reports.tables; print([n for n in ('polars', 'rich', 'vl_convert') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
