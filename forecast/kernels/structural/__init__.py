"""Basic structural model: trend, stochastic season and irregular, from an exact diffuse start."""
