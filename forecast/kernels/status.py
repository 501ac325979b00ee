"""What a kernel reports beside its numbers: kernels never raise and never hand on a NaN as if it were an answer."""

from __future__ import annotations

OK = 0
"""The numbers are good."""

NON_FINITE = 1
"""An input that must be finite is NaN or infinite."""

SINGULAR = 2
"""A covariance, or an innovation variance, is not positive."""

UNSTABLE = 3
"""A root lies on or outside the unit circle, or so near that the stationary law has no usable numbers."""

NOT_CONVERGED = 4
"""A search ended before its gradient was small; the numbers are the best found."""

TOO_SHORT = 5
"""Fewer figures than the model has unknowns."""

OUT_OF_RANGE = 6
"""A parameter, order or size outside what the kernel takes."""

INFEASIBLE = 7
"""The restrictions contradict each other or cannot be met by the shocks that may move."""
