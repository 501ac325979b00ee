"""VarLaw: the joint law of flows, oil, currencies and activity in the Bayesian vector autoregression.

Pins of months are met by the kernel, all at once and path by path: the free shocks stay and are corrected by what they
miss, under each path's own coefficients. Sums over months or flows are no cells of the system; they are met afterwards,
by the covariance of the months ahead under the same coefficients, with what is pinned held.

Source: Waggoner & Zha 1999, section II; Antolin-Diaz, Petrella & Rubio-Ramirez 2021 for a width of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.models.bvar.fitted import FittedBvar
from forecast.models.bvar.simulate import simulate_from_settled
from forecast.models.crises.overlay import Held
from forecast.months import format_month
from forecast.scenarios.common import JointPaths, Pins, SumPin
from forecast.scenarios.regular.meeting import Sum, distance, shrunk_covariance
from forecast.scenarios.regular.pinned import sums_of
from forecast.scenarios.regular.var_shocks import meet_by_shocks, named_shocks, shock_order

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

OIL = "oil"
_MEASURED = 2000  # free paths from which moments are taken, however many are asked: more paths only append


@dataclass(frozen=True, slots=True)
class VarLaw:
    """flows (k): names, the first columns of the system. months: from its settled month to the last one drawn.

    first: month of the first flows. oil_end: last price known. held: of crises, by flow. base: the free paths of
    the question, against which it is seen whether paths were moved before.
    """

    fitted: FittedBvar
    flows: tuple[str, ...]
    first: int
    months: int
    oil_end: int
    seed: int
    held: tuple[Held, ...]
    base: JointPaths | None = None

    def draw(self, paths: int, given: FloatArray) -> FloatArray:
        """Paths (p, months, n) of the whole system, in logs, that meet ``given`` (1 or p, months, n)."""
        return simulate_from_settled(self.fitted, paths, self.seed, given)

    def free(self, paths: int) -> FloatArray:
        """Paths (p, months, n) given nothing but what is known."""
        return self.draw(paths, np.full((1, self.months, len(self.fitted.aligned.names)), np.nan))

    def read(self, system: FloatArray, oil: FloatArray) -> JointPaths:
        """Oil, flows and other drivers of the system's paths; ``oil`` where the system reads none."""
        names, k = self.fitted.aligned.names, len(self.flows)
        ahead = self.first - (self.fitted.settled + 1)
        drivers = {
            name: np.ascontiguousarray(system[:, ahead:, i]) for i, name in enumerate(names) if i >= k and name != OIL
        }
        if OIL in names:
            oil = np.ascontiguousarray(system[:, self._oil_from() :, names.index(OIL)])
        return JointPaths(oil, np.ascontiguousarray(system[:, ahead:, :k]), drivers)

    def condition(self, free: JointPaths, pins: Pins) -> JointPaths:
        """The paths that the same free shocks give under the pins; see `forecast.scenarios.common.Law`.

        Where only some shocks may adjust they are told apart as in `var_shocks`.

        Raises:
            ScenarioError: the pins cannot be met together, or not by the shocks that may adjust; a driver is no part of
                the system.
        """
        aligned = self.fitted.aligned
        adjusts = named_shocks(pins.adjust, aligned.names, self.flows)
        sums = self._cells(pins.sums)
        given = self._given(pins, sums, free.flows.shape)
        if np.isnan(given).all() and not sums:
            return free
        moves = self._moves(free)
        if adjusts.all():
            system = self.draw(len(free.flows), given if moves is None else given - moves)
        else:
            system = self.free(len(free.flows))
        if moves is not None:
            system += moves
        longer = tuple(one for one in sums if len(one.cells) > 1)
        if longer or not adjusts.all():
            offset = np.zeros((len(pins.offset), *system.shape[1:]))
            offset[:, self.first - (self.fitted.settled + 1) :, : len(self.flows)] = pins.offset
            held = self._held(system, given, offset)
            order = shock_order(aligned.names, len(self.flows))
            system = meet_by_shocks(self.fitted, system, (*held, *longer), offset, adjusts, order)
        return self.read(system, free.oil)

    def distance(
        self,
        oil: FloatArray,
        sums: tuple[SumPin, ...],
        offset: FloatArray | None = None,
        adjust: tuple[str, ...] = (),
    ) -> tuple[float | FloatArray, int]:
        """How far the pins' centre lies from the law's, and how many pins; p distances where a sum has p values.

        offset (h, k): log effects on top of the paths, as in `Pins`. Always of all shocks, whichever may adjust.
        """
        n, k = len(self.fitted.aligned.names), len(self.flows)
        given = np.full((1, self.months, n), np.nan)
        self._put_oil(given, oil[None])
        cells = np.flatnonzero(~np.isnan(given[0]).ravel())
        flat = self.free(_MEASURED).reshape(_MEASURED, -1)
        centre = np.median(flat, axis=0).reshape(self.months, n)
        if offset is not None:
            centre[self.first - (self.fitted.settled + 1) :, :k] += offset
        found = self._cells(sums)
        return distance(centre.ravel(), shrunk_covariance(flat), cells, given[0].ravel()[cells], found)

    def _held(self, system: FloatArray, given: FloatArray, offset: FloatArray) -> tuple[Sum, ...]:
        """What is known, and what is given, as cells: where only some shocks adjust both must be met by these."""
        aligned = self.fitted.aligned
        known = np.full(system.shape[1:], np.nan)
        behind = aligned.values[self.fitted.settled - aligned.start + 1 :][: self.months]
        known[: len(behind)] = behind
        values = np.where(np.isnan(known), given, known) + offset
        cells = np.argwhere(~np.isnan(values).all(axis=0))
        found = []
        for t, i in sorted(cells, key=lambda at: bool(np.isnan(known[at[0], at[1]]))):  # so that a pin is to blame
            variable = self.flows[i] if i < len(self.flows) else aligned.names[i]
            name = f"{variable} of {format_month(self.fitted.settled + 1 + int(t))}"
            found.append(Sum(np.array([t * system.shape[2] + i]), np.ascontiguousarray(values[:, t, i]), name))
        return tuple(found)

    def _moves(self, free: JointPaths) -> FloatArray | None:
        """How far paths (p, months, n) were moved from the law's own before, by shocks; None where they were not.

        A path moved by d meets its pins as the unmoved path meets the pins less d, and is then moved by d.
        """
        if self.base is None or free is self.base:
            return None
        paths, names, ahead = len(free.flows), self.fitted.aligned.names, self.first - (self.fitted.settled + 1)
        found = np.zeros((paths, self.months, len(names)))
        found[:, ahead:, : len(self.flows)] = free.flows - self.base.flows[:paths]
        if OIL in names:
            found[:, self._oil_from() :, names.index(OIL)] = free.oil - self.base.oil[:paths]
        for name, values in free.drivers.items():
            found[:, ahead:, names.index(name)] = values - self.base.drivers[name][:paths]
        return found if found.any() else None

    def _given(self, pins: Pins, sums: tuple[Sum, ...], shape: tuple[int, ...]) -> FloatArray:
        """Values pinned (1 or p, months, n), NaN where free."""
        paths, h, k = shape
        names, ahead = self.fitted.aligned.names, self.first - (self.fitted.settled + 1)
        single = [one for one in sums if len(one.cells) == 1]
        drivers = {name: found for name, found in pins.drivers.items() if not np.isnan(found).all()}
        each = [pins.oil, *(one.log_total for one in single), *drivers.values(), *([pins.offset] if single else ())]
        given = np.full((max(len(one) for one in each), self.months, len(names)), np.nan)
        if len(given) not in (1, paths):
            raise ScenarioError(f"Pins are given for {len(given)} paths; expected 1 or {paths}.")
        for one in single:
            month, flow = divmod(int(one.cells[0]), len(names))
            given[:, month, flow] = one.log_total - pins.offset[:, month - ahead, flow]
        self._put_oil(given, pins.oil)
        for name, found in drivers.items():
            if name not in names or name in (OIL, *names[:k]):
                raise ScenarioError(self._not_read(name), pointer="/driver")
            if found.shape[1:] != (h,):
                raise ScenarioError(f"The path of {name} has {found.shape[1]} months; expected {h}.")
            given[:, ahead:, names.index(name)] = found
        return given

    def _cells(self, sums: tuple[SumPin, ...]) -> tuple[Sum, ...]:
        """The sums among the cells (months, n) of the system."""
        n, ahead = len(self.fitted.aligned.names), self.first - (self.fitted.settled + 1)
        return sums_of(sums, self.first, self.months - ahead, self.flows, before=ahead * n, columns=n)

    def _put_oil(self, given: FloatArray, oil: FloatArray) -> None:
        """Write the prices pinned (1 or p, m) into the system's values, in place."""
        if np.isnan(oil).all():
            return
        if OIL not in self.fitted.aligned.names:
            raise ScenarioError(self._not_read(OIL), pointer="/model")
        given[:, self._oil_from() :, self.fitted.aligned.names.index(OIL)] = oil

    def _oil_from(self) -> int:
        """Position of the first price that is not known among the months of the system."""
        return min(self.oil_end - self.fitted.settled, self.months)

    def _not_read(self, name: str) -> str:
        aligned = self.fitted.aligned
        read = ", ".join(aligned.names[aligned.flows :]) or "no driver"
        why = next((f" ({out[len(name) + 2 : -1]})" for out in aligned.left_out if out.startswith(f"{name} (")), "")
        return f"The Bayesian VAR does not read {name!r} here{why}, so its path would change nothing; it reads {read}."
