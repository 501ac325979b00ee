"""What paths hold of crises, taken off once where a scenario brings its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from forecast.models.crises.overlay import MEAN_HELD, NOTHING_HELD, VARIANCE_HELD, Held, draw_crises, law_known_by
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.regular.crises_held import crisis_offset, held_of
from tests.unit.scenarios.regular.cases import HORIZON, ORIGIN, common_of_two, records


def holding(*held: Held) -> CommonDraws:
    common = common_of_two(1000)
    return replace(common, law=replace(common.law, held=held))  # type: ignore[type-var]


def usual_mean() -> np.ndarray:
    law = replace(law_known_by(ORIGIN), running=None)
    return draw_crises(law, HORIZON, 4096, 1).log_effect.mean(axis=0)


def test_the_usual_mean_is_taken_off_by_the_share_held_of_each_flow() -> None:
    got = crisis_offset(holding(Held(0.5, 0.0), Held(0.2, 0.0)))
    assert got.shape == (1000, HORIZON, 2)
    np.testing.assert_allclose(got[:, :, 0], np.broadcast_to(-0.5 * usual_mean(), (1000, HORIZON)))
    np.testing.assert_allclose(got[:, :, 1] / got[:, :, 0], 0.4)
    assert (got[:, 11:] > 0.0).all(), "crises lower trade; without them it is higher"
    half = crisis_offset(holding(Held(0.5, 0.0), Held(0.2, 0.0)), share=0.5)
    np.testing.assert_allclose(half, 0.5 * got)


def test_the_usual_variance_is_taken_off_too_and_never_more_than_three_quarters() -> None:
    common = holding(Held(0.0, 1.0), Held(0.0, 1.0))
    law = replace(law_known_by(ORIGIN), running=None)
    usual = draw_crises(law, HORIZON, 4096, 1).log_effect.var(axis=0)
    before = common.free.flows.std(axis=0)
    after = (common.free.flows + crisis_offset(common)).std(axis=0)
    expected = np.sqrt(np.maximum(before**2 - usual[:, None], before**2 / 4))
    np.testing.assert_allclose(after, expected, rtol=0.05)
    np.testing.assert_allclose(np.median(crisis_offset(common), axis=0), 0.0, atol=1e-3)


def test_a_calm_record_or_no_share_leaves_the_paths() -> None:
    for got in (crisis_offset(holding(NOTHING_HELD, NOTHING_HELD)), crisis_offset(holding(Held(0.5, 1.0)), share=0.0)):
        assert got.shape == (1, HORIZON, 2)
        assert not got.any()


def test_what_is_held_follows_from_the_crises_of_the_record() -> None:
    """2000 to 2009 met 2001 and 2008-09: as many as usual or more."""
    held = held_of((records()["exports"],))
    assert held == (Held(MEAN_HELD, VARIANCE_HELD),)
    calm = held_of((records()["exports"].cut(12),))[0]
    assert calm.mean == pytest.approx(0.0)
