"""Exponential smoothing: thirty models of error, trend and season, their likelihood, fit, choice and futures."""
