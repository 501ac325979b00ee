"""Simulated paths of flows: random numbers side by side in lanes, and what is asked of all paths in one pass."""
