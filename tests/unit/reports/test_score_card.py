"""The score card in every dress: the same numbers in tables, Markdown, CSV, JSON and the picture."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from rich.console import Console

from forecast.backtests.run import backtest
from forecast.errors import SchemaError
from forecast.evaluation.score_card import ScoreCard
from forecast.reports.charts import render
from forecast.reports.score_card import (
    CALIBRATION_HEADS,
    SCORE_HEADS,
    TARGET_HEADS,
    calibration_rows,
    notes_of,
    print_score_card,
    score_rows,
    subtitle_of,
    target_rows,
    title_of,
    verdicts,
)
from forecast.reports.score_card_chart import score_card_spec
from forecast.reports.score_card_files import COLUMNS, read_score_card, score_card_frame, write_score_card
from forecast.reports.score_card_panels import shown_horizons
from tests.unit.backtests.makers import broken, follows_oil, oil, record, speaks_late


@cache
def card() -> ScoreCard:
    return backtest(
        record(),
        {
            "models": "drift",
            "origins": "2003-12..2008-12/6",
            "horizons": "1,12",
            "paths": 100,
            "given_oil": True,
            "targets": [">= 250", ">= 110%"],
        },
        unit="USD mn",
        drivers={"oil": oil()},
        forecasters={"oily": follows_oil, "late": speaks_late, "broken": broken},
    )


def printed(width: int, shown: ScoreCard | None = None) -> list[str]:
    text = io.StringIO()
    print_score_card(shown or card(), Console(file=text, width=width, color_system=None, force_terminal=False))
    return text.getvalue().splitlines()


def test_titles() -> None:
    assert title_of(card()) == "A record, mn USD a month"
    pair = replace(card(), pair="CHN-RUS", flow="exports", reporter="RUS", unit="USD bn", step=12)
    assert title_of(pair) == "Exports of China to Russia by Russia's count, bn USD a year"
    assert subtitle_of(card()).startswith("11 origins, 2003-12 to 2008-12")
    assert subtitle_of(replace(card(), origins=("2004-12",))).startswith("1 origins, 2004-12,")


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_line_fits(width: int) -> None:
    lines = printed(width)
    assert max(map(len, lines)) <= width
    text = "\n".join(lines)
    for word in ("drift", "oily", "seasonal-naive", "In short", "DM p", "MCS p", "leave 3"):
        assert word in text
    assert ("falls" in lines[lines.index("Scores") + 2]) == (width == 120)


def test_rows_hold_the_numbers_of_the_card() -> None:
    rows = score_rows(card())
    assert [row[0] for row in rows if row[0]] == ["1", "12"]
    assert all(len(row) == len(SCORE_HEADS) for row in rows)
    assert all(len(row) == len(CALIBRATION_HEADS) for row in calibration_rows(card()))
    assert all(len(row) == len(TARGET_HEADS) for row in target_rows(card()))
    for row, score in zip(rows, card().scores, strict=True):
        assert row[1:4] == (
            score.model,
            f"{score.n}" + (f" ({score.n_eff})" if score.n_eff < score.n else ""),
            f"{score.crps:.3f}",
        )
    by_name = {(row[1], i): row for i, row in enumerate(rows)}
    assert all(row[-2] == "-" for (name, _), row in by_name.items() if name == "seasonal-naive")
    assert [row[2] for (name, _), row in by_name.items() if name == "late"] == ["3", "3 (2)"]


def test_what_was_missing_is_said() -> None:
    notes = notes_of(card())
    assert "broken said nothing at 11 of 11 origins: a defect of the model: ZeroDivisionError: oh" in notes
    assert any(note.startswith("late said nothing at 2003-12: 48 figures") for note in notes)
    assert any(note.startswith("late, oil given") for note in notes)
    assert all(note.split()[-1] in "\n".join(printed(100)) for note in notes)


def test_verdicts_name_the_best_and_hold_oil_given_against_itself() -> None:
    sentences = verdicts(card())
    assert [sentence.split(":")[0] for sentence in sentences] == ["1 month ahead", "12 months ahead"]
    for sentence, horizon in zip(sentences, (1, 12), strict=True):
        scores = {s.model: s for s in card().scores if s.horizon == horizon}
        whole = {n: s.crps for n, s in scores.items() if not n.endswith("given") and s.n == scores["drift"].n}
        assert f": {min(whole, key=whole.__getitem__)} has the lowest CRPS" in sentence
        moved = 100 * (scores["oily, oil given"].crps / scores["oily"].crps - 1)
        assert f"; given the oil price, oily {round(moved):+d}%" in sentence


def test_json_is_read_back_whole() -> None:
    assert read_score_card(write_score_card(card(), "json")) == card()
    with pytest.raises(SchemaError, match="no score card"):
        read_score_card(b'{"name": 3}')
    with pytest.raises(SchemaError, match="json, csv, markdown"):
        write_score_card(card(), "xls")


def test_csv_has_a_row_for_every_case() -> None:
    frame = pl.read_csv(write_score_card(card(), "csv"))
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == len(card().cases)
    drift = frame.filter(model="drift", horizon=12)
    score = next(s for s in card().scores if (s.model, s.horizon) == ("drift", 12))
    assert drift["crps"].mean() == pytest.approx(score.crps)
    inside = drift.select((pl.col("outcome") >= pl.col("lower_80")) & (pl.col("outcome") <= pl.col("upper_80")))
    assert inside.to_series().mean() == score.coverage["80"]
    assert score_card_frame(card()).schema["horizon"] == pl.Int64


def test_markdown() -> None:
    text = write_score_card(card(), "markdown").decode()
    assert f"| {' | '.join(SCORE_HEADS)} |" in text
    for row in score_rows(card()) + calibration_rows(card()) + target_rows(card()):
        assert f"| {' | '.join(row)} |" in text
    assert all(f"- {sentence}" in text for sentence in verdicts(card()) + notes_of(card()))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture(theme: str) -> None:
    spec = score_card_spec(card(), theme=theme)
    svg = render(spec, "svg").decode()
    for word in ("CRPS relative to seasonal-naive", "Chance of", "PIT", "oily, oil given", "12 months, n "):
        assert word in svg
    assert "NaN" not in svg
    wide = re.search(r' width="(\d+)"', svg)
    assert wide
    assert abs(int(wide[1]) - 1000) < 40


def test_pictures_of_odd_cards() -> None:
    without = replace(card(), target_scores=(), targets=())
    assert "Chance of" not in render(score_card_spec(without), "svg").decode()
    alone = replace(
        card(),
        models=card().models[-1:],
        scores=tuple(s for s in card().scores if s.model == "seasonal-naive"),
        comparisons=(),
        target_scores=(),
        targets=(),
    )
    assert "NaN" not in render(score_card_spec(alone), "svg").decode()
    assert printed(100, alone)
    for name, value in (("theme", "blue"), ("width", 10)):
        with pytest.raises(SchemaError) as caught:
            score_card_spec(card(), **{name: value})  # type: ignore[arg-type]
        assert caught.value.pointer == f"/{name}"


def test_of_many_horizons_six_are_drawn() -> None:
    scores = [replace(card().scores[0], horizon=h) for h in range(1, 21)]
    shown = shown_horizons(replace(card(), scores=tuple(scores)))
    assert len(shown) == 6
    assert (shown[0], shown[-1]) == (1, 20)
