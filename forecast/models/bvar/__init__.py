"""Bayesian vector autoregression of a pair's flows, oil, exchange rates and activity, with months of crisis scaled."""
