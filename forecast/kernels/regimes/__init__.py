"""Markov-switching autoregressions: filter, smoother, maximum likelihood and paths ahead."""
