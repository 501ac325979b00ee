"""The heat map: all cells are in it, the contour lies where it should, and it renders in every shape."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest

from forecast.errors import SchemaError
from forecast.evaluation.stressed import LeastCrisis
from forecast.reports.charts import render
from forecast.reports.stress_chart import stress_spec
from tests.unit.reports.stressed import break_even, crossing, stress_map, stressed

Spec = dict[str, Any]
NO_CRISIS = LeastCrisis("typical", "2019-01", None, None, None, 0.9, 5.0, 0.6)


def layers(spec: Spec, panel: int = 1) -> list[Spec]:
    found: list[Spec] = spec["vconcat"][panel]["layer"]
    return found


def rows(spec: Spec, mark: str) -> list[list[Spec]]:
    return [each["data"]["values"] for each in layers(spec) if each["mark"]["type"] == mark]


def texts(spec: Spec, panel: int) -> str:
    return " ".join(str(each["encoding"].get("text", {}).get("value", "")) for each in layers(spec, panel))


def test_every_cell_is_in_the_picture() -> None:
    found = stressed(map=stress_map(21, 11))
    (cells,) = rows(stress_spec(found), "rect")
    assert len(cells) == 21 * 11
    assert [cell["chance"] for cell in cells] == [chance for row in found.map.chance for chance in row]
    for cell in cells:
        assert cell["left"] < cell["price"] < cell["right"]
        assert cell["low"] < cell["severity"] < cell["high"]
    for left, right in zip(cells[:-11], cells[11:], strict=True):
        assert left["right"] == right["left"]


def test_the_contour_of_alpha_runs_between_the_cells_on_either_side() -> None:
    found = stressed(map=stress_map(21, 11))
    strokes = [each for each in layers(stress_spec(found)) if each["mark"]["type"] == "line"]
    main = max(strokes, key=lambda each: each["mark"]["strokeWidth"])["data"]["values"]
    inside = [p for p in main if p["y"] <= 2.0]
    # stress_map: the chance is price / 100 - severity / 5
    assert [p["x"] / 100.0 - 0.2 * p["y"] for p in inside] == pytest.approx([0.5] * len(inside), abs=0.003)
    assert len(inside) > 10


def test_colours_turn_at_alpha() -> None:
    (cells,) = [each for each in layers(stress_spec(stressed(alpha=0.3))) if each["mark"]["type"] == "rect"]
    scale = cells["encoding"]["color"]["scale"]
    assert scale["domain"] == [0.0, 0.15, 0.3, 0.65, 1.0]
    assert len(scale["range"]) == 5


def test_today_and_break_even_are_marked_and_named() -> None:
    spec = stress_spec(stressed())
    lines = sorted({values[0]["x"] for values in rows(spec, "rule")})
    assert lines == [54.4, 78.9]
    assert "54.4: a coin toss, crises by their own odds" in texts(spec, 0)
    assert "78.9: last price known" in texts(spec, 0)
    assert "Severity of a crisis like 2008-09 that begins in November 2018" in texts(spec, 0)


def test_prices_outside_the_map_are_not_marked() -> None:
    spec = stress_spec(stressed(break_even=break_even(crossing(300.0)), base="oil-slump"))
    assert {values[0]["x"] for values in rows(spec, "rule")} == {78.9}
    assert "300" in spec["title"]["text"][0]
    assert "under oil-slump" in " ".join(spec["title"]["subtitle"])


def test_title_and_subtitle_tell_the_finding() -> None:
    spec = stress_spec(stressed())
    assert " ".join(spec["title"]["text"]) == "Turnover of at least 100 bn USD in 2019: a coin toss at 54 USD a barrel"
    assert " ".join(spec["title"]["subtitle"]) == (
        "Trade between China and Russia by China's count, as known on 2018-10-12. A crisis 0.90 times as deep as the "
        "crisis of 2008-09 makes it a coin toss too."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"map": stress_map(1, 1)},
        {"map": stress_map(2, 60), "alpha": 0.9},
        {
            "break_even": break_even(),
            "least_crisis": LeastCrisis("typical", "2019-01", None, None, None, 0.9, 5.0, 0.6),
        },
        {"break_even": break_even(crossing(40.0), crossing(70.0, rises=False))},
    ],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_renders_in_every_shape(theme: str, changes: dict[str, object]) -> None:
    spec = stress_spec(stressed(**changes), theme=theme, width=640)
    assert b"Oil price held flat" in render(spec, "svg")
    json.dumps(spec, allow_nan=False)


def test_ticks_are_round_and_apart() -> None:
    panel = stress_spec(stressed(map=stress_map(21, 11)), width=640)["vconcat"][1]
    x = panel["layer"][0]["encoding"]["x"]
    ticks, (low, high) = x["axis"]["values"], x["scale"]["domain"]
    places = [panel["width"] * math.log(tick / low) / math.log(high / low) for tick in ticks]
    assert all(b - a >= 34.0 for a, b in pairwise(places))
    assert {30.0, 40.0, 100.0} <= set(ticks)


@pytest.mark.parametrize("wrong", [{"theme": "blue"}, {"width": 10}])
def test_what_cannot_be_drawn_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        stress_spec(stressed(), **wrong)
