"""Conditions met jointly: oil and flows of all months move together, by the law that drew them."""
