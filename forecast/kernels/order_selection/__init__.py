"""Automatic choice of ARIMA orders: unit-root tests, seasonal strength, stepwise and exhaustive search."""
