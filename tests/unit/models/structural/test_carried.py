"""An estimate taken to another panel with its parameters kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecast.data.background import load_background
from forecast.data.releases import panel_known
from forecast.models.structural.carried import carry_over
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.panel import Panel

EARLY, LATE = date(2017, 12, 31), date(2018, 3, 31)


def known(day: date) -> Panel:
    return panel_known("CHN-RUS", figures=day, drivers=day, as_of=day)


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(known(EARLY), load_background(), seed=7)


def test_to_its_own_panel_nothing_changes(fitted: Fitted) -> None:
    found = carry_over(fitted, fitted.panel, seed=7)
    assert found is not None
    spread = np.sqrt(np.einsum("dii->di", fitted.P_kept)).mean(axis=0)
    moved = np.abs(found.a_kept - fitted.a_kept).mean(axis=0)
    assert (moved <= 0.01 * spread + 1e-9).all()
    assert found.loglik == pytest.approx(fitted.loglik, abs=0.05)
    np.testing.assert_array_equal(found.var, fitted.var)


def test_to_later_figures_with_the_same_parameters(fitted: Fitted) -> None:
    found = carry_over(fitted, known(LATE), seed=7)
    assert found is not None
    assert found.layout.end > fitted.layout.end
    assert found.oil.last_log != fitted.oil.last_log
    np.testing.assert_array_equal(found.draws, fitted.draws)
    np.testing.assert_array_equal(found.coef, fitted.coef)


def test_a_panel_that_asks_for_other_parameters_is_not_met(fitted: Fitted) -> None:
    panel = fitted.panel
    mine = np.flatnonzero(panel.observations.reporter == panel.reporters.index("CHN"))
    seen = panel.observations
    alone = replace(
        seen,
        **{name: getattr(seen, name)[mine] for name in ("start", "end", "flow", "value_usd_bn", "published", "row")},
    )
    alone = replace(alone, reporter=seen.reporter[mine], resolution_usd_bn=seen.resolution_usd_bn[mine])
    assert carry_over(fitted, replace(panel, observations=alone), seed=7) is None  # no second count, no bias
