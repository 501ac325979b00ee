"""Forecasters: a Panel becomes a Fitted, a regular record joint paths."""
