"""Conditions beside each other: which contradict, where their months meet, and what they are called together."""
