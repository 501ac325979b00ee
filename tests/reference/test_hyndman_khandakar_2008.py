"""Orders and likelihoods that R's auto.arima (Hyndman & Khandakar 2008) gives for series of R's datasets package."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.datasets import nile
from statsmodels.tsa.statespace.sarimax import SARIMAX

from forecast.kernels._jit import gate, gate_int
from forecast.kernels.order_selection.exhaustive import arima_exhaustive
from forecast.kernels.order_selection.plan import SEARCH_LIMITS
from forecast.kernels.order_selection.stepwise import arima_stepwise
from forecast.kernels.status import OK

# Box & Jenkins 1976, series G: international airline passengers, thousands, January 1949 to December 1960.
AIR_PASSENGERS = """
112 118 132 129 121 135 148 148 136 119 104 118 115 126 141 135 125 149 170 170 158 133 114 140 145 150 178
163 172 178 199 199 184 162 146 166 171 180 193 181 183 218 230 242 209 191 172 194 196 196 236 235 229 243
264 272 237 211 180 201 204 188 235 227 234 264 302 293 259 229 203 229 242 233 267 269 270 315 364 347 312
274 237 278 284 277 317 313 318 374 413 405 355 306 271 306 315 301 356 348 355 422 465 467 404 347 305 336
340 318 362 348 363 435 491 505 404 359 310 337 360 342 406 396 420 472 548 559 463 407 362 405 417 391 419
461 472 535 622 606 508 461 390 432
"""

# Brockwell & Davis 1991: accidental deaths in the United States, January 1973 to December 1978.
US_ACCIDENTAL_DEATHS = """
9007 8106 8928 9137 10017 10826 11317 10744 9713 9938 9161 8927 7750 6981 8038 8422 8714 9512 10120 9823 8743
9129 8710 8680 8162 7306 8124 7870 9387 9556 10093 9620 8285 8466 8160 8034 7717 7461 7767 7925 8623 8945
10078 9179 8037 8488 7874 8647 7792 6957 7726 8106 8890 9299 10625 9302 8314 8850 8265 8796 7836 6892 7791
8192 9115 9434 10484 9827 9110 9070 8633 9240
"""

# Makridakis, Wheelwright & Hyndman 1998: users connected to the Internet through a server, every minute.
WWW_USAGE = """
88 84 85 85 84 85 83 85 88 89 91 99 104 112 126 138 146 151 150 148 147 149 143 132 131 139 147 150 148 145
140 134 131 131 129 126 126 132 137 140 142 150 159 167 170 171 172 172 174 175 172 172 174 174 169 165 156
142 131 121 112 104 102 99 99 95 88 84 84 87 89 88 85 86 89 91 91 94 101 110 121 135 145 149 156 165 171 175
177 182 193 204 208 210 215 222 228 226 222 220
"""


def figures(text: str) -> np.ndarray:
    return gate(np.array(text.split(), dtype=float))


CASES = {
    "AirPassengers": (figures(AIR_PASSENGERS), 12, [2, 1, 1, 0, 1, 0, 12, 0], -504.92, 1017.85, 1018.17, 1029.35),
    "log(AirPassengers)": (
        gate(np.log(figures(AIR_PASSENGERS))), 12, [0, 1, 1, 0, 1, 1, 12, 0], 244.70, -483.39, -483.20, -474.77,
    ),
    "USAccDeaths": (figures(US_ACCIDENTAL_DEATHS), 12, [0, 1, 1, 0, 1, 1, 12, 0], -425.44, 856.88, 857.32, 863.11),
    "WWWusage": (figures(WWW_USAGE), 1, [1, 1, 1, 0, 0, 0, 1, 0], -254.15, 514.30, 514.55, 522.08),
    "Nile": (
        gate(nile.load().data["volume"].to_numpy()), 1, [1, 1, 1, 0, 0, 0, 1, 0], -630.63, 1267.25, 1267.51, 1275.04,
    ),
}  # fmt: skip


def bare(y: np.ndarray) -> np.ndarray:
    return gate(np.zeros((len(y), 0)))


@pytest.mark.parametrize("name", CASES)
def test_hyndman_khandakar_auto_arima(name: str) -> None:
    y, s, order, *numbers = CASES[name]
    found = arima_stepwise(y, bare(y), s, gate_int(SEARCH_LIMITS), 0)
    assert found.counts[0] == OK
    assert found.order.tolist() == order
    np.testing.assert_allclose(found.numbers[[0, 2, 3, 4]], numbers, atol=0.0051)


@pytest.mark.parametrize("name", CASES)
def test_statsmodels_likelihood_of_the_chosen_model(name: str) -> None:
    y, s, order, *_ = CASES[name]
    found = arima_stepwise(y, bare(y), s, gate_int(SEARCH_LIMITS), 0)
    p, d, q, P, D, Q = order[:6]
    model = SARIMAX(y, order=(p, d, q), seasonal_order=(P, D, Q, s if P + D + Q else 0), simple_differencing=True)
    model.ssm.tolerance = 0.0
    phi, theta, Phi, Theta = np.split(found.coef, np.cumsum([p, q, P]))
    loglik = model.loglike(np.concatenate([phi, theta, Phi, Theta, found.numbers[1:2]]))
    assert found.numbers[0] == pytest.approx(loglik, rel=1e-8)


@pytest.mark.parametrize("name", ["log(AirPassengers)", "USAccDeaths", "WWWusage"])
def test_hyndman_khandakar_stepwise_finds_what_the_exhaustive_search_of_small_models_finds(name: str) -> None:
    y, s, order, *_ = CASES[name]
    limits = gate_int([2, 2, 1, 1, 3, 2, 1, -1, -1, 1, 94])
    found = arima_exhaustive(y, bare(y), s, limits, 0)
    assert found.order.tolist() == order
