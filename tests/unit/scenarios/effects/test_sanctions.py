"""Sanctions: the loss by hand, kinds, and trade that turns here."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.data.background import load_background
from forecast.errors import ScenarioError
from forecast.scenarios.conditions.kinds import Sanctions, Uncertain
from tests.unit.scenarios.effects.cases import FIRST, effect, laid, levels


def test_a_loss_on_a_share_in_steps() -> None:
    found = effect(Sanctions("exports", share=0.5, loss_percent=Uncertain(60.0), over_months=3, until=FIRST + 4))
    assert np.exp(found[0, :6, 0]) == pytest.approx([0.9, 0.8, 0.7, 0.7, 0.7, 1.0])


def test_what_others_lose_turns_here() -> None:
    paths = levels()
    laid_by_others = Sanctions(
        "turnover",
        loss_percent=Uncertain(50.0),
        diversion=Uncertain(0.2),
        lost_from_usd_bn_a_year=100.0,
        over_months=0,
    )
    moved = paths * np.exp(effect(laid_by_others, on=paths))
    assert (moved - paths)[:, :12].sum(axis=(1, 2)) == pytest.approx(0.2 * 50.0, rel=1e-12)


@pytest.mark.parametrize("kind", ["trade", "financial", "secondary"])
def test_each_kind_has_its_default(kind: str) -> None:
    figure = load_background().policy.figure("loss_percent", kind)
    found = -np.expm1(effect(Sanctions("exports", kind=kind, over_months=0), on=levels(paths=2000, months=1))[:, 0, 0])
    clipped = np.clip(np.random.default_rng(1).normal(figure.mean, figure.sd, 200_000), figure.low, figure.high)
    assert 100.0 * found.mean() == pytest.approx(clipped.mean(), abs=5.0 * figure.sd / np.sqrt(2000))
    assert found.min() >= 0.0
    assert found.max() <= 0.99 + 1e-12


def test_an_unknown_kind_names_those_that_are() -> None:
    with pytest.raises(ScenarioError) as caught:
        laid(Sanctions("exports", kind="cyber"))
    assert caught.value.allowed == ("financial", "secondary", "trade")
    assert caught.value.pointer == "/conditions/0/type"
