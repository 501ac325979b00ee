"""Question: what is asked, read alike from HTTP, the shell and Python."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from forecast.errors import SchemaError
from forecast.evaluation.asked import Joint, Target, target_fields
from forecast.evaluation.target_reading import parse_target, read_target
from forecast.fields import choice_field, integer_field, refuse_unknown, text_field
from forecast.models.catalogue import REGULAR_MODELS
from forecast.months import format_month, parse_month
from forecast.scenarios.scenario import BASELINE, Scenario, parse_scenario, scenario_fields

__all__ = [
    "Joint",
    "Question",
    "Target",
    "parse_day",
    "parse_pair",
    "parse_question",
    "parse_target",
    "question_fields",
]

MODELS = ("auto", "structural", *REGULAR_MODELS)
MOST_PATHS = 200_000
LONGEST_HORIZON = 120  #: months

_PAIR = re.compile(r"[A-Z]{3}-[A-Z]{3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Question:
    """One question about one pair; only ``pair`` has no default.

    ``reporter`` None is the first country, ``as_of`` None is today, ``through`` (a month) None is December of the year
    after the day of knowledge.
    """

    pair: str
    reporter: str | None = None
    as_of: date | None = None
    through: int | None = None
    model: str = "auto"
    levels: tuple[int, ...] = (50, 80, 95)
    seed: int = 7
    paths: int = 10_000
    scenarios: tuple[str | Scenario, ...] = (BASELINE.name,)
    targets: tuple[Target | Joint, ...] = ()


_FIELDS = tuple(Question.__dataclass_fields__)


def parse_question(given: Mapping[str, object]) -> Question:
    """Read a question; unknown fields are refused with a suggestion.

    Raises:
        SchemaError: a field is unknown, missing, out of range or of the wrong kind; the pointer names it.
    """
    if not isinstance(given, Mapping):
        raise SchemaError(f"A question is a mapping of its fields; found {type(given).__name__}.")
    refuse_unknown(given, _FIELDS)
    pair = parse_pair(text_field(given, "pair", None))
    through = parse_month(text_field(given, "through", None), pointer="/through") if "through" in given else None
    reporter = _parse_reporter(given, pair)
    return Question(
        pair=pair,
        reporter=reporter,
        as_of=parse_day(text_field(given, "as_of", None), pointer="/as_of") if "as_of" in given else None,
        through=through,
        model=choice_field(given, "model", "auto", MODELS),
        levels=_parse_levels(given.get("levels", [50, 80, 95])),
        seed=integer_field(given, "seed", 7, low=0, high=2**53),
        paths=integer_field(given, "paths", 10_000, low=100, high=MOST_PATHS),
        scenarios=_parse_scenarios(given.get("scenarios", [BASELINE.name])),
        targets=_parse_targets(given.get("targets", []), reporter or pair[:3]),
    )


def parse_pair(text: str) -> str:
    """Read "CHN-RUS".

    Raises:
        SchemaError: not two different three-letter codes.
    """
    if not _PAIR.fullmatch(text) or text[:3] == text[4:]:
        raise SchemaError(
            f"{text!r} is no pair; write two different three-letter country codes, for example CHN-RUS.",
            pointer="/pair",
        )
    return text


def parse_day(text: str, *, pointer: str = "") -> date:
    """Read "2018-10-12".

    Raises:
        SchemaError: not a day of the calendar in that form.
    """
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise SchemaError(f"{text!r} is no day; write it as YYYY-MM-DD, for example 2018-10-12.", pointer=pointer)


def _parse_targets(given: object, reporter: str) -> tuple[Target | Joint, ...]:
    targets = []
    for i, entry in enumerate(_listed(given, "targets", 20)):
        target = read_target(entry, pointer=f"/targets/{i}")
        _refuse_reporter(target, reporter, f"/targets/{i}")
        targets.append(target)
    return tuple(targets)


def _refuse_reporter(asked: Target | Joint, reporter: str, pointer: str) -> None:
    """Refuse a target by another count than the question's, which one forecast cannot answer."""
    if isinstance(asked, Joint):
        for i, part in enumerate(asked.parts):
            _refuse_reporter(part, reporter, f"{pointer}/{asked.kind}/{i}")
    elif asked.reporter not in (None, reporter):
        raise SchemaError(
            f"The target is by the count of {asked.reporter}, the question by that of {reporter}; ask a question "
            f"of its own with reporter {asked.reporter}.",
            pointer=f"{pointer}/reporter",
            allowed=(reporter,),
        )


def _parse_scenarios(given: object) -> tuple[str | Scenario, ...]:
    scenarios: list[str | Scenario] = []
    for i, entry in enumerate(_listed(given, "scenarios", 20)):
        if isinstance(entry, str):
            scenarios.append(entry)
        elif isinstance(entry, Mapping):
            scenarios.append(parse_scenario(entry, pointer=f"/scenarios/{i}"))
        else:
            raise SchemaError(f"A scenario must be a name or an object; found {entry!r}.", pointer=f"/scenarios/{i}")
    names = [s if isinstance(s, str) else s.name for s in scenarios]
    if len(set(names)) < len(names):
        raise SchemaError("Two scenarios have the same name; rename one.", pointer="/scenarios")
    return tuple(scenarios) or (BASELINE.name,)


def _parse_levels(given: object) -> tuple[int, ...]:
    levels = _listed(given, "levels", 10)
    for level in levels:
        if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 99:
            raise SchemaError(
                f"A level is a whole number of per cent from 1 to 99; found {level!r}.", pointer="/levels"
            )
    if not levels:
        raise SchemaError("'levels' must name at least one level.", pointer="/levels")
    return tuple(sorted({int(level) for level in levels if isinstance(level, int)}))


def _parse_reporter(given: Mapping[str, object], pair: str) -> str | None:
    if "reporter" not in given:
        return None
    return choice_field(given, "reporter", None, (pair[:3], pair[4:]))


def _listed(given: object, name: str, most: int) -> list[object]:
    if not isinstance(given, list | tuple):
        raise SchemaError(f"{name!r} must be a list; found {given!r}.", pointer=f"/{name}")
    if len(given) > most:
        raise SchemaError(f"{name!r} may hold {most} at most; found {len(given)}.", pointer=f"/{name}")
    return list(given)


def question_fields(question: Question) -> dict[str, object]:
    """The question as it would be written in JSON, every field spelled out."""
    return {
        "pair": question.pair,
        "reporter": question.reporter,
        "as_of": None if question.as_of is None else question.as_of.isoformat(),
        "through": None if question.through is None else format_month(question.through),
        "model": question.model,
        "levels": list(question.levels),
        "seed": question.seed,
        "paths": question.paths,
        "scenarios": [s if isinstance(s, str) else scenario_fields(s) for s in question.scenarios],
        "targets": [target_fields(target) for target in question.targets],
    }
