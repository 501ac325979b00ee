"""A switching autoregression by listing every sequence of regimes; also with complex numbers, for derivatives."""

from __future__ import annotations

import itertools

import numpy as np

from forecast.kernels.regimes.hamilton import MEAN, Switching


def ergodic(P):
    k = len(P)
    A = np.vstack([(np.eye(k) - P).T[1:], np.ones(k)])
    return np.linalg.solve(A, np.eye(k)[-1].astype(P.dtype))


def log(x):
    with np.errstate(divide="ignore"):
        return np.log(x)


def sequences(y, model):
    """All sequences of regimes from the oldest that matters, log f(y, sequence), and the place of y[p] in them."""
    k, p, n = len(model.mu), model.phi.shape[1], len(y)
    q = max(p, 1) if model.form == MEAN else 1
    P = np.broadcast_to(model.P, (n, k, k)) if len(model.P) == 1 else model.P
    law = model.initial if len(model.initial) else ergodic(P[0])
    listed, logs = list(itertools.product(range(k), repeat=n - p + q)), []
    for s in listed:
        total = log(law[s[0]]) + sum(log(P[i, s[i - 1], s[i]]) for i in range(1, q))
        for t in range(p, n):
            i, j = t - p + q, s[t - p + q]
            total = total + log(P[t, s[i - 1], j])
            lags = sum(
                model.phi[j, m] * (y[t - 1 - m] - (model.mu[s[i - 1 - m]] if model.form == MEAN else 0))
                for m in range(p)
            )
            if not np.isnan(y[t]):
                r = y[t] - model.mu[j] - lags
                total = total - 0.5 * np.log(2 * np.pi * model.sigma2[j]) - 0.5 * r * r / model.sigma2[j]
        logs.append(total)
    return np.array(listed), np.array(logs), q


def loglik(y, model):
    logs = sequences(y, model)[1]
    top = logs.real.max()
    return top + np.log(np.exp(logs - top).sum())


def smoothed(y, model):
    """Pr(S_t = j | y) for t = p, ..., n - 1."""
    listed, logs, q = sequences(y, model)
    w = np.exp(logs - logs.max())
    w /= w.sum()
    return np.array([[w[listed[:, i] == j].sum() for j in range(len(model.mu))] for i in range(q, listed.shape[1])])


def slope(f, x, i):
    """Derivative of f by x[i] by a complex step."""
    moved = x.astype(complex)
    moved[i] += 1e-30j
    return f(moved).imag / 1e-30


def softmax_model(x, shape, floor):
    """The model at unknowns x, as ``switching_from`` has it, for complex x."""
    k, p = shape.regimes, shape.lags
    odds = x[: k * (k - 1)].reshape(k, k - 1)
    P = np.array([np.insert(np.exp(odds[i]), i, 1.0) / (1.0 + np.exp(odds[i]).sum()) for i in range(k)])
    at = k * k + (k if shape.own_variance else 1)
    sigma2 = np.broadcast_to(floor + np.exp(x[k * k : at]), k)
    phi = np.broadcast_to(x[at:].reshape(k if shape.own_ar else 1, p), (k, p))
    return Switching(P.reshape(1, k, k), x[k * (k - 1) : k * k], phi, sigma2, np.empty(0), shape.form)


def random_model(rng, k, p, form, months=1, initial=False):
    """A model with everything switching; P with a zero now and then if its start is given."""
    P = rng.dirichlet(np.full(k, 0.8), (months, k)) * 0.98 + 0.02 / k
    if initial and k > 1:
        P[:, 0, -1] = 0.0
        P /= P.sum(axis=2, keepdims=True)
    law = rng.dirichlet(np.ones(k)) if initial else np.empty(0)
    return Switching(P, rng.normal(size=k), 0.4 * rng.normal(size=(k, p)), rng.uniform(0.2, 2.0, k), law, form)
