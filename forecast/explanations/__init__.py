"""Why two answers differ: between scenarios, between days of knowledge, between reporters; and scenarios compared."""
