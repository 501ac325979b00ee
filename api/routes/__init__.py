"""One resource a file; routes do not know each other."""
