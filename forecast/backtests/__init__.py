"""Forecasts of the past, made with what was known then, and judged by what came: a ScoreCard."""
