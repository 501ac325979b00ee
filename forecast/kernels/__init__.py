"""Arrays in, arrays out; numpy and numba only."""

from forecast.kernels import _jit as _jit  # settles numba's cache folder before any kernel imports numba
