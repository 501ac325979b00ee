"""Theta models from their definitions: lines by least squares anew each month, smoothing by its weights written out."""

from __future__ import annotations

import numpy as np


def line(y):
    """Intercept and slope through the figures that are there; months count from 1."""
    t = np.flatnonzero(~np.isnan(y)) + 1.0
    x = y[~np.isnan(y)]
    if len(x) < 2:
        return (x[0] if len(x) else 0.0), 0.0
    B = ((t - t.mean()) * (x - x.mean())).sum() / ((t - t.mean()) ** 2).sum()
    return x.mean() - B * t.mean(), B


def expectation(y, t, alpha, w, level, dynamic, whole):
    """mu of month t (from 1) with the weights of what is there before it written out."""
    before = [i for i in range(1, t) if not np.isnan(y[i - 1])]
    A, B = line(y[: t - 1]) if dynamic else whole
    weights = [alpha * (1 - alpha) ** (len(before) - 1 - j) for j in range(len(before))]
    smoothed = level * (1 - alpha) ** len(before) + sum(g * y[i - 1] for g, i in zip(weights, before, strict=True))
    smoothed_line = sum(g * (A + B * i) for g, i in zip(weights, before, strict=True))
    return smoothed + w * (A + B * t - smoothed_line)


def errors(y, alpha, w, level, dynamic):
    whole = line(y)
    mu = [expectation(y, t, alpha, w, level, dynamic, whole) for t in range(1, len(y) + 1)]
    return y - np.array(mu)


def onward(y, shocks, alpha, w, level, dynamic):
    """The series goes on: each month is its expectation and a shock, and then known."""
    whole, y, n = line(y), list(y), len(y)
    for shock in shocks:
        y.append(np.nan)
        y[-1] = expectation(np.array(y), len(y), alpha, w, level, dynamic, whole) + shock
    return np.array(y[n:])


def counted(e, skipped):
    return e[~np.isnan(e)][skipped:]


def least_squares(y, alpha, free, dynamic, skipped):
    """Best l_0 and w for one alpha from three runs, as errors are linear in both."""
    base, level, w = (errors(y, alpha, *at, dynamic) for at in ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)))
    X = np.column_stack([counted(base - level, skipped), counted(base - w, skipped)])
    e = counted(base, skipped)
    at = np.linalg.lstsq(X, e, rcond=None)[0] if free else np.array([0.0, 0.5])
    if not (free and 0.0 <= at[1] <= 1.0 - 1e-10):
        at[1] = min(max(at[1], 0.0), 1.0 - 1e-10)
        at[0] = X[:, 0] @ (e - X[:, 1] * at[1]) / (X[:, 0] @ X[:, 0])
    return ((e - X @ at) ** 2).sum(), at


def autocorrelations(y, m):
    x = np.nan_to_num(y - np.nanmean(y))
    return np.array([(x[k:] * x[: len(x) - k]).sum() for k in range(1, m + 1)]) / (x @ x)


def indices(y, m, multiplicative):
    """Classical decomposition by a moving average written as a convolution; NaN where windows are not whole."""
    weights = np.r_[0.5, np.ones(m - 1), 0.5] / m if m % 2 == 0 else np.ones(m) / m
    h = len(weights) // 2
    trend = np.full(len(y), np.nan)
    trend[h : len(y) - h] = np.convolve(y, weights, "valid")
    part = y / trend if multiplicative else y - trend
    means = np.array([np.nanmean(part[i::m]) for i in range(m)])
    return means / means.mean() if multiplicative else means - means.mean()
