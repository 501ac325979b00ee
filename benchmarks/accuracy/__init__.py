"""How right the forecasts are, beside those that a user would take instead."""
