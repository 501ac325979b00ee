"""System: a linear Gaussian state space whose transition is a short list of row operations.

Month t applies its operations in order. Operation k replaces one state by a sparse combination of the current
states and adds its own independent noise:

    alpha[row[t, k]] <- sum_j  val[t, j] * coef[coef_of[j]] * alpha[col[t, j]]  +  N(0, scale[t, k] * var[var_of[t, k]])

Every other state stays. A cumulator (Harvey 1989, s6.3) is the operation C <- keep * C + weight * y; so annual
totals, year-to-date sums and single months enter one likelihood, and a month costs O(states), not O(states^2).
After its operations, month t is observed through sparse rows: y_i = sum_j z_val[i, j] alpha[z_col[i, j]] + N(0, H_i).
"""

from __future__ import annotations

from typing import NamedTuple

from forecast.kernels._jit import FloatArray, IntArray


class System(NamedTuple):
    """n months, m states, k operations with l entries in all, N observations in the order of their months.

    a0 (m), P0 (m, m): mean and covariance of the states before the first month.
    row (n, k): the state that operation k replaces in month t.
    ptr (k + 1): entries ptr[k] to ptr[k + 1] belong to operation k.
    col (n, l): state of each entry by month.
    val (n, l): factor of each entry by month.
    coef_of (l): which coefficient multiplies the entry; coefficient 0 is always 1.
    var_of (n, k): which variance drives operation k in month t; variance 0 is always 0.
    scale (n, k): factor on that variance.
    obs_ptr (n + 1): observations obs_ptr[t] to obs_ptr[t + 1] are made in month t.
    z_col, z_val (N, w): states and factors of each observation, unused places with factor 0.
    H (N): variance of each observation's own error.
    y (N): the observations.
    """

    a0: FloatArray
    P0: FloatArray
    row: IntArray
    ptr: IntArray
    col: IntArray
    val: FloatArray
    coef_of: IntArray
    var_of: IntArray
    scale: FloatArray
    obs_ptr: IntArray
    z_col: IntArray
    z_val: FloatArray
    H: FloatArray
    y: FloatArray
