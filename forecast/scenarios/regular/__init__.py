"""Scenarios for models of single months: the pool and its members, and the Bayesian vector autoregression."""
