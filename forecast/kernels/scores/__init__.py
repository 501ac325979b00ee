"""Proper scores of densities, ensembles and bands against what happened."""
