"""Reverse stress: which oil price, oil path or crisis makes a target a coin toss, and the map of odds between them."""
