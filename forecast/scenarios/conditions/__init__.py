"""Conditions: what a scenario says about the future, kind by kind, and how each is read and written."""
