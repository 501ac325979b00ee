"""StructuralLaw: oil and flows of the structural model conditioned jointly, path by path.

Pins of oil alone move the price by its own law, and each path's flows by its own elasticities. Pins of flows move both:
the miss of a path is spread over all months of oil and flows by their covariance within the path's draw (Matheron's
rule), which is the conditional law in its first two moments. Posterior draws keep equal weights: pins say what the
future holds, they are no further figures for the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels._jit import gate, gate_int
from forecast.kernels.sparse.answer import answered
from forecast.kernels.sparse.met import meet_pins
from forecast.models.regressors import OIL_LAGS
from forecast.scenarios.common import JointPaths, Pins, SumPin
from forecast.scenarios.structural.cells import pinned_cells, refuse_unmet
from forecast.scenarios.structural.distances import sums_distance
from forecast.scenarios.structural.moments import COMMON, OIL, joint_moments, parted
from forecast.scenarios.structural.oil_law import oil_covariance, oil_distance, oil_given, oil_pinned
from forecast.scenarios.structural.stage import Stage

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StructuralLaw:
    """The law of a Stage. response (p, k, groups): each path's own elasticities to the lag means of log oil."""

    stage: Stage
    response: FloatArray

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        """The paths moved so that each meets its pins, everything that is free jointly with them.

        Without pins the very same paths. A single month of one flow is met exactly, a sum to 1e-12. What only oil
        moves (``adjust`` without sums) is met by oil's own shocks, which alone move it.

        Raises:
            ScenarioError: the pins cannot be met together, or not by the shocks that may adjust.
        """
        self._refuse_unknown(pins)
        pinned = oil_pinned(pins.oil)
        moved = free
        if pinned.any():
            if pins.adjust and OIL not in pins.adjust and not pins.sums:
                raise ScenarioError(
                    f"The oil price is pinned, but only the shocks of {' and '.join(pins.adjust)} may adjust, and they "
                    "cannot move it; let oil adjust."
                )
            moved = self._with_oil(free, oil_given(self.stage.fitted.oil, free.oil, pins.oil, pinned))
        return self._with_sums(moved, pins, pinned) if pins.sums else moved

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float | FloatArray, int]:
        """Distance q = r' V^-1 r of the pins' centre and its degrees of freedom: pins that repeat others count once.

        oil (T): log price, NaN where free. sums: of one value each, or of p: q (p). offset (h, k): log effects, as
        in `Pins`. V, and the means that r is counted from: of the mixture of all draws; with ``adjust`` V is that of
        these shocks alone.
        """
        if not sums:
            return oil_distance(self.stage.fitted.oil, oil)
        first, months = self._ahead()
        return sums_distance(self.stage, oil, pinned_cells(sums, first, months, self.stage.flows), offset, adjust)

    def _ahead(self) -> tuple[int, int]:
        end = self.stage.fitted.layout.end
        return end + 1, self.stage.end - end

    def _refuse_unknown(self, pins: Pins) -> None:
        for name, values in pins.drivers.items():
            if not np.isnan(values).all():
                raise ScenarioError(f"The scenario pins {name}, which the structural model does not draw.")
        known = (OIL, *self.stage.flows, COMMON)
        for name in pins.adjust:
            if name not in known:
                raise ScenarioError(
                    f"The scenario lets the shocks of {name!r} adjust; the structural model knows those of "
                    f"{', '.join(known)}.",
                    allowed=known,
                )

    def _with_oil(self, free: JointPaths, oil: FloatArray) -> JointPaths:
        shift = self.stage.fitted.layout.end - self.stage.fitted.panel.oil.end
        flows = answered(gate(free.flows), gate(oil - free.oil), gate_int(OIL_LAGS), shift, gate(self.response))
        return JointPaths(oil, flows)

    def _with_sums(self, paths: JointPaths, pins: Pins, oil_pinned: NDArray[np.bool_]) -> JointPaths:
        stage = self.stage
        first, months = self._ahead()
        cells = pinned_cells(pins.sums, first, months, stage.flows)
        p, T = paths.oil.shape
        oil_cov, reference = oil_covariance(stage.fitted.oil, T, oil_pinned), paths.oil.mean(axis=0)
        x = np.concatenate([paths.oil, paths.flows.reshape(p, -1)], axis=1)
        effects = pins.offset.reshape(len(pins.offset), -1)
        offset = np.concatenate([np.zeros((len(effects), T)), effects], axis=1)
        in_x = gate_int(cells.cell + T)
        for part in parted(stage, len(in_x)):
            moments = joint_moments(stage, cells.cell, oil_cov, reference, pins.adjust, part)
            given = (cells.target, moments.cov, moments.variance, in_x, cells.ptr, cells.part)
            found = meet_pins(x, offset, *given, part.start, len(stage.fitted.coef))
            refuse_unmet(found, pins.sums, stage.flows, pins.adjust)
        oil = x[:, :T].copy()
        oil[:, oil_pinned] = paths.oil[:, oil_pinned]
        return JointPaths(oil, x[:, T:].reshape(paths.flows.shape).copy())


def structural_law(stage: Stage, response: FloatArray) -> StructuralLaw:
    """The law of a Stage's draws; response (p, k, groups): the elasticities of each path, path p of draw p mod d."""
    return StructuralLaw(stage, response)
