"""Composition: which part of a flow a group of goods is, as published by a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from forecast.errors import ScenarioError
from forecast.fields import suggest

_MIRRORED = {"exports": "imports", "imports": "exports"}
_ALL = "all"


@dataclass(frozen=True, slots=True)
class Composition:
    """Goods of one pair's flows, seen from its first country.

    value_usd_bn: by flow, year and group of goods; the group "all" is the whole flow. published: by year, the day from
    which it is known (1 March of the second year after it: fixtures/README.md).
    """

    value_usd_bn: Mapping[tuple[str, int, str], float]
    published: Mapping[int, date]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in order."""
        return tuple(sorted({group for _, _, group in self.value_usd_bn} - {_ALL}))

    def mirrored(self) -> Composition:
        """The same goods seen from the second country."""
        seen = {(_MIRRORED[flow], year, group): value for (flow, year, group), value in self.value_usd_bn.items()}
        return Composition(seen, self.published)


def group_share(composition: Composition | None, flow: str, group: str, as_of: date, *, pointer: str = "") -> float:
    """The share (0 to 1) of a group of goods in a flow, in the latest year published by a day.

    Args:
        composition: of the pair, None where there is none.
        flow: exports, imports or turnover.
        group: a name of ``composition.groups``.
        as_of: the day of knowledge.
        pointer: of the condition that asks.

    Raises:
        ScenarioError: no such group, no composition of the pair, or none published by the day.
    """
    give = "give the 'share' of the flow that is meant"
    if composition is None:
        raise ScenarioError(
            f"No composition of this pair is at hand, so the share of {group!r} is not known; {give}.",
            pointer=f"{pointer}/group",
        )
    if group not in composition.groups:
        raise ScenarioError(
            f"There is no group of goods {group!r}. {suggest(group, composition.groups)} Or {give}.",
            pointer=f"{pointer}/group",
            allowed=composition.groups,
        )
    years = [year for year, day in composition.published.items() if day <= as_of]
    if not years:
        first = min(composition.published)
        raise ScenarioError(
            f"The composition of {first}, the first at hand, was published on {composition.published[first]}, after "
            f"the date of knowledge {as_of}; {give}.",
            pointer=f"{pointer}/group",
        )
    flows = ("exports", "imports") if flow == "turnover" else (flow,)
    part, whole = (sum(composition.value_usd_bn[one, max(years), g] for one in flows) for g in (group, _ALL))
    return part / whole
