"""Shocks of the Bayesian VAR told apart by their order, and the written example of one of them adjusting."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import ScenarioError
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.simulate import simulate_bvar
from forecast.scenarios.regular.meeting import Sum
from forecast.scenarios.regular.var_shocks import meet_by_shocks, named_shocks, recursive_root, shock_order
from tests.reference.golden_var import LAGS, PAST, S
from tests.unit.models.bvar.cases import fitted_by_hand, no_scales

PATHS = 20_000
NO_OFFSET = np.zeros((1, 4, 2))
AS_WRITTEN = np.array([0, 1])


def golden() -> FittedBvar:
    return fitted_by_hand(LAGS, np.array([0.1, 0.2]), S, PAST[::-1].copy(), no_scales())


def pins(*horizons: int) -> tuple[Sum, ...]:
    return tuple(Sum(np.array([2 * (h - 1)]), np.array([2.0]), f"y1 of {h}") for h in horizons)


def test_activity_comes_first_then_oil_currencies_and_flows() -> None:
    names = ("exports", "imports", "oil", "fx:AAA", "fx:BBB", "activity")
    assert [names[i] for i in shock_order(names, 2)] == ["activity", "oil", "fx:AAA", "fx:BBB", "exports", "imports"]


def test_root_is_of_the_same_covariance_with_each_shock_in_its_variables_column() -> None:
    order = np.array([2, 0, 1])
    root = np.linalg.cholesky(np.array([[2.0, 0.5, 0.3], [0.5, 1.0, 0.2], [0.3, 0.2, 0.7]]))
    found = recursive_root(root, order)
    np.testing.assert_allclose(found @ found.T, root @ root.T, atol=1e-14)
    assert found[2, 0] == found[2, 1] == found[0, 1] == 0.0, "what comes first does not answer to what comes later"
    assert (np.diag(found) > 0.0).all()


def test_only_the_first_shock_may_adjust() -> None:
    """The written means, as all other shocks keep their law; every shock adjusting gives Waggoner and Zha's."""
    free = simulate_bvar(golden(), 4, PATHS, 1)
    for adjusts, expected in (
        ([True, False], [0.9425, 1.531475, 1.753451, 1.775545]),
        ([True, True], [1.040841, 1.673294, 1.861364, 1.817356]),
    ):
        got = meet_by_shocks(golden(), free, pins(1, 2, 3, 4), NO_OFFSET, np.array(adjusts), AS_WRITTEN)
        np.testing.assert_array_equal(got[:, :, 0], 2.0)
        se = got[:, :, 1].std(axis=0) / np.sqrt(PATHS)
        assert (np.abs(got[:, :, 1].mean(axis=0) - expected) < 5 * se).all()


def test_all_shocks_give_the_kernels_own_paths() -> None:
    given = np.full((4, 2), np.nan)
    given[3, 0] = 2.0
    free = simulate_bvar(golden(), 4, 200, 1)
    got = meet_by_shocks(golden(), free, pins(4), NO_OFFSET, np.array([True, True]), AS_WRITTEN)
    np.testing.assert_allclose(got, simulate_bvar(golden(), 4, 200, 1, given), atol=1e-10)


def test_only_the_second_shock_cannot_do_it() -> None:
    free = simulate_bvar(golden(), 4, 100, 1)
    with pytest.raises(ScenarioError, match=r"y1 of 1 cannot be pinned: .* do not move it \(rank 3 of 4\)"):
        meet_by_shocks(golden(), free, pins(1, 2, 3, 4), NO_OFFSET, np.array([False, True]), AS_WRITTEN)


def test_shocks_are_named_by_flow_and_driver() -> None:
    names = ("CHN-RUS exports", "CHN-RUS imports", "oil", "activity")
    flows = ("exports", "imports")
    assert named_shocks((), names, flows).all()
    assert named_shocks(("imports", "oil"), names, flows).tolist() == [False, True, True, False]
    with pytest.raises(ScenarioError, match="knows no shock 'common'"):
        named_shocks(("common",), names, flows)
