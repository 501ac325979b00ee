"""Theta models: a straight line carried on and a bent one smoothed, and the family around them."""
