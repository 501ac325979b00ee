"""The general linear Gaussian state space with dense matrices, gaps, spans and an exact diffuse start."""
