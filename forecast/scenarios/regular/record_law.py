"""RecordLaw: the joint law of oil and flows where flows are forecast from their own records.

log flows = answer to oil + rest. Oil by its density, the answer by the structural model's elasticities, path by path;
the rest is what the forecaster's paths hold besides, by their own covariance, and knows nothing of oil.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.crises.overlay import Held
from forecast.scenarios.common import JointPaths, Pins, SumPin
from forecast.scenarios.regular.meeting import cells_of, distance, given_cells, inverse, meet
from forecast.scenarios.regular.oil_answer import OilAnswer
from forecast.scenarios.regular.pinned import refuse_drivers, single_cells, sums_of

FloatArray = NDArray[np.float64]
Array = TypeVar("Array", FloatArray, NDArray[np.bool_])

NO_TRADE = 1e-15  #: USD bn that stand for a month without trade, which has no logarithm
_DEAD = float(np.log(NO_TRADE)) + 1.0
_SHARES = 16  # of the paths, one law for all, so that threads share them
_NONE = -1000.0  # in the exponent of what is zero


@dataclass(frozen=True, slots=True)
class RecordLaw:
    """Cells are the m prices to come, then the flows of h months, a month's k flows side by side.

    flows (k): names. first: month of the first flows. answer: None where nothing is known of how flows answer oil.
    centre (m + h k): medians of the logs. oil, rest: covariances (m, m), (h k, h k). least (h, k): logs below it count
    as it when moments are taken and misses measured, so that paths close to zero do not rule. held: of crises, by flow.
    """

    model: str
    flows: tuple[str, ...]
    first: int
    answer: OilAnswer | None
    centre: FloatArray
    oil: FloatArray
    rest: FloatArray
    least: FloatArray
    held: tuple[Held, ...]

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        """The paths moved so that each meets its pins; see `forecast.scenarios.common.Law`.

        Oil first: flows follow their own path's elasticities. Then the flows' pins, by what may adjust besides the
        prices that are pinned. Months without trade stay so unless they are pinned themselves.

        Raises:
            ScenarioError: the pins cannot be met together, or not by the shocks that may adjust.
        """
        refuse_drivers(pins, self.model)
        oil_moves, rest_moves = self._adjusting(pins.adjust)
        priced = self._priced(pins.oil)
        if not len(priced) and not pins.sums:
            return free
        paths, h, k = free.flows.shape
        m = free.oil.shape[1]
        x = _side_by_side(free.oil, np.maximum(free.flows, self.least))
        alive = _side_by_side(np.ones((paths, m), np.bool_), free.flows > _DEAD)
        below = np.where(alive, _side_by_side(free.oil, free.flows) - x, 0.0)
        missed = pins.oil[:, priced] - free.oil[:, priced]
        if missed.any():
            if not oil_moves:
                raise ScenarioError("An oil path cannot be met when the oil shock may not adjust.", pointer="/adjust")
            by_price = self.oil[priced]
            x[:, :m] += missed @ inverse(by_price[:, priced])[0] @ by_price
            x[:, priced] = pins.oil[:, priced]
            x[:, m:] += self._answer().moves(x[:, :m] - free.oil).reshape(paths, h * k)
        found = sums_of(pins.sums, self.first, h, self.flows, m)
        single = single_cells(found)
        alive[:, single], below[:, single] = True, 0.0
        offset = _side_by_side(np.zeros((len(pins.offset), m)), pins.offset) + below
        covariance = given_cells(self._covariance(oil_moves, rest_moves), priced)
        whole = np.diag(self._covariance(True, True))
        if found:
            shares = np.tile(covariance[:, cells_of(found)], (_SHARES, 1, 1))
            meet(x, found, np.where(alive, offset, _NONE), shares, whole)
        flows = np.where(alive, x + below, np.log(NO_TRADE))[:, m:].reshape(paths, h, k)
        return JointPaths(x[:, :m].copy(), flows)

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float | FloatArray, int]:
        """How far the pins' centre lies from the law's, and how many pins; p distances where a sum has p values.

        offset (h, k): log effects on top of the paths, as in `Pins`.
        """
        m, h = len(self.oil), len(self.least)
        priced = self._priced(oil[None])
        found = sums_of(sums, self.first, h, self.flows, m)
        centre = self.centre.copy()
        if offset is not None:
            centre[m:] += offset.ravel()
        return distance(centre, self._covariance(*self._adjusting(adjust)), priced, oil[priced], found)

    def _adjusting(self, adjust: tuple[str, ...]) -> tuple[bool, bool]:
        """Whether oil, and whether the rest of the flows, may adjust."""
        if not adjust:
            return True, True
        own = {*self.flows, *({"common"} if len(self.flows) > 1 else ())}
        rest = {*adjust} - {"oil"}
        if unknown := sorted(rest - own):
            raise ScenarioError(
                f"The model {self.model!r} knows no shock {unknown[0]!r}; it knows 'oil' and {', '.join(sorted(own))}.",
                pointer="/adjust",
                allowed=("oil", *sorted(own)),
            )
        if rest and not rest >= {*self.flows}:
            raise ScenarioError(
                f"The model {self.model!r} forecasts each flow from its own record and cannot tell the shocks of "
                f"{' and '.join(self.flows)} apart; let both adjust, or ask the structural model.",
                pointer="/adjust",
            )
        return "oil" in adjust, bool(rest)

    def _answer(self) -> OilAnswer:
        if self.answer is None:
            raise ScenarioError(
                f"The model {self.model!r} was not told how flows answer oil, so an oil path would change nothing; ask "
                "the structural model.",
                pointer="/model",
            )
        return self.answer

    def _covariance(self, oil_moves: bool, rest_moves: bool) -> FloatArray:
        """Covariance (d, d) of prices and flows when only some shocks move."""
        m = len(self.oil)
        d = m + len(self.rest)
        found = np.zeros((d, d))
        if oil_moves:
            answer = np.zeros((d - m, m)) if self.answer is None else self.answer.mean()
            through = np.concatenate([np.eye(m), answer])
            found += through @ self.oil @ through.T
        if rest_moves:
            found[m:, m:] += self.rest
        return found

    def _priced(self, oil: FloatArray) -> NDArray[np.int64]:
        """Positions of the prices that are pinned."""
        given = ~np.isnan(oil)
        if (given.any(axis=0) != given.all(axis=0)).any():
            raise ScenarioError("A month's oil price is pinned on some paths and free on others.")
        return np.flatnonzero(given.any(axis=0))


def _side_by_side(oil: Array, flows: Array) -> Array:
    """Cells (., m + h k) of prices (., m) and flows (., h, k)."""
    return np.concatenate([oil, flows.reshape(len(flows), -1)], axis=1)
