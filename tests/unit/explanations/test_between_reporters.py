"""Two counts of the same trade, in parts that add up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.errors import SchemaError
from forecast.evaluation.target_reading import parse_target
from forecast.explanations.between_reporters import explain_reporters
from forecast.prepared import Prepared, draw, prepare
from forecast.question import Target
from forecast.scenarios.scenario import BASELINE
from forecast.summary import target_answer


def test_parts_add_up_and_ends_are_the_answers(ready: Prepared, hundred: Target) -> None:
    found = explain_reporters(ready.question, "CHN", "RUS", hundred)
    assert [part.name for part in found.parts] == ["what is published", "the level", "the width"]
    for name in ("probability", "mean", "median"):
        change = getattr(found.after.amounts, name) - getattr(found.before.amounts, name)
        assert sum(getattr(part.effect, name) for part in found.parts) == pytest.approx(change, abs=1e-9)
    for side, reporter in ((found.before, "CHN"), (found.after, "RUS")):
        of = prepare(replace(ready.question, reporter=reporter))
        answer = target_answer(of.panel, draw(of, BASELINE).ensemble, hundred, reporter)
        assert side.amounts.probability == answer.probability
    assert found.parts[0].effect.probability == 0.0  # nothing of 2019 is published
    assert found.parts[0].error.probability == 0.0


def test_turned_round_the_parts_change_their_signs(ready: Prepared) -> None:
    target = parse_target("turnover >= 105 in 2018")
    there = explain_reporters(ready.question, "CHN", "RUS", target)
    back = explain_reporters(ready.question, "RUS", "CHN", target)
    assert there.parts[0].effect.probability != 0.0
    for one, other in zip(there.parts, back.parts, strict=True):
        assert one.effect.probability == pytest.approx(-other.effect.probability, abs=1e-12)
        assert one.effect.mean == pytest.approx(-(other.effect.mean or 0.0), abs=1e-9)


def test_a_moving_span_has_no_mean(ready: Prepared) -> None:
    found = explain_reporters(ready.question, "CHN", "RUS", parse_target("turnover >= 115 over trailing-12"))
    assert found.summed == ""
    assert found.total.effect.mean is None
    change = found.after.amounts.probability - found.before.amounts.probability
    assert np.sum([part.effect.probability for part in found.parts]) == pytest.approx(change, abs=1e-12)


@pytest.mark.parametrize(("before", "after"), [("CHN", "USA"), ("RUS", "RUS")])
def test_other_counts_are_refused(ready: Prepared, hundred: Target, before: str, after: str) -> None:
    with pytest.raises(SchemaError) as found:
        explain_reporters(ready.question, before, after, hundred)
    assert found.value.pointer == "/reporters"
