"""Conditional forecasts of a vector autoregression: pinned values, soft restrictions, chosen shocks, tilted weights."""
