"""Stage: what all scenarios of one question share: the months, the System to the horizon, what is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from forecast.errors import ScenarioError
from forecast.kernels.sparse.kalman import moments_of_draws
from forecast.kernels.sparse.system import System
from forecast.models.structural.fitted import Fitted
from forecast.models.structural.linearise import observe
from forecast.models.structural.model import operations
from forecast.panel import FLOWS
from forecast.scenarios.structural.published import Cell, months_settled, published_cells

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stage:
    """A Fitted, set for draws by one ``reporter``'s count up to a horizon.

    start, origin, end: months; ``end`` is the horizon, or the month after the record if that is later.
    through: the horizon asked. flows: names of the flows drawn. cells: what is published of the months up to ``end``.
    drawn_from: first month that is not published singly for every flow; earlier ones need no draws.
    system, driver_of: from the first month of the record to ``end``. heavy (k): number of each operation among those
    with Student-t shocks, -1 for the others. read (flows, 2): states whose sum is the log flow by this count.
    t_kept, a_kept (d, m), P_kept (d, m, m): moments of the states before a month no later than ``drawn_from``.
    """

    fitted: Fitted
    reporter: str
    start: int
    origin: int
    end: int
    through: int
    flows: tuple[str, ...]
    cells: tuple[Cell, ...]
    drawn_from: int
    system: System
    driver_of: NDArray[np.int64]
    heavy: NDArray[np.int64]
    read: NDArray[np.int64]
    t_kept: int
    a_kept: FloatArray
    P_kept: FloatArray


def set_stage(fitted: Fitted, *, reporter: str, origin: int, through: int) -> Stage:
    """Prepare draws by one reporter's count to month ``through``.

    origin: last month that this reporter has published. Draws begin in January of the year before (or with the
    record), so that running years and trailing twelve months can be summed from them.

    Raises:
        ScenarioError: the reporter has no figures.
    """
    panel, layout = fitted.panel, fitted.layout
    if reporter not in panel.reporters or panel.reporters.index(reporter) not in layout.reporters:
        raise ScenarioError(f"No figure by the count of {reporter} is known.", pointer="/reporter")
    r = panel.reporters.index(reporter)
    start = max(12 * (origin // 12 - 1), layout.start)
    end = max(through, layout.end + 1)
    ops = operations(panel, fitted.background, layout, end)
    system = observe(layout, fitted.reading, ops, fitted.a0, fitted.P0, fitted.path)
    flows = tuple(FLOWS[states.flow] for states in layout.flows)
    heavy = np.full(system.row.shape[1], -1, dtype=np.int64)
    heavy[list(ops.irregular_operations)] = range(len(flows))
    read = [[states.log_flow, layout.bias.get((r, f), -1)] for f, states in enumerate(layout.flows)]
    drawn_from = min(start + months_settled(panel, reporter, flows, start), layout.end)
    t_kept, a_kept, P_kept = fitted.t_kept, fitted.a_kept, fitted.P_kept
    if drawn_from - layout.start < t_kept:
        t_kept = drawn_from - layout.start
        a_kept, P_kept = moments_of_draws(system, fitted.coef, fitted.var, t_kept)
    return Stage(
        fitted=fitted,
        reporter=reporter,
        start=start,
        origin=origin,
        end=end,
        through=through,
        flows=flows,
        cells=published_cells(panel, reporter, flows, start),
        drawn_from=drawn_from,
        system=system,
        driver_of=ops.driver_of,
        heavy=heavy,
        read=np.array(read, dtype=np.int64),
        t_kept=t_kept,
        a_kept=a_kept,
        P_kept=P_kept,
    )
