"""The sampler on a handful of months: what is known stays, what is read is added, futures take their drivers."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate
from forecast.kernels._linalg import semidefinite_root
from forecast.kernels.random import fill_normals, fill_uniforms, student
from forecast.kernels.sparse.kalman import gains_from
from forecast.kernels.sparse.sampler import corrected_path, draw_paths, run_on
from forecast.kernels.sparse.system import System
from tests.twins.dense import draw_given, write_out
from tests.twins.systems import FloatArray, Operation, Seen, build_system, random_case

ONE, VAR = gate([1.0]), gate([0.0, 1.0, 0.25])
KEYS = np.array([101, 202])
NO_DRIVER = np.array([-1, -1, -1])
GAUSSIAN = np.array([-1, -1])


def two_states(n: int = 5) -> System:
    """A walk (0) and what an elasticity of it (1) adds to it; the walk is seen exactly in the first three months."""
    ops = [Operation(0, [(0, 1.0, 0)], 1), Operation(1, [(1, 1.0, 0), (0, 0.0, 0)], 2)]
    seen = [Seen(t, [(0, 1.0)], 0.0, y) for t, y in enumerate([1.0, 3.0, -2.0])]
    return build_system([0.0, 4.0], np.diag([1.0, 0.0]), n, ops, seen)


def drawn(
    s: System,
    paths: int,
    *,
    heavy: object = GAUSSIAN,
    driver_of: object = NO_DRIVER,
    drivers: FloatArray | None = None,
    read: object = ((0, -1), (1, -1)),
) -> FloatArray:
    ahead = len(s.val) - 3
    return np.asarray(
        draw_paths(
            s, ONE[None], VAR[None], 0, s.a0[None], s.P0[None], 0, 3,
            np.array(driver_of), np.zeros((paths, ahead, 1)) if drivers is None else drivers,
            np.array(heavy), 5.0, np.array(read), KEYS, paths,
        )
    )  # fmt: skip


def test_known_months_are_met_and_the_future_spreads() -> None:
    out = drawn(two_states(), 60)
    assert out.shape == (60, 5, 2)
    np.testing.assert_allclose(out[:, :3, 0], np.tile([1.0, 3.0, -2.0], (60, 1)), atol=1e-12)
    sd = out[:, :, 0].std(axis=0)
    assert 0.6 < sd[3] < 1.4
    assert sd[4] > sd[3]
    assert len(np.unique(out[:, 3, 0])) == 60


def test_two_states_are_read_as_their_sum() -> None:
    s = two_states()
    apart, together = drawn(s, 4), drawn(s, 4, read=((0, 1), (1, -1), (1, 0)))
    np.testing.assert_array_equal(together[:, :, 0], apart.sum(axis=2))
    np.testing.assert_array_equal(together[:, :, 1], apart[:, :, 1])
    np.testing.assert_array_equal(together[:, :, 2], apart.sum(axis=2))


def test_each_path_brings_its_own_driver() -> None:
    s = two_states()
    drivers = gate(np.arange(8.0).reshape(4, 2, 1))
    still, driven = drawn(s, 4), drawn(s, 4, driver_of=(-1, -1, 0), drivers=drivers)
    np.testing.assert_array_equal(driven[:, :, 0], still[:, :, 0])
    np.testing.assert_array_equal(driven[:, :3], still[:, :3])
    added = np.cumsum(drivers[:, :, 0] * still[:, 3:, 0], axis=1)
    np.testing.assert_allclose(driven[:, 3:, 1] - still[:, 3:, 1], added, atol=1e-12)


def test_a_heavy_operation_changes_the_future_alone() -> None:
    s = two_states()
    plain, heavy = drawn(s, 6), drawn(s, 6, heavy=(0, -1))
    np.testing.assert_array_equal(heavy[:, :3], plain[:, :3])
    np.testing.assert_array_equal(heavy[:, :, 1], plain[:, :, 1])
    uv = np.empty(4)
    for p in range(6):
        fill_uniforms(202, p, uv)
        shocks = [student(uv[0], uv[1], 5.0), student(uv[2], uv[3], 5.0)]
        np.testing.assert_allclose(np.diff(heavy[p, 2:, 0]), shocks, atol=1e-12)


def test_appended_paths_and_months_change_nothing() -> None:
    longer = drawn(two_states(6), 9)
    np.testing.assert_array_equal(drawn(two_states(5), 4), longer[:4, :5])


def test_no_month_beyond_the_record() -> None:
    assert drawn(two_states(3), 2).shape == (2, 3, 2)


def test_run_on_one_month() -> None:
    alpha = np.array([2.0, 1.0])
    run_on(
        two_states(), 4, ONE, VAR, np.array([-1, -1, 0]), np.array([10.0]),
        np.array([0.5, 2.0]), np.zeros(0), GAUSSIAN, 5.0, alpha,
    )  # fmt: skip
    np.testing.assert_allclose(alpha, [2.5, 1.0 + 25.0 + 0.5 * 2.0])


@pytest.mark.parametrize("seed", range(4))
def test_a_random_window_agrees_with_its_twin(seed: int) -> None:
    s, coef, var = random_case(seed)
    (n, k), m = s.row.shape, len(s.a0)
    gains, _, F = gains_from(s, coef, var, 0, n, s.a0, s.P0)
    L = semidefinite_root(s.P0)
    z = np.empty(m + n * k + len(F))
    fill_normals(5, 0, z)
    states = np.empty((n, m))
    corrected_path(s, coef, var, 0, n, s.a0, s.P0, L, gains, F, z, states)
    law = write_out(s, coef, var, root=L)
    np.testing.assert_allclose(states, draw_given(s, law, z[: m + n * k], z[m + n * k :]), rtol=1e-9, atol=1e-9)
