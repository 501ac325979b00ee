"""The JSON Schema (draft 2020-12) of a scenario document, made from the table that the readers use.

It holds documents in their plain spelling; the readers also forgive blanks around words and other spellings of a unit.
What compares two values it cannot say: the order of two months or bounds, months that are missing between others, and
contradictions between conditions. Those are refused on reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from forecast.panel import FLOWS
from forecast.scenarios.conditions.kinds import OIL
from forecast.scenarios.conditions.table import (
    EVENT,
    FORMS,
    FORMS_OF,
    KINDS,
    MONTH_PATTERN,
    MOST_MONTHS,
    UNITS_OF,
    Doubtful,
    Field,
    Flag,
    Kind,
    Level,
    Number,
    Text,
    Whole,
    Word,
    Words,
    level_bounds,
    text_pattern,
)
from forecast.scenarios.scenario import MOST_CONDITIONS, NAME_PATTERN, VERSIONS

Json = dict[str, object]

_SUBJECTS: dict[str, Json] = {
    "oil": {"const": OIL},
    "flow": {"enum": list(FLOWS)},
    "activity": {"const": "activity"},
    "fx": {"type": "string", "pattern": "^fx:"},
}
_TEXT: Json = {"type": "string", "pattern": r"\S"}


def document_schema() -> Json:
    """The schema of one scenario."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:tradewind:scenario:{VERSIONS[-1]}",
        "title": "Scenario",
        "description": "Conditions on the future of the trade between two countries. " + _what_is_left(),
        "type": "object",
        "properties": {
            "version": {"enum": list(VERSIONS), "description": "of the document"},
            "name": {"type": "string", "pattern": f"^{NAME_PATTERN}$", "description": "what the answer calls it"},
            "title": _TEXT | {"description": "one line"},
            "story": _TEXT | {"description": "who says so, and why these numbers"},
            "source": _TEXT | {"description": "what the numbers rest on"},
            "odds": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 1,
                "description": "weight in a set of scenarios; those of the set add up to 1",
            },
            "conditions": {"type": "array", "items": {"$ref": "#/$defs/condition"}, "maxItems": MOST_CONDITIONS},
        },
        "required": ["name"],
        "additionalProperties": False,
        "$defs": {
            "condition": {
                "type": "object",
                "properties": {"kind": {"enum": list(KINDS)}},
                "required": ["kind"],
                "allOf": [
                    {"if": _said("kind", {"const": name}), "then": {"$ref": f"#/$defs/{name}"}} for name in KINDS
                ],
            },
            "event": _event_schema(),
            **{name: _kind_schema(name, kind) for name, kind in KINDS.items()},
        },
    }


def _what_is_left() -> str:
    return (
        "Reading also refuses what a schema cannot say: bounds or months in the wrong order, months missing between "
        "others, a tariff that stays as it was, amounts out of bounds within an event written as text, and conditions "
        "that contradict each other."
    )


def _kind_schema(name: str, kind: Kind) -> Json:
    extra = {"path": _path_rules, "range": _range_rules, "shock": _shock_rules}
    rules = [*_rules(kind), *(extra[name]() if name in extra else [])]
    return {
        "description": kind.what,
        "type": "object",
        "properties": {"kind": {"const": name}, **{key: _field_schema(field) for key, field in kind.fields.items()}},
        "required": ["kind", *kind.required],
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def _rules(kind: Kind) -> list[Json]:
    """The rules of the table on which fields go together."""
    rules: list[Json] = []
    if kind.one_of:
        rules.append({"oneOf": [{"required": [name]} for name in kind.one_of]})
    if kind.some_of:
        rules.append(_any_of(kind.some_of))
    for name, beside in kind.only_with.items():
        rules.append({"if": _says(kind, name), "then": _any_of(beside)})
    for name, beside in kind.never_with.items():
        rules.append({"if": _says(kind, name), "then": {"not": _any_of(beside)}})
    return rules


def _any_of(names: Iterable[str]) -> Json:
    return {"anyOf": [{"required": [name]} for name in names]}


def _says(kind: Kind, name: str) -> Json:
    says: Json = {"required": [name]}
    if name in kind.idle:
        says["properties"] = {name: {"not": {"const": kind.idle[name]}}}
    return says


def _said(name: str, value: Json) -> Json:
    return {"properties": {name: value}, "required": [name]}


def _field_schema(field: Field) -> Json:
    match field:
        case Number(what, low, high, open_low, open_high):
            return {"type": "number", "description": what} | _bounds(low, high, open_low, open_high)
        case Whole(what, low, high):
            return {"type": "integer", "description": what} | _bounds(low, high)
        case Word(what, words):
            return {"enum": list(words), "description": what}
        case Words(what, words):
            entries: Json = {"enum": list(words)}
            return {"type": "array", "items": entries, "minItems": 1, "uniqueItems": True, "description": what}
        case Flag(what):
            return {"const": True, "description": what}
        case Doubtful(what, low, high):
            mean: Json = {"type": "number"} | _bounds(low, high)
            spread: Json = {"type": "number"} | _bounds(0.0, high)
            both: Json = {
                "type": "object",
                "properties": {"mean": mean, "sd": spread},
                "required": ["mean"],
                "additionalProperties": False,
            }
            return {"anyOf": [mean, both], "description": what}
        case Level(what):
            return {"description": what}
        case Text(what, "event"):
            text: Json = {"type": "string", "pattern": f"^{text_pattern(field)}$"}
            return {"anyOf": [text, {"$ref": "#/$defs/event"}], "description": what}
        case Text(what, ""):
            return _TEXT | {"description": what}
        case Text(what):
            return {"type": "string", "pattern": f"^{text_pattern(field)}$", "description": what}


def _bounds(low: float, high: float, open_low: bool = False, open_high: bool = False) -> Json:
    return {
        "exclusiveMinimum" if open_low else "minimum": low,
        "exclusiveMaximum" if open_high else "maximum": high,
    }


# ---- amounts, whose bounds hang on the driver and the unit ---------------------------------------------


def _path_rules() -> list[Json]:
    no_start: Json = {
        "if": _said("values", {"type": "object"}),
        "then": {"not": {"required": ["start"]}},
    }
    rules: list[Json] = [no_start, {"dependentRequired": {"total": ["span"]}}]
    for subject, of in _SUBJECTS.items():
        about: Json = {"properties": {"driver": of}} if subject == "oil" else _said("driver", of)
        wrong = [form for form in FORMS if form not in FORMS_OF[subject]]
        then: Json = {"properties": dict.fromkeys(wrong, False)} if wrong else {}
        rules.append({"if": about, "then": then | _by_unit(subject, _path_levels)})
    return rules


def _path_levels(subject: str, unit: str) -> Json:
    one = _level(subject, unit)
    values: Json = {
        "anyOf": [
            {"type": "array", "items": one, "minItems": 1, "maxItems": MOST_MONTHS},
            {
                "type": "object",
                "patternProperties": {f"^{MONTH_PATTERN}$": one},
                "additionalProperties": False,
                "minProperties": 1,
                "maxProperties": MOST_MONTHS,
            },
        ]
    }
    return {"values": values, "hold": one, "ramp_to": one, "total": _level(subject, unit, summed=True)}


def _range_rules() -> list[Json]:
    rules: list[Json] = []
    for subject, of in _SUBJECTS.items():
        for summed in (False, True):
            over: Json = {"required": ["span"]} if summed else {"not": {"required": ["span"]}}

            def levels(subject: str, unit: str, summed: bool = summed) -> Json:
                return dict.fromkeys(("low", "high"), _level(subject, unit, summed=summed))

            rules.append({"if": {"allOf": [_said("driver", of), over]}, "then": _by_unit(subject, levels)})
    return rules


def _shock_rules() -> list[Json]:
    return [{"if": {"required": ["origin"]}, "then": _said("driver", {"const": OIL})}]


def _event_schema() -> Json:
    crisis = _said("what", {"const": "crisis"})
    nothing = ["at_least", "at_most", "span", "unit"]
    mark: Json = {"oneOf": [{"required": ["at_least"]}, {"required": ["at_most"]}], "required": ["span"]}
    rules = [*_rules(EVENT), {"if": crisis, "then": {"properties": dict.fromkeys(nothing, False)}, "else": mark}]
    for subject, of in _SUBJECTS.items():
        about: Json = {"anyOf": [_said(name, of) for name in ("what", "driver", "flow")]}
        rules.append({"if": about, "then": _by_unit(subject, _event_levels)})
    return {
        "description": EVENT.what,
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in EVENT.fields.items()},
        "additionalProperties": False,
        "allOf": rules,
    }


def _event_levels(subject: str, unit: str) -> Json:
    return dict.fromkeys(("at_least", "at_most"), _level(subject, unit, summed=True))


def _by_unit(subject: str, levels: Callable[[str, str], Json]) -> Json:
    """Amounts of a subject, unit by unit; the first unit is meant where none is given."""
    units = UNITS_OF[subject]
    if not units:
        return {"allOf": [{"properties": {"unit": False, **levels(subject, "")}}]}
    branches: list[Json] = []
    for unit in units:
        given: Json = {"properties": {"unit": {"const": unit}}}
        about = given if unit == units[0] else given | {"required": ["unit"]}
        branches.append({"if": about, "then": {"properties": levels(subject, unit)}})
    return {"allOf": [{"properties": {"unit": {"enum": list(units)}}}, *branches]}


def _level(subject: str, unit: str, *, summed: bool = False) -> Json:
    return {"type": "number"} | _bounds(*level_bounds(subject, unit, summed=summed))
