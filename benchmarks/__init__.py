"""Ratios against what a user would take instead, measured in one run; results must agree before they are timed."""
