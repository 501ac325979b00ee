"""What tariffs, sanctions and the origin of an oil shock do where a scenario names no figure of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from forecast.errors import ScenarioError


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that is drawn once a path: normal with mean and sd, held between low and high.

    published: day from which it can be known. basis: "measured", "read" or "recalled" from the literature, or "judged".
    """

    mean: float
    sd: float
    low: float
    high: float
    published: date
    basis: str
    source: str


@dataclass(frozen=True, slots=True)
class TradePolicy:
    """figures: by quantity ("elasticity") and kind ("tariff"; of sanctions also "trade", "financial", "secondary")."""

    figures: Mapping[tuple[str, str], Figure] = field(default_factory=dict)

    def figure(self, quantity: str, kind: str, *, pointer: str = "") -> Figure:
        """The default of a quantity.

        Raises:
            ScenarioError: no such quantity of that kind.
        """
        found = self.figures.get((quantity, kind))
        if found is None:
            kinds = tuple(sorted(k for q, k in self.figures if q == quantity))
            raise ScenarioError(
                f"There is no default of {quantity!r} for {kind!r}; "
                + (f"there is for: {', '.join(kinds)}." if kinds else "give it in the condition."),
                pointer=pointer,
                allowed=kinds,
            )
        return found


@dataclass(frozen=True, slots=True)
class OilOrigin:
    """How trade moves by what moved the oil price, per log unit of the price's mean over lags 0 to ``last_lag`` months.

    demand_less_supply, error: response to moves by demand less that to moves by supply, and its standard error.
    demand_share: part of past moves that were demand's, so that both average to the answer that models have.
    """

    demand_less_supply: float = 0.0
    error: float = 0.0
    demand_share: float = 0.5
    last_lag: int = 0
