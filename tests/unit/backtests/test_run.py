"""backtest(): nothing known too early, the same card however it is made, and nothing dropped in silence."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecast.backtests.run import backtest
from forecast.backtests.store import open_store
from forecast.errors import GapError, SchemaError
from forecast.evaluation.score_card import ScoreCard
from forecast.series import Series
from tests.unit.backtests.makers import (
    START,
    broken,
    follows_oil,
    noise,
    oil,
    record,
    speaks_late,
    too_narrow,
    truth,
    wrong_shape,
)

ASKED = {"models": "drift,seasonal-naive", "origins": "2006-06..2008-12/6", "horizons": "1,6,12", "paths": 200}


def small(**changed: object) -> ScoreCard:
    return backtest(record(), ASKED, **changed)  # type: ignore[arg-type]


def said(card: ScoreCard) -> dict[tuple[str, str, int], tuple[object, ...]]:
    """What was forecast, without what came."""
    return {
        (c.model, c.origin, c.horizon): (c.point, c.median, c.lower, c.upper, c.scale, c.known_on) for c in card.cases
    }


def test_a_card_holds_every_case() -> None:
    card = small()
    assert [model.name for model in card.models] == ["drift", "seasonal-naive"]
    assert card.origins == ("2006-06", "2006-12", "2007-06", "2007-12", "2008-06", "2008-12")
    assert len(card.cases) == 2 * 6 * 3
    assert {(s.model, s.horizon): (s.n, s.n_eff) for s in card.scores}["drift", 12] == (6, 3)
    values = record().values
    for case in card.cases:
        at = 12 * int(case.origin[:4]) + int(case.origin[5:]) - 1 - START
        assert case.outcome == values[at + case.horizon]
        assert case.known_on == case.origin
    for score in card.scores:
        own = [c for c in card.cases if (c.model, c.horizon) == (score.model, score.horizon)]
        assert score.crps == pytest.approx(np.mean([c.crps for c in own]))
        assert score.coverage["80"] == np.mean([c.lower["80"] <= c.outcome <= c.upper["80"] for c in own])
        assert sum(score.pit) == pytest.approx(len(own))
        assert score.crps_ratio == 1.0 or score.model != card.reference
    assert [(t.target, t.n) for t in card.target_scores if t.model == "drift"] == [(">= 100%", 6)] * 3
    assert card.target_cases[0].hit in (True, False)


def test_the_reference_is_always_there() -> None:
    card = backtest(record(), ASKED | {"models": "drift"})
    assert [model.name for model in card.models] == ["drift", "seasonal-naive"]
    assert all(score.crps_ratio is not None for score in card.scores)


# ---- nothing known too early -------------------------------------------------------------------------


def test_a_poisoned_future_changes_no_forecast() -> None:
    clean = small()
    values = record().values.copy()
    last = 12 * 2008 + 11 - START
    values[last + 1 :] *= 1e3
    poisoned = backtest(Series("a record", START, 1, values), ASKED)
    assert said(poisoned) == said(clean)
    late = [c for c in poisoned.cases if c.origin == "2008-12"]
    assert min(c.outcome for c in late) > 1e4
    for origin in ("2006-06", "2007-12"):
        cut = backtest(record().until(12 * int(origin[:4]) + int(origin[5:]) + 11), ASKED | {"origins": origin})
        expected = {key: value for key, value in said(clean).items() if key[1] == origin}
        assert said(cut) == expected


def test_drivers_are_cut_at_the_origin_and_at_the_horizon() -> None:
    seen: dict[int, tuple[int, int]] = {}

    def spy(task):  # type: ignore[no-untyped-def]
        if task.given:
            seen[task.series.origin] = (task.known["oil"].end, task.given["oil"].end)
        return follows_oil(task)

    backtest(record(), ASKED | {"given_oil": True}, drivers={"oil": oil()}, forecasters={"spy": spy})
    assert seen == {origin: (origin, origin + 12) for origin in seen}
    assert len(seen) == 6


# ---- the same card however it is made ----------------------------------------------------------------


def test_on_one_and_two_workers() -> None:
    own = {"narrow": too_narrow}
    assert small(forecasters=own, workers=2) == small(forecasters=own)


def test_an_interrupted_run_goes_on(tmp_path: Path) -> None:
    path, done = tmp_path / "s", []

    def interrupt(count: int, total: int, what: str) -> None:
        if total and count == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        small(store=path, progress=interrupt)
    with open_store(path) as store:
        assert len(store) == 5
    card = small(store=path, progress=lambda count, total, what: done.append((count, total)))
    assert [each for each in done if each[1]] == [(count, 12) for count in range(5, 13)]
    assert card == small()
    again = small(store=path, progress=lambda count, total, what: done.append((count, total)))
    assert done[-1] == (12, 12)
    assert again == card


_KILLED = """
import os, sys
from forecast.backtests.run import backtest
from tests.unit.backtests.makers import record
from tests.unit.backtests.test_run import ASKED
backtest(record(), ASKED, store=sys.argv[1], progress=lambda done, total, what: os._exit(9) if done == 4 else None)
"""


def test_a_killed_run_goes_on(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "s"
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(path)], cwd=root, capture_output=True, check=False)
    assert killed.returncode == 9, killed.stderr.decode()
    with open_store(path) as store:
        assert len(store) == 4
    assert small(store=path) == small()


def test_other_options_or_figures_find_nothing_kept(tmp_path: Path) -> None:
    path = tmp_path / "s"
    few = ASKED | {"origins": "2008-06", "models": "drift"}
    changes: list[dict[str, object]] = [{}, {"seed": 8}, {"paths": 201}, {"targets": [">= 300"]}, {"horizons": "1,6"}]
    for count, changed in enumerate(changes, start=1):
        backtest(record(), few | changed, store=path)
        with open_store(path) as store:
            assert len(store) == 2 * count
    other = backtest(record(seed=2), few, store=path)
    assert other == backtest(record(seed=2), few)
    with open_store(path) as store:
        assert len(store) == 2 * len(changes) + 2


def test_a_forecaster_of_ones_own_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first = small(store=path, forecasters={"mine": truth})
    second = small(store=path, forecasters={"mine": too_narrow})
    assert said(first)["mine", "2006-06", 1] != said(second)["mine", "2006-06", 1]
    with open_store(path) as store:
        assert len(store) == 12


# ---- nothing dropped in silence ----------------------------------------------------------------------


def test_a_model_that_cannot_speak_is_named_and_compared_where_it_could() -> None:
    card = small(forecasters={"late": speaks_late, "broken": broken, "wrong": wrong_shape})
    models = {model.name: model for model in card.models}
    assert [each.origin for each in models["late"].missing] == ["2006-06", "2006-12", "2007-06"]
    assert "too few for me" in models["late"].missing[0].why
    assert models["broken"].missing[0].why == "a defect of the model: ZeroDivisionError: oh"
    assert len(models["broken"].missing) == 6
    assert "paths (200, 13)" in models["wrong"].missing[0].why
    scores = {(s.model, s.horizon): s for s in card.scores}
    assert scores["late", 1].n == 3
    assert ("broken", 1) not in scores
    common = [c for c in card.comparisons if "late" in (c.model, c.against)]
    assert {c.n for c in common} == {3}
    late, naive = (
        sum(c.crps for c in card.cases if c.model == name and c.horizon == 1 and c.origin >= "2007-12")
        for name in ("late", "seasonal-naive")
    )
    assert scores["late", 1].crps_ratio == pytest.approx(late / naive)


def test_origins_in_a_gap_are_named() -> None:
    values = record().values.copy()
    values[12 * 2007 + 5 - START] = np.nan
    card = backtest(Series("gap", START, 1, values), ASKED)
    assert [(each.origin, each.why) for each in card.left_out] == [("2007-06", "gap has no figure for 2007-06.")]
    assert "2007-06" not in card.origins
    for horizon in (6, 12):
        assert {s.n for s in card.scores if s.horizon == horizon} == {4}, "one origin has lost its outcome as well"


def test_oil_given_stands_beside_the_same_model_without() -> None:
    card = backtest(
        record(),
        ASKED | {"given_oil": True, "models": "drift"},
        drivers={"oil": oil()},
        forecasters={"oily": follows_oil, "deaf": truth},
    )
    assert [model.name for model in card.models] == ["drift", "oily", "oily, oil given", "deaf", "seasonal-naive"]
    assert [model.oil_given for model in card.models] == [False, False, True, False, False]
    assert [each.why for each in card.left_out] == [
        "deaf, oil given: left out, deaf says the same without the oil price"
    ]
    assert said(card)["oily", "2006-06", 12] != said(card)["oily, oil given", "2006-06", 12]
    inside = {s.model for s in card.scores if s.confidence_set_p is not None}
    assert "oily, oil given" not in inside


# ---- calibration -------------------------------------------------------------------------------------


def test_truth_is_calibrated_and_half_its_spread_is_not() -> None:
    card = backtest(
        noise(230),
        {"models": "seasonal-naive", "origins": "2002-01..2018-08/1", "horizons": "1", "paths": 199},
        forecasters={"truth": truth, "narrow": too_narrow},
    )
    scores = {score.model: score for score in card.scores}
    n = scores["truth"].n
    assert n == 200
    bound = 5 * np.sqrt(n * 0.09)
    assert np.abs(np.array(scores["truth"].pit) - n / 10).max() < bound
    assert np.abs(np.array(scores["narrow"].pit) - n / 10).max() > bound
    for level in (50, 80, 95):
        share = level / 100
        assert abs(scores["truth"].coverage[str(level)] - share) < 5 * np.sqrt(share * (1 - share) / n)
    assert scores["narrow"].coverage["80"] < 0.6
    assert scores["truth"].crps < scores["narrow"].crps < scores["seasonal-naive"].crps
    assert scores["truth"].confidence_set_p == 1.0
    assert (scores["narrow"].confidence_set_p or 0.0) < 0.05
    test = next(c for c in card.comparisons if {c.model, c.against} == {"truth", "narrow"})
    assert test.p_value is not None
    assert test.p_value < 0.01


# ---- refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "pointer", "message"),
    [
        ({"origins": "1990"}, "/origins", "2001-12"),
        ({"origins": "2009-12"}, "/origins", "2009-11"),
        ({"origins": "2009-06", "horizons": "1,12"}, "/horizons", "12 months later"),
        ({"models": "etss"}, "/models/0", "etss"),
        ({"given_oil": True}, "/given_oil", "reads the oil price"),
        ({"targets": ["exports >= 3"]}, "/targets", "a record is judged"),
        ({"flow": "exports"}, "/flow", "is for a pair"),
    ],
)
def test_what_cannot_be_judged(options: dict[str, object], pointer: str, message: str) -> None:
    with pytest.raises((SchemaError, GapError), match=message) as caught:
        backtest(record(), ASKED | options)
    assert caught.value.pointer == pointer


def test_other_refusals() -> None:
    with pytest.raises(SchemaError, match="cannot be called 'ets'"):
        small(forecasters={"ets": truth})
    with pytest.raises(SchemaError, match="cannot be called 'a,b'"):
        small(forecasters={"a,b": truth})
    with pytest.raises(SchemaError, match="workers"):
        small(workers=0)
    with pytest.raises(SchemaError, match="sent to another process"):
        small(forecasters={"mine": lambda task: truth(task)}, workers=2)
    with pytest.raises(SchemaError, match="end with a figure"):
        backtest(replace(record(), values=np.append(record().values, np.nan)), ASKED)
    with pytest.raises(SchemaError, match="is for a record"):
        backtest("CHN-RUS", drivers={"oil": oil()})
    with pytest.raises(GapError, match="longer record"):
        backtest(record(24))


def test_years_leave_out_horizons_inside_a_year() -> None:
    years = record(12 * 30, step=12)
    options = {"models": "drift", "origins": "2015..2020", "horizons": "1,12,30,36", "paths": 100}
    card = backtest(years, options)
    assert card.horizons == (12, 36)
    assert card.left_out[0].why == "the record is one of years; horizons of 1, 30 months end inside a year"
    with pytest.raises(SchemaError, match="multiples of 12") as caught:
        backtest(years, options | {"horizons": "1,6"})
    assert caught.value.pointer == "/horizons"
    with pytest.raises(SchemaError, match="none ends in 2015-06"):
        backtest(years, options | {"origins": "2015-06"})
    by_default = backtest(years, {"models": "drift", "paths": 100})
    assert by_default.horizons == (12, 24, 36)
    assert (by_default.origins[0], by_default.origins[-1], by_default.left_out) == ("2009-12", "2028-12", ())
