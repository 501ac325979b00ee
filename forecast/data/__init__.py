"""Tables become a Panel; the only floor that reads figures, and with reports the only one that knows polars."""
