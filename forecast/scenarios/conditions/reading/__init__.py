"""Conditions read from JSON or TOML and written back, one file a family; `condition` has the two functions."""
