"""The structural model of a pair: trend, season, moving holidays, oil and crises, read from sums over any span."""
