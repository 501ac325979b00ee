"""Box & Jenkins 1976, series G: the airline model of the logarithms of international passengers, 1949-1960."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.arima.fit import arima_fit
from forecast.kernels.arima.forecast import arima_forecast
from forecast.kernels.arima.likelihood import arima_loglik
from forecast.kernels.status import OK

PASSENGERS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140
145 150 178 163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194
196 196 236 235 229 243 264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229
242 233 267 269 270 315 364 347 312 274 237 278 284 277 317 313 318 374 413 405 355 306 271 306
315 301 356 348 355 422 465 467 404 347 305 336 340 318 362 348 363 435 491 505 404 359 310 337
360 342 406 396 420 472 548 559 463 407 362 405 417 391 419 461 472 535 622 606 508 461 390 432
"""
Y = gate(np.log(np.array(PASSENGERS.split(), dtype=float)))
AIRLINE = gate_int([0, 1, 1, 0, 1, 1, 12, 0])
NONE = np.zeros((len(Y), 0))


def test_box_jenkins_1976_airline_model_as_software_fits_it_exactly() -> None:
    """R's arima and statsmodels print these figures; the likelihood is so flat that the fifth digit is theirs."""
    fit = arima_fit(Y, NONE, AIRLINE, 0)
    assert fit.counts[0] == OK
    np.testing.assert_allclose(fit.coef, [-0.401812, -0.556947], atol=2e-5)
    assert fit.numbers[0] == pytest.approx(244.69648, abs=1e-5)
    assert fit.numbers[1] == pytest.approx(0.00134773, rel=5e-4)
    assert list(fit.counts[2:]) == [131, 3]


def test_box_jenkins_1976_likelihood_at_the_printed_estimates() -> None:
    loglik, sigma2, status = arima_loglik(Y, NONE, AIRLINE, gate([-0.401812, -0.556947]))
    assert status == OK
    assert loglik == pytest.approx(244.69648, abs=1e-5)
    assert sigma2 == pytest.approx(0.00134773, rel=5e-4)


def test_box_jenkins_1976_weights_of_the_airline_model() -> None:
    """Ch. 9: psi is 1, then 1 - theta for eleven months, then 1 - theta + 1 - Theta (theta = .4, Theta = .6)."""
    law = arima_forecast(Y, NONE, np.zeros((14, 0)), AIRLINE, gate([-0.4, -0.6]), np.zeros(0), 0.00134)
    assert law.counts[0] == OK
    psi_squared = np.diff(law.variance / 0.00134)
    np.testing.assert_allclose(psi_squared[:11], 0.36, rtol=1e-4)
    np.testing.assert_allclose(psi_squared[11], (0.6 + 0.4) ** 2, rtol=1e-4)
