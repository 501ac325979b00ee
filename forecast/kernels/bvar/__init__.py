"""Bayesian vector autoregressions: conjugate posterior, hyperparameters, draws, stochastic volatility, forecasts."""
