"""The shape of a scenario in the OpenAPI document: the library's own JSON Schema, cut into components."""

from __future__ import annotations

from typing import Any

Json = Any  #: a part of a JSON Schema

_SCHEMAS = "#/components/schemas/"


def scenario_schemas(document: Json) -> dict[str, Json]:
    """Components by name: ``Scenario``, ``Condition``, ``Event`` and one for each kind of condition.

    document: JSON Schema of a scenario document, its parts under ``$defs``.
    """
    parts = document["$defs"]
    names = {part: _name(part) for part in parts}
    found = {names[part]: _moved(schema, names) for part, schema in parts.items()}
    kinds = parts["condition"]["properties"]["kind"]["enum"]
    found["Condition"] = {
        "description": "One statement about the future; `kind` says which.",
        "anyOf": [{"$ref": _SCHEMAS + names[kind]} for kind in kinds],
        "discriminator": {"propertyName": "kind", "mapping": {kind: _SCHEMAS + names[kind] for kind in kinds}},
    }
    whole = {key: value for key, value in document.items() if key not in ("$defs", "$id", "$schema")}
    return found | {"Scenario": _moved(whole, names)}


def _name(part: str) -> str:
    return part.capitalize() if part in ("condition", "event") else f"{part.capitalize()}Condition"


def _moved(schema: Json, names: dict[str, str]) -> Json:
    """A schema whose references point at components."""
    if isinstance(schema, dict):
        return {
            key: _SCHEMAS + names[value.rpartition("/")[2]] if key == "$ref" else _moved(value, names)
            for key, value in schema.items()
        }
    return [_moved(part, names) for part in schema] if isinstance(schema, list) else schema
