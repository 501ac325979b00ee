"""A Diagnosis on its way out: terminal, Markdown, JSON and the picture."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from forecast.errors import SchemaError
from forecast.evaluation.diagnosed import Check, Diagnosis, Lag, LargeResidual
from forecast.reports.charts import render
from forecast.reports.diagnosis import FORMATS, diagnosis_markdown, headline, print_diagnosis, write_diagnosis
from forecast.reports.diagnosis_chart import diagnosis_spec

MONTHS = tuple(f"{2010 + i // 12}-{i % 12 + 1:02d}" for i in range(60))


def made_up(*, holds: bool | None = True, spans: tuple[str, ...] = MONTHS, lags: int = 12) -> Diagnosis:
    values = tuple(None if i == 7 else ((i * 37) % 41 - 20) / 10.0 for i in range(len(spans) - 1))
    said = "Not normal: extremes come more often than normal bands say (kurtosis 6.0, not 3)."
    return Diagnosis(
        name="CHN-RUS turnover by CHN's count",
        model="arima",
        said="ARIMA(0,1,1)(0,1,1)[12] of logarithms",
        scale="logarithms",
        season=12,
        figures=len(spans) - 1,
        gaps=1,
        evenly=True,
        spans=spans,
        standardised=(*values, -5.25),
        skew=0.1,
        kurtosis=6.0,
        lags=tuple(Lag(k, 0.3 / k, 5.0 + k, max(k - 2, 0), None if k < 3 else 0.2) for k in range(1, lags + 1)),
        bound=0.25,
        checks=(
            Check("mean", "t", 0.4, 0.7, True, "Unbiased."),
            Check("memory", "Ljung-Box, lags 1 to 12", 17.0, 0.0001, holds, "Memory is left."),
            Check("size", "H, thirds of 20", None, None, None, "Cannot be tested."),
            Check("normal", "Jarque-Bera", 30.0, 0.04, holds, said),
        ),
        large=(LargeResidual(spans[-1], -5.25),),
        notes=("The first 13 figures only start the model and leave no residual.",),
    )


def printed(diagnosis: Diagnosis, width: int) -> str:
    out = io.StringIO()
    print_diagnosis(diagnosis, Console(file=out, width=width, color_system=None))
    return out.getvalue()


@pytest.mark.parametrize("width", [70, 80, 120])
def test_terminal_names_every_test_and_stays_inside_the_console(width: int) -> None:
    text = printed(made_up(holds=False), width)
    assert max(map(len, text.splitlines())) <= width
    joined = " ".join(text.split())
    for words in (
        "Jarque-Bera",
        "<0.001",
        "not tested",
        "does not hold",
        "2014-12 -5.2",
        "In short",
        "Memory is left.",
    ):
        assert words in joined


def test_terminal_counts_large_residuals_beside_the_normal_law() -> None:
    assert "1 of 59 (1.7%) are beyond 2.5 standard deviations (normal law: 1.2%)" in " ".join(
        printed(made_up(), 120).split()
    )


def test_headline_says_what_fails() -> None:
    assert headline(made_up()).endswith("arima: no test speaks against it")
    assert headline(made_up(holds=False)).endswith("arima: memory is left, not normal")


def test_markdown_is_two_whole_tables() -> None:
    lines = diagnosis_markdown(made_up()).splitlines()
    tables = [line for line in lines if line.startswith("|")]
    assert len(tables) == 2 + 4 + 2 + 12
    assert {line.count("|") for line in tables[:6]} == {6}
    assert {line.count("|") for line in tables[6:]} == {6}


def test_json_holds_every_number() -> None:
    read = json.loads(write_diagnosis(made_up(), "json"))
    assert read["standardised"][7] is None
    assert read["checks"][1]["p"] == 0.0001
    assert len(read["lags"]) == 12
    assert read["large"] == [{"span": "2014-12", "standardised": -5.25}]
    with pytest.raises(SchemaError, match="no format"):
        write_diagnosis(made_up(), "csv")
    assert set(FORMATS) == {"json", "markdown"}


@pytest.mark.parametrize(("width", "columns"), [(1000, 2), (500, 1)])
def test_picture_has_four_panels(width: int, columns: int) -> None:
    spec = diagnosis_spec(made_up(), width=width)
    assert [len(row["hconcat"]) for row in spec["vconcat"]] == [columns] * (4 // columns)
    svg = render(spec, "svg").decode()
    for words in ("Histogram", "normal quantiles", "Autocorrelation", "2014-12", "over time"):
        assert words in svg


def test_picture_of_spans_of_many_lengths() -> None:
    years = (f"{1990 + i} exports CHN" for i in range(20))
    spans = (*years, "2010-01/2010-09 exports CHN", "2010-10 exports RUS")
    svg = render(diagnosis_spec(made_up(spans=spans, lags=0), theme="dark"), "svg").decode()
    assert "too few residuals" in svg


def test_picture_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(SchemaError, match="pixels wide"):
        diagnosis_spec(made_up(), width=100)
    with pytest.raises(SchemaError, match="no theme"):
        diagnosis_spec(made_up(), theme="blue")
    empty = made_up()
    nothing = Diagnosis(**{name: getattr(empty, name) for name in Diagnosis.__slots__} | {"figures": 0})
    with pytest.raises(SchemaError, match="nothing to draw"):
        diagnosis_spec(nothing)
