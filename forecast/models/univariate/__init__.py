"""Forecasters of a single regular record, each with joint paths; every answer is held against them."""
