"""A replay in words and rows: every number is there, and tables fit their width."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from rich.console import Console

from forecast.errors import SchemaError
from forecast.evaluation.replayed import Forecast, Origin, Replay, Score
from forecast.reports.replay_table import COLUMNS, print_replay, replay_frame, replay_markdown, write_replay

NAMES = ("tradewind", "tradewind, oil given", "drift", "oil regression", "oil regression, oil given")


@pytest.fixture
def replay() -> Replay:
    """Two made-up years by five forecasters."""
    origins = tuple(
        Origin(
            year,
            date(year, 1, 31),
            outcome,
            tuple(
                Forecast(name, 90.0 + k, 80.0, 110.0, 0.01 * k - 0.02, 0.051 + k, k != 1)
                for k, name in enumerate(NAMES)
            ),
        )
        for year, outcome in ((2014, 95.2), (2015, 68.0))
    )
    scores = tuple(Score(name, 0.1 + 0.01 * k, 0.06, 0.5, 2) for k, name in enumerate(NAMES))
    return Replay("CHN-RUS", "CHN", "turnover", origins, scores)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_the_table_fits_and_holds_years_and_scores(replay: Replay, width: int) -> None:
    file = io.StringIO()
    print_replay(replay, Console(file=file, width=width))
    text = file.getvalue()
    assert text.isascii()
    assert "..." not in text
    assert max(map(len, text.splitlines())) <= width
    year = next(line for line in text.splitlines() if line.startswith("2015"))
    assert "91.0" in year
    assert year.split().count("80.0") == 2
    assert year.rstrip().endswith("out")
    assert ("2015-01-31" in year) == (width >= 100)
    for score in replay.scores:
        line = next(line for line in text.splitlines() if line.startswith(f"{score.forecaster}  "))
        assert line.split()[-4:] == [f"{score.log_rmse:.3f}", "0.060", "50%", "2"]


def test_the_frame_has_a_row_a_year_and_forecaster(replay: Replay) -> None:
    frame = replay_frame(replay)
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == 10
    assert frame.filter(year=2015, forecaster="drift")["median_usd_bn"].to_list() == [92.0]
    assert write_replay(replay, "csv").decode() == frame.write_csv()


def test_json_and_markdown_hold_the_same(replay: Replay) -> None:
    read = json.loads(write_replay(replay, "json"))
    assert read["origins"][1]["forecasts"][2]["median_usd_bn"] == 92.0
    lines = replay_markdown(replay).splitlines()
    assert len({line.count("|") for line in lines[:7]}) == 1
    assert lines[2] == "| tradewind | 0.100 | 0.060 | 50% | 2 |"
    assert lines[-1].startswith("| 2015 | 2015-01-31 | 68.0 | 90.0 | 80.0 to 110.0 | -0.020 | 91.0 |")


def test_another_format_is_refused(replay: Replay) -> None:
    with pytest.raises(SchemaError) as caught:
        write_replay(replay, "xml")
    assert caught.value.allowed == ("json", "csv", "markdown")
