"""The structural model's draws for scenarios: the stage, what is published, and the joint law of oil and flows."""
