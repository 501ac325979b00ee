"""The chart renders, holds its labels, and its file appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from forecast.answer import Answer, FlowAnswer, MonthBands, MonthSeries, Record, YearBands
from forecast.errors import InputError, SchemaError
from forecast.reports.charts import fan_spec, render
from forecast.reports.showing import write_chart


def rows_of(spec: object, name: str) -> Iterator[dict[str, object]]:
    """Rows of inline data that have a field, anywhere in a specification."""
    if isinstance(spec, dict):
        data = spec.get("data")
        if isinstance(data, dict):
            yield from (row for row in data["values"] if name in row)
        for part in spec.values():
            yield from rows_of(part, name)
    elif isinstance(spec, list):
        for part in spec:
            yield from rows_of(part, name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_svg_holds_the_labels(answer: Answer, theme: str) -> None:
    svg = render(fan_spec(answer, theme=theme), "svg").decode()
    assert svg.startswith("<svg")
    for label in ("baseline", "oil-slump", "global-crisis", "known on 2018-10-12", "what really happened"):
        assert f">{label}<" in svg
    for label in (">99%<", ">2018<", ">2019<", "came to 107.", "already published", "China's count", "95% band"):
        assert label in svg.replace("&#39;", "'")
    assert "NaN" not in svg
    assert "undefined" not in svg


def test_png_is_a_png(answer: Answer) -> None:
    assert render(fan_spec(answer), "png").startswith(b"\x89PNG\r\n\x1a\n")


def test_spec_is_plain_json_with_nothing_to_fetch(answer: Answer) -> None:
    text = json.dumps(fan_spec(answer), allow_nan=False)
    assert '"url"' not in text
    assert json.loads(text)["$schema"].endswith("/v6.json")


def test_the_picture_is_as_wide_as_asked(answer: Answer) -> None:
    for width in (640, 1000):
        svg = render(fan_spec(answer, width=width), "svg").decode()
        drawn = float(svg.split(' width="', 1)[1].split('"', 1)[0])
        assert abs(drawn - width) < 30


def test_months_of_the_record_and_of_the_outcome_are_drawn(answer: Answer) -> None:
    drawn = {(row["x"], row["y"]) for row in rows_of(fan_spec(answer), "y")}
    record, outcome = answer.history["turnover"].months, answer.outcome["turnover"].months
    assert (f"{record.month[-1]}-01", record.value[-1]) in drawn
    assert (f"{outcome.month[5]}-01", outcome.value[5]) in drawn
    widest = [row for row in rows_of(fan_spec(answer), "low") if row.get("x") == "2019-12-01"]
    assert max(row["high"] for row in widest) == answer.scenarios[0].flows["turnover"].months.upper["95"][-1]  # type: ignore[type-var]


def test_a_month_missing_from_the_record_breaks_the_line(answer: Answer) -> None:
    record = answer.history["turnover"]
    month, value = record.months.month, record.months.value
    months = MonthSeries(month[:5] + month[6:], value[:5] + value[6:])
    holed = replace(answer, history={"turnover": Record(months, record.years)})
    assert {"x": "2017-06-01", "y": None} in list(rows_of(fan_spec(holed), "y"))
    assert render(fan_spec(holed)).startswith(b"<svg")


def test_annual_record_is_drawn_by_years(build: Callable[..., Answer]) -> None:
    answer = build(single_months=False)
    drawn = {(row["x"], row["y"]) for row in rows_of(fan_spec(answer), "y")}
    assert ("2015-01-01", 68.0) in drawn
    assert ("2018-01-01", 107.3) in drawn
    svg = render(fan_spec(answer)).decode()
    assert "bn USD a year" in svg
    assert ">2013<" in svg


@pytest.mark.parametrize(
    "variant",
    [
        {"targets": False},
        {"outcome": False},
        {"outcome": False, "targets": False, "single_months": False},
        {"scenarios": ("baseline",), "levels": (80,)},
        {"scenarios": ("baseline", "a", "b", "c", "d", "an-unusually-long-name-of-a-scenario-of-mine")},
    ],
)
def test_variants_render(build: Callable[..., Answer], variant: dict[str, object]) -> None:
    svg = render(fan_spec(build(**variant))).decode()
    assert "NaN" not in svg
    assert ("what really happened" in svg) == (variant.get("outcome", True) is True)
    assert ("P(\u2265 100)" in svg) == (variant.get("targets", True) is True)


def test_a_single_month_ahead_without_history(answer: Answer) -> None:
    def first(bands: MonthBands) -> MonthBands:
        lower = {level: column[:1] for level, column in bands.lower.items()}
        upper = {level: column[:1] for level, column in bands.upper.items()}
        return MonthBands(bands.month[:1], bands.median[:1], bands.mean[:1], lower, upper)

    scenarios = []
    for scenario in answer.scenarios:
        flow = scenario.flows["turnover"]
        years = YearBands((), (), (), (), dict.fromkeys(flow.years.lower, ()), dict.fromkeys(flow.years.upper, ()))
        flows = {"turnover": FlowAnswer(flow.unit, first(flow.months), years)}
        scenarios.append(replace(scenario, flows=flows, oil_usd=first(scenario.oil_usd), targets=()))
    bare = replace(answer, scenarios=tuple(scenarios), history={}, outcome={})
    svg = render(fan_spec(bare)).decode()
    assert "NaN" not in svg
    assert "in October 2018" in svg
    assert "P(" not in svg


def test_scenarios_without_a_line_are_counted(build: Callable[..., Answer]) -> None:
    answer = build(scenarios=("baseline", "a", "b", "c", "d", "e", "f"))
    svg = render(fan_spec(answer)).decode()
    assert "lines of 2 more scenarios left out" in svg
    assert svg.count(">f<") >= 1


def test_no_history_at_all(answer: Answer) -> None:
    svg = render(fan_spec(replace(answer, history={}, outcome={}))).decode()
    assert ">baseline<" in svg
    assert ">published<" not in svg


def test_write_chart_chooses_by_suffix(answer: Answer, tmp_path: Path) -> None:
    assert write_chart(answer, tmp_path / "a.SVG").read_bytes().startswith(b"<svg")
    assert write_chart(answer, str(tmp_path / "a.png")).read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.SVG", "a.png"]


def test_refusals_leave_nothing(answer: Answer, tmp_path: Path) -> None:
    with pytest.raises(SchemaError) as caught:
        write_chart(answer, tmp_path / "a.pdf")
    assert caught.value.allowed == (".svg", ".png")
    with pytest.raises(SchemaError, match="make it first"):
        write_chart(answer, tmp_path / "nowhere" / "a.svg")
    with pytest.raises(SchemaError, match="holds turnover"):
        write_chart(answer, tmp_path / "a.svg", flow="exports")
    with pytest.raises(SchemaError, match="no theme"):
        fan_spec(answer, theme="sepia")
    with pytest.raises(SchemaError, match="pixels wide"):
        fan_spec(answer, width=20)
    with pytest.raises(SchemaError, match="no format"):
        render({}, "gif")
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file(answer: Answer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.svg"
    file.write_text("old")

    def fail(self: Path, target: Path) -> Path:
        raise OSError("disk")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(InputError, match="cannot be written: disk"):
        write_chart(answer, file)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
