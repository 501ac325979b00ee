"""ask(): a Question becomes an Answer; seeds, threads, what was known on the day, and what the reader is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from forecast import prepared
from forecast.answer import Answer
from forecast.errors import GapError, NotFoundError, ScenarioError, SchemaError
from forecast.kernels._threads import threads
from forecast.months import Span, month, year_span
from forecast.question import Question, Target
from forecast.scenarios.conditions.kinds import OIL, Event, Odds, Pinned, Ramp
from forecast.scenarios.scenario import Scenario
from forecast.workflow import ask
from tests.exact.cases import FLAGSHIP_DAY, PAIR, frame, monthly_flows, spans_of

TABLE = frame(spans_of(monthly_flows(), 1))
ASKED = Question(
    PAIR,
    as_of=date(2017, 9, 25),
    through=month(2018, 12),
    paths=600,
    scenarios=("baseline", Scenario("cheap-oil", conditions=(Pinned(OIL, Ramp(40.0, 3)),))),
    targets=(Target("turnover", 26.0, year_span(2017)), Target("exports", 1.2, "trailing-12")),
)


@pytest.fixture
def no_kept_fits() -> Iterator[None]:
    """Every fit is made anew."""
    kept = dict(prepared._fits)
    prepared._fits.clear()
    yield
    prepared._fits.clear()
    prepared._fits.update(kept)


def by_threads(count: int, question: Question, table: pl.DataFrame | None) -> Answer:
    prepared._fits.clear()
    with threads(count):
        return ask(question, table=table)


@pytest.mark.parametrize("table", [None, TABLE], ids=["flagship", "own table"])
@pytest.mark.usefixtures("no_kept_fits")
def test_one_and_two_threads_give_the_same_bits(table: pl.DataFrame | None) -> None:
    question = replace(ASKED, pair="CHN-RUS", as_of=FLAGSHIP_DAY, targets=()) if table is None else ASKED
    assert by_threads(1, question, table) == by_threads(2, question, table)


def test_same_question_same_answer_other_seed_other_paths() -> None:
    one = ask(ASKED, table=TABLE)
    assert ask(ASKED, table=TABLE) == one
    other = ask(replace(ASKED, seed=8), table=TABLE)
    assert other.id != one.id
    assert other.scenarios[0].flows["turnover"].months.median != one.scenarios[0].flows["turnover"].months.median


@pytest.mark.usefixtures("no_kept_fits")
def test_figures_published_later_do_not_enter() -> None:
    """The whole table as of a day answers as the table of that day does."""
    cut = TABLE.filter(pl.col("span_end") <= "2017-08")
    whole, known = ask(ASKED, table=TABLE), ask(ASKED, table=cut)
    assert whole.scenarios == known.scenarios
    assert whole.history == known.history
    assert whole.id == known.id
    assert whole.provenance.data_sha256 == known.provenance.data_sha256
    assert whole.outcome["turnover"].months.month == ("2017-09", "2017-10", "2017-11", "2017-12")
    assert known.outcome["turnover"].months.month == ()


def test_answer_holds_what_was_asked() -> None:
    answer = ask(ASKED, table=TABLE)
    assert answer.origin == "2017-08"
    assert [scenario.name for scenario in answer.scenarios] == ["baseline", "cheap-oil"]
    assert answer.question["reporter"] == "POL"
    for scenario in answer.scenarios:
        assert scenario.effective_paths == 600
        assert scenario.oil_usd.month == scenario.flows["exports"].months.month
        turnover = scenario.flows["turnover"]
        assert turnover.months.month[0] == "2017-09"
        assert turnover.months.month[-1] == "2018-12"
        assert turnover.years.year == (2017, 2018)
        known = monthly_flows()[108:116].sum()
        assert turnover.years.known_part == (pytest.approx(known), 0.0)
        assert turnover.years.lower["95"][0] > known
        for block in (turnover.months, turnover.years, scenario.oil_usd):
            for i in range(len(block.median)):
                column = [block.lower["95"], block.lower["80"], block.lower["50"], block.median]
                column += [block.upper["50"], block.upper["80"], block.upper["95"]]
                assert [each[i] for each in column] == sorted(each[i] for each in column)
    base, cheap = (s.targets for s in answer.scenarios)
    assert [target.span for target in base] == ["2017", "trailing-12"]
    assert base[1].probability == 1.0
    assert sum(base[0].first_month.values()) == pytest.approx(1.0)
    assert answer.scenarios[0].plausibility.q == 0.0
    assert answer.scenarios[1].plausibility.q > 0.0
    assert cheap[0].probability <= base[0].probability + 0.02


def test_history_and_outcome_are_the_table_s() -> None:
    answer = ask(ASKED, table=TABLE)
    flows = monthly_flows()
    np.testing.assert_allclose(answer.history["exports"].months.value, flows[:116, 0])
    np.testing.assert_allclose(
        answer.history["turnover"].years.value, flows[:108].sum(axis=1).reshape(9, 12).sum(axis=1)
    )
    np.testing.assert_allclose(answer.outcome["imports"].months.value, flows[116:, 1])
    assert answer.outcome["turnover"].years.year == (2017,)


def test_a_span_of_the_past_is_answered_by_the_record() -> None:
    sum_2010 = float(monthly_flows()[24:36].sum())
    targets = tuple(Target("turnover", mark, year_span(2010)) for mark in (sum_2010 - 0.1, sum_2010 + 0.1))
    across = Target("turnover", sum_2010 + 1.0, Span(month(2010, 1), month(2017, 12)))
    answer = ask(replace(ASKED, targets=(*targets, across), scenarios=("baseline",)), table=TABLE)
    assert [t.probability for t in answer.scenarios[0].targets] == [1.0, 0.0, 1.0]
    assert [t.mc_error for t in answer.scenarios[0].targets] == [0.0, 0.0, 0.0]
    assert answer.scenarios[0].targets[2].first_month == {"known": 1.0, "never": 0.0}


def test_horizon() -> None:
    default = ask(replace(ASKED, through=None, targets=(), paths=100), table=TABLE)
    assert default.question["through"] == "2018-12"
    for through in (month(2017, 8), month(2027, 9)):
        with pytest.raises(SchemaError) as caught:
            ask(replace(ASKED, through=through), table=TABLE)
        assert caught.value.pointer == "/through"
    with pytest.raises(SchemaError, match="exports") as gone:
        ask(
            replace(ASKED, targets=(Target("imports", 1.0, year_span(2018)),)),
            table=TABLE.filter(pl.col("flow") == "exports"),
        )
    assert gone.value.pointer == "/targets/0/flow"
    with pytest.raises(Exception, match="horizon") as beyond:
        ask(replace(ASKED, targets=(Target("turnover", 1.0, year_span(2019)),)), table=TABLE)
    assert beyond.value.pointer == "/targets/0/span"  # type: ignore[attr-defined]


def test_unknown_scenario_is_pointed_at() -> None:
    with pytest.raises(NotFoundError) as caught:
        ask(replace(ASKED, scenarios=("baseline", "flood")), table=TABLE)
    assert caught.value.pointer == "/scenarios/1"


def test_identity_depends_on_question_scenario_and_data() -> None:
    one = ask(ASKED, table=TABLE)
    hotter = replace(ASKED, scenarios=("baseline", Scenario("cheap-oil", conditions=(Pinned(OIL, Ramp(41.0, 3)),))))
    other_data = TABLE.with_columns(pl.col("value") * 1.001)
    ids = {one.id, ask(hotter, table=TABLE).id, ask(replace(ASKED, paths=601), table=TABLE).id}
    assert len(ids | {ask(ASKED, table=other_data).id}) == 4


def test_reader_is_warned() -> None:
    late = ask(replace(ASKED, as_of=date(2019, 6, 30), through=month(2019, 12), targets=(), paths=100), table=TABLE)
    assert any("2017-12" in warning and "18 months" in warning for warning in late.warnings)
    hole = TABLE.filter(~pl.col("span_end").str.starts_with("2012"))
    holed = ask(replace(ASKED, targets=(), paths=100), table=hole)
    assert any("no figure for 2012" in warning for warning in holed.warnings)
    assert not ask(replace(ASKED, paths=100), table=TABLE).warnings


def test_the_model_asked_for_answers_and_says_what_it_fitted() -> None:
    question = replace(ASKED, scenarios=("baseline",), model="theta")
    answer = ask(question, table=TABLE)
    assert answer.provenance.model == "theta"
    assert "turnover by" in answer.provenance.why_this_model
    assert answer.origin == "2017-08"
    flows = answer.scenarios[0].flows
    assert set(flows) == {"exports", "imports", "turnover"}
    assert flows["turnover"].years.lower["80"][0] > flows["turnover"].years.known_part[0]
    assert answer.scenarios[0].plausibility.q == 0.0
    assert ask(question, table=TABLE) == answer
    assert ask(replace(question, model="structural"), table=TABLE).provenance.model == "structural"


def test_auto_picks_by_the_record_and_not_by_the_scenarios() -> None:
    long = ask(replace(ASKED, scenarios=("baseline",), paths=100), table=TABLE)
    assert long.provenance.model == "pool"
    assert "116 single months" in long.provenance.why_this_model
    assert ask(replace(ASKED, paths=100), table=TABLE).provenance.model == "pool"
    flagship = ask(Question("CHN-RUS", as_of=FLAGSHIP_DAY, paths=100))
    assert flagship.provenance.model == "structural"


def test_models_of_single_months_refuse_what_they_cannot_read() -> None:
    years = frame(spans_of(monthly_flows(), 12))
    with pytest.raises(GapError, match="single months") as caught:
        ask(replace(ASKED, scenarios=("baseline",), targets=(), model="ets"), table=years)
    assert caught.value.pointer == "/model"


def test_a_scenario_that_cannot_hold_is_named_with_its_place() -> None:
    far = Scenario("far", conditions=(Odds(Event("turnover", at_least=1e6, span=year_span(2018)), 0.5),))
    with pytest.raises(ScenarioError, match=r"^far: .*no path") as caught:
        ask(replace(ASKED, scenarios=("baseline", far), paths=100), table=TABLE)
    assert caught.value.pointer == "/scenarios/1"
    halves = (Scenario("a", odds=0.5), Scenario("b", odds=0.4))
    with pytest.raises(ScenarioError, match="must add up to 1"):
        ask(replace(ASKED, scenarios=halves, paths=100), table=TABLE)


def test_scenarios_with_odds_are_answered_with_their_mixture() -> None:
    cheap = Scenario("cheap", conditions=(Pinned(OIL, Ramp(20.0)),), odds=0.25)
    answer = ask(replace(ASKED, scenarios=(Scenario("usual", odds=0.75), cheap), model="structural"), table=TABLE)
    usual, low, mixture = answer.scenarios
    assert (usual.name, low.name, mixture.name) == ("usual", "cheap", "mixture")
    for one, other, mixed in zip(usual.targets, low.targets, mixture.targets, strict=True):
        assert mixed.probability == pytest.approx(0.75 * one.probability + 0.25 * other.probability, abs=1e-12)


def test_names_that_are_taken_and_things_that_are_no_scenarios_are_refused() -> None:
    for scenarios, said in (
        ((Scenario("baseline", conditions=(Pinned(OIL, Ramp(20.0)),)),), "without conditions"),
        ((Scenario("mixture", odds=0.5), Scenario("b", odds=0.5)), "another name"),
        ((Pinned(OIL, Ramp(20.0)),), r"baseline \+ condition"),
    ):
        with pytest.raises(SchemaError, match=said) as caught:
            ask(replace(ASKED, scenarios=scenarios, paths=100), table=TABLE)  # type: ignore[arg-type]
        assert caught.value.pointer.startswith("/scenarios/0")
