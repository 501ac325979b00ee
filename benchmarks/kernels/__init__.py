"""The compiled kernels beside their peers: each module gives `contests()` and, where a size grows, `growths()`."""
