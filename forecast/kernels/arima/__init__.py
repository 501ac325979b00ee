"""Seasonal ARIMA with regressors: polynomials, exact likelihood, gradient, estimation, forecasts."""
