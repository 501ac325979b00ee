"""What a backtest is asked: origins, horizons, models, targets; read alike from the shell, HTTP and Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from forecast.backtests.marks import Mark, parse_mark
from forecast.errors import SchemaError
from forecast.evaluation.regular import STEPS
from forecast.fields import choice_field, integer_field, refuse_unknown, suggest
from forecast.months import format_month, parse_month
from forecast.panel import FLOWS
from forecast.question import LONGEST_HORIZON, MOST_PATHS

DEFAULT_HORIZONS = (1, 3, 6, 12, 24, 36)
DEFAULT_MODELS = ("auto", "pool", "ets", "arima", "theta", "seasonal-naive")
MOST_ORIGINS, MOST_MODELS, MOST_TARGETS = 600, 40, 10

_FIELDS = (
    *("reporter", "flow", "step", "origins", "horizons", "models", "peers", "targets"),
    *("given_oil", "paths", "seed"),
)
_LAST_MONTH = 12 * 2200 - 1


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a backtest is asked about a record.

    reporter, flow, step, origins, horizons: None leaves the choice to the record. origins, horizons: ascending.
    models: names without repetition, peers last. given_oil: forecast a second time with the realised oil price.
    """

    reporter: str | None = None
    flow: str | None = None
    step: int | None = None
    origins: tuple[int, ...] | None = None
    horizons: tuple[int, ...] | None = None
    models: tuple[str, ...] = DEFAULT_MODELS
    targets: tuple[Mark, ...] = ()
    given_oil: bool = False
    paths: int = 1000
    seed: int = 7


def parse_options(given: Mapping[str, object], models: Sequence[str], peers: Sequence[str]) -> Options:
    """Read the options; ``models`` and ``peers`` are the names that can be asked for.

    origins: "2008-12..2022-12/12" (every 12 months; a year alone is its December), months, or a list of such texts.
    horizons: months, "1,3,6" or a list. models, peers: names, "auto,pool" or a list; the peer "statsmodels" is all
    of statsmodels' models. targets: a list of texts, see `forecast.backtests.marks`. step: "month", "quarter" or
    "year".

    Raises:
        SchemaError: a field is unknown, out of range or of the wrong kind; the pointer names it.
        UnitError: a target's unit cannot be read.
    """
    given = {name: value for name, value in given.items() if value is not None}
    refuse_unknown(given, _FIELDS)
    names = _names(given.get("models", DEFAULT_MODELS), "models", (*models, *peers))
    families = {name.partition("-")[0] for name in peers}
    for i, peer in enumerate(_listed(given.get("peers", ()), "peers")):
        of_family = tuple(name for name in peers if name.startswith(f"{peer}-")) if peer in families else ()
        names += of_family or _names([peer], "peers", (*peers, *families), first=i)
    names = tuple(dict.fromkeys(names))
    if not 0 < len(names) <= MOST_MODELS:
        raise SchemaError(f"A backtest compares 1 to {MOST_MODELS} models; found {len(names)}.", pointer="/models")
    flow = choice_field(given, "flow", None, FLOWS) if "flow" in given else None
    words = {word: months for months, word in STEPS.items()}
    asked = given.get("given_oil", False)
    if not isinstance(asked, bool):
        raise SchemaError(f"'given_oil' must be true or false; found {asked!r}.", pointer="/given_oil")
    reporter = given.get("reporter")
    if reporter is not None and not isinstance(reporter, str):
        raise SchemaError(f"'reporter' must be text; found {reporter!r}.", pointer="/reporter")
    return Options(
        reporter=reporter,
        flow=flow,
        step=words[choice_field(given, "step", None, tuple(words))] if "step" in given else None,
        origins=_origins(given["origins"]) if "origins" in given else None,
        horizons=_horizons(given["horizons"]) if "horizons" in given else None,
        models=names,
        targets=_targets(given.get("targets", ()), flow),
        given_oil=asked,
        paths=integer_field(given, "paths", 1000, low=100, high=MOST_PATHS),
        seed=integer_field(given, "seed", 7, low=0, high=2**53),
    )


def _listed(given: object, name: str) -> tuple[object, ...]:
    """The entries of a list, or of a text with commas."""
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    if isinstance(given, int) and not isinstance(given, bool):
        return (given,)
    if isinstance(given, Sequence):
        return tuple(given)
    raise SchemaError(f"{name!r} must be a list, or a text with commas; found {given!r}.", pointer=f"/{name}")


def _names(given: object, name: str, allowed: tuple[str, ...], *, first: int = 0) -> tuple[str, ...]:
    found = []
    for i, entry in enumerate(_listed(given, name), start=first):
        if not isinstance(entry, str) or entry not in allowed:
            raise SchemaError(
                f"There is no model {entry!r}. {suggest(str(entry), allowed)}", pointer=f"/{name}/{i}", allowed=allowed
            )
        found.append(entry)
    return tuple(found)


def _origins(given: object) -> tuple[int, ...]:
    found: set[int] = set()
    for i, entry in enumerate(_listed(given, "origins")):
        where = f"/origins/{i}"
        if not isinstance(entry, str):
            raise SchemaError(f"An origin is a month, 2008-12; found {entry!r}.", pointer=where)
        first, dots, rest = entry.partition("..")
        if not dots:
            found.add(_origin(entry, where))
            continue
        last, slash, every = rest.partition("/")
        if slash and not (every.strip().isdecimal() and 0 < int(every) <= _LAST_MONTH):
            raise SchemaError(f"{every!r} is no number of months; write 2008-12..2022-12/12.", pointer=where)
        begin, end = _origin(first, where), _origin(last, where)
        if end < begin:
            raise SchemaError(f"The origins {entry!r} end before they begin; swap the two months.", pointer=where)
        found |= set(range(begin, end + 1, int(every) if slash else 12))
    if not 0 < len(found) <= MOST_ORIGINS:
        raise SchemaError(f"A backtest has 1 to {MOST_ORIGINS} origins; found {len(found)}.", pointer="/origins")
    return tuple(sorted(found))


def _origin(text: str, pointer: str) -> int:
    text = text.strip()
    return parse_month(f"{text}-12" if len(text) == 4 and text.isdecimal() else text, pointer=pointer)


def _horizons(given: object) -> tuple[int, ...]:
    found: set[int] = set()
    for i, entry in enumerate(_listed(given, "horizons")):
        number = int(entry) if isinstance(entry, str) and entry.isdecimal() and entry.isascii() else entry
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= LONGEST_HORIZON:
            raise SchemaError(
                f"A horizon is a whole number of months from 1 to {LONGEST_HORIZON}; found {entry!r}.",
                pointer=f"/horizons/{i}",
            )
        found.add(number)
    if not found:
        raise SchemaError("'horizons' must name at least one number of months.", pointer="/horizons")
    return tuple(sorted(found))


def _targets(given: object, flow: str | None) -> tuple[Mark, ...]:
    entries = (given,) if isinstance(given, str) else _listed(given, "targets")
    if len(entries) > MOST_TARGETS:
        raise SchemaError(f"'targets' may hold {MOST_TARGETS} at most; found {len(entries)}.", pointer="/targets")
    marks = []
    for i, entry in enumerate(entries):
        if not isinstance(entry, str):
            raise SchemaError(f"A target is a text, 'turnover >= 100'; found {entry!r}.", pointer=f"/targets/{i}")
        marks.append(parse_mark(entry, flow, pointer=f"/targets/{i}"))
    return tuple(dict.fromkeys(marks))


def origin_words(origins: Sequence[int]) -> str:
    """ "2008-12 to 2022-12" for messages."""
    return f"{format_month(min(origins))} to {format_month(max(origins))}" if origins else "none"
