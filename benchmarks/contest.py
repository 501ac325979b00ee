"""Contest: the same work by Tradewind and by the peers that a user would take instead, in one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Action = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Contest:
    """One row of the table.

    work: what is done, on which size. ours, peers: the same work; each call does it once.
    agreement: checks that the results agree before anything is timed, raises AssertionError if they do not, and
    returns how well they do ("log-likelihoods to 3e-10").
    at_least: by peer, the ratio that is aimed for. repeat: ours is so quick that it is called so often in a round.
    threads: with 1 the processor time counts, with more the wall clock.
    """

    work: str
    ours: Action
    peers: Mapping[str, Action]
    agreement: Callable[[], str]
    at_least: Mapping[str, float] = field(default_factory=dict)
    repeat: int = 1
    rounds: int = 9
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Growth:
    """One line of the plot of costs: the same work at growing sizes of one dimension.

    work: what is done. of: the dimension ("months", "draws", "series", "paths"). at: a size -> the work at that size.
    """

    work: str
    of: str
    sizes: tuple[int, ...]
    at: Callable[[int], Action]
