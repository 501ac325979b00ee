"""Crises as models see them: the kinds measured, how often one begins, paths with them, and a chain of regimes."""
