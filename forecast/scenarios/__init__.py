"""A Fitted, a Scenario and a seed become an Ensemble."""
