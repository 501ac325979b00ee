"""The flagship's state space: transitions as a short list of row operations, so that a month costs little."""
