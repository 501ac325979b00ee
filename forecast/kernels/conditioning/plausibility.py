"""How far a restriction lies from what the model finds ordinary: its distance, and the same as a biased coin.

Source: Antolin-Diaz, Petrella & Rubio-Ramirez 2021, section 4 (after McCulloch 1989).
"""

from __future__ import annotations

import math

from forecast.kernels._jit import kernel


@kernel
def coin_bias(q: float, d: int) -> float:
    """.5 (1 + sqrt(1 - exp(-q / d))): .5 for a restriction that the model would have chosen, 1 for one it rules out.

    q = r'(DD')^-1 r: the distance, chi-squared with d degrees of freedom under the model. d: rank of the restrictions;
    with none, .5. What is not a distance (negative or NaN) gives 1, the verdict of the impossible.
    """
    if not q >= 0.0:
        return 1.0
    if d <= 0:
        return 0.5
    return 0.5 * (1.0 + math.sqrt(max(0.0, -math.expm1(-q / d))))
