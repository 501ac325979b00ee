"""A pool of forecasters: each weighted by what it was worth at earlier origins of the same record."""
