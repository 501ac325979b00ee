"""The kinds of crisis that were measured, and which of them were known by a month.

Figures round those of fixtures/crises.csv (starts, days of knowledge, depths) and fixtures/episodes.csv (lengths,
recoveries and their spread between flows); a test holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecast.months import parse_month


@dataclass(frozen=True, slots=True)
class CrisisKind:
    """One episode as measured across many flows, net of trend, season and oil.

    start: its first month. known: month in which a contemporary knew of it. measured: month by which depth, length and
    recovery could be measured. counted: whether it enters the hazard. depth_log, depth_log_sd: log deviation at the
    trough, and its spread between flows. months_to_trough, length_log_sd: median length of the fall, and the spread of
    its logarithm; None where annual figures alone speak. recovered_share, recovered_share_sd: of the fall, made good 24
    months after the trough; None where the next crisis cut it off.
    """

    name: str
    start: int
    known: int
    measured: int
    counted: bool
    depth_log: float
    depth_log_sd: float
    months_to_trough: float
    length_log_sd: float | None
    recovered_share: float | None
    recovered_share_sd: float | None


def _kind(
    name: str, start: str, known: str, measured: str, counted: bool, depth: tuple[float, float],
    length: tuple[float, float | None], recovered: tuple[float | None, float | None],
) -> CrisisKind:  # fmt: skip
    months = (parse_month(start), parse_month(known), parse_month(measured))
    return CrisisKind(name, *months, counted, *depth, *length, *recovered)


KINDS = (
    _kind("1981-82", "1981-07", "1982-01", "1984-12", True, (-0.262, 0.156), (12.0, None), (-0.692, 0.453)),
    _kind("1998", "1998-01", "1998-01", "2000-12", True, (-0.200, 0.219), (21.5, 0.15), (None, None)),
    _kind("2001", "2001-03", "2001-09", "2004-10", True, (-0.142, 0.0), (12.0, 0.80), (-0.116, 0.0)),
    _kind("2008-09", "2008-09", "2008-09", "2011-05", True, (-0.289, 0.149), (6.2, 0.55), (0.35, 0.622)),
    _kind("2014-16", "2014-11", "2014-12", "2018-12", False, (-0.168, 0.208), (20.0, None), (-0.181, 0.0)),
    _kind("2020", "2020-02", "2020-03", "2022-06", True, (-0.111, 0.192), (4.1, 0.30), (1.319, 0.780)),
    _kind("2022", "2022-02", "2022-02", "2023-03", False, (0.042, 0.160), (5.0, None), (None, None)),
)
COUNTED_FROM = 12 * 1980  #: first month of the count of starts
_LENGTH_LOG_SD = 0.5  #: where no measured kind has its own


def measured_by(origin: int) -> tuple[CrisisKind, ...]:
    """The counted kinds that could be measured by month ``origin``, empty before the first."""
    return tuple(kind for kind in KINDS if kind.counted and kind.measured <= origin)


def starts_known_by(origin: int) -> int:
    """How many counted kinds a contemporary knew to have begun by month ``origin``."""
    return sum(kind.counted and kind.known <= origin for kind in KINDS)


def under_way(origin: int) -> CrisisKind | None:
    """The kind known at ``origin`` whose fall is not over then, going by the mean length of those measured before."""
    measured = measured_by(origin)
    if not measured:
        return None
    length = float(np.mean([kind.months_to_trough for kind in measured]))
    running = [kind for kind in KINDS if kind.known <= origin and origin + 1 < kind.start + length]
    return running[-1] if running else None


def length_log_sd(kind: CrisisKind, measured: tuple[CrisisKind, ...]) -> float:
    """Spread of log length: the kind's own, else the root mean square of those measured, else one half."""
    if kind.length_log_sd is not None:
        return kind.length_log_sd
    own = [other.length_log_sd for other in measured if other.length_log_sd is not None]
    return float(np.sqrt(np.mean(np.square(own)))) if own else _LENGTH_LOG_SD
