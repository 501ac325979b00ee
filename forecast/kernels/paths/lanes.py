"""Student-t shocks of LANES neighbouring paths side by side, from the words of `forecast.kernels.random`.

A multivariate t needs no chi-square. Its squared radius over the first two, four, ... coordinates is, with
nu_k = df + 2 (k - 1) and a uniform u_k for pair k,

    Q_0 = 1,    Q_k = Q_{k-1} u_k^(-2 / nu_k),    r_k^2 = df (Q_k - Q_{k-1}),

and pair k is r_k (cos a_k, sin a_k): pair k given the earlier ones is a bivariate t with nu_k degrees of freedom,
scaled by sqrt(df Q_{k-1} / nu_k). As df grows r_k^2 goes to -2 log u_k, which is Box & Muller.

Source: Bailey 1994, "Polar generation of random variates with the t-distribution" (one pair); Ding 2016, "On the
conditional distribution of the multivariate t distribution".
"""

from __future__ import annotations

import math

from forecast.kernels._jit import FloatArray, kernel
from forecast.kernels.elementary import lane_expm1, lane_log, lane_turn
from forecast.kernels.fused import fma
from forecast.kernels.random import WordArray, lane_words, uniform_of

LANES = 128
"""Paths side by side: enough that a loop over them is long, few enough that what they need stays in the cache."""

SMALLEST_DF = 0.5
"""Fewest degrees of freedom; with fewer, a variate from a 32-bit word can overflow."""


@kernel
def _student_pair(words: WordArray, row: int, df: float, nu: float, Q: FloatArray, out: FloatArray, at: int) -> None:
    """The next pair of a multivariate t, out[at] and out[at + 1]; Q (lanes) goes from Q_{k-1} to Q_k."""
    rate = -2.0 / nu
    for lane in range(words.shape[1]):
        gain = lane_expm1(rate * lane_log(uniform_of(words[row, lane])))
        before = Q[lane]
        r = math.sqrt(df * before * gain)
        Q[lane] = fma(before, gain, before)
        c, s = lane_turn(words[row + 1, lane])
        out[at, lane] = r * c
        out[at + 1, lane] = r * s


@kernel
def lane_students(
    key: int, path: int, months: int, d: int, df: float, joint: bool, words: WordArray, Q: FloatArray, out: FloatArray
) -> None:
    """Standard Student-t shocks of d variables and ``months`` months of the paths path, path + 1, ...

    joint: the variables of a month are one multivariate t (a common chi-square); else they are independent.
    Variance df / (df - 2). Uniforms: a joint month takes 2 ceil(d / 2), a separate one 2 d, rounded up to whole
    blocks of four at the end of the path. words (4, lanes), Q (lanes): scratch. out (months d + 3 or more, lanes): row
    t d + i is variable i in month t; rows from months d on are scratch.
    """
    pairs = (d + 1) // 2 if joint else d
    for t in range(months):
        for pair in range(pairs):
            drawn = t * pairs + pair
            half = drawn % 2
            if half == 0:
                lane_words(key, path, drawn // 2, words)
            if pair == 0 or not joint:
                for lane in range(words.shape[1]):
                    Q[lane] = 1.0
            nu = df + 2.0 * pair if joint else df
            at = t * d + (2 * pair if joint else pair)
            # The second number of a pair is overwritten where no variable takes it.
            _student_pair(words, 2 * half, df, nu, Q, out, at)
