"""A Spec and a Panel become a Fitted."""
