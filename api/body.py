"""The body of a request: strict JSON, read so that every mistake has a place and a name."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import NoReturn

from api.media import JSON
from api.problems import Problem
from api.wire import Fault

DEEPEST = 32  #: levels of nesting; a question needs seven
LONGEST_STRING = 2_000
LONGEST_INTEGER = 100  #: digits


def refuse_foreign(content_type: str, options: Mapping[str, str], encoding: str) -> None:
    """Refuse a body that is not plain UTF-8 JSON.

    Raises:
        Problem: 415, another media type, charset or content coding.
    """
    charset = options.get("charset", "utf-8").strip("\"'").lower()
    if content_type.lower() != JSON:
        found = f"Content-Type is {content_type!r}" if content_type else "Content-Type is missing"
    elif charset not in ("utf-8", "utf8"):
        found = f"The charset is {charset!r}"
    elif encoding.strip().lower() not in ("", "identity"):
        found = f"Content-Encoding is {encoding!r}"
    else:
        return
    fault = Fault("", "unsupported-media-type", f"{found}.", (JSON,))
    raise Problem("unsupported-media-type", f"{found}; send plain UTF-8 with Content-Type: {JSON}.", faults=(fault,))


def read_object(body: bytes) -> dict[str, object]:
    """Read one JSON object.

    Stricter than most readers: no NaN or Infinity, no number beyond double precision's range, no field given
    twice, no byte order mark, no half of a surrogate pair.

    Raises:
        Problem: 400 with line and column where the body is no such JSON; 422 when it is something else than an object.
    """
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        _refuse("The body starts with a byte order mark; send UTF-8 without one.")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        _refuse(f"Byte {error.start} of the body is not UTF-8 ({error.reason}).")
    if not text.strip():
        _refuse("The body is empty; send a question, at least its 'pair'.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=lambda name: _refuse(f"{name} is no JSON number; leave the field out instead."),
        )
    except json.JSONDecodeError as error:
        _refuse(f"{error.msg} at line {error.lineno}, column {error.colno}.")
    except RecursionError:
        _refuse_depth()
    _check_strings_and_depth(value)
    if not isinstance(value, dict):
        found = "a list" if isinstance(value, list) else "no object"
        fault = Fault("", "schema", f"Expected one JSON object; found {found}.", ())
        raise Problem("schema", f"The body must be one JSON object; found {found}.", faults=(fault,))
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        _refuse(f"The field {twice!r} is given twice in one object; keep one.")
    return read


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        _refuse(f"A whole number has {len(text)} digits; at most {LONGEST_INTEGER} are read.")
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _refuse(f"The number {text[:40]} is too large.")
    return value


def _check_strings_and_depth(value: object) -> None:
    waiting = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if depth > DEEPEST:
            _refuse_depth()
        if isinstance(item, str):
            _check_string(item)
        elif isinstance(item, dict):
            waiting += [(part, depth + 1) for part in item.values()]
            waiting += [(name, depth) for name in item]
        elif isinstance(item, list):
            waiting += [(part, depth + 1) for part in item]


def _check_string(text: str) -> None:
    if len(text) > LONGEST_STRING:
        _refuse(f"A text has {len(text)} characters; at most {LONGEST_STRING} are read.")
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse("A text holds half of a surrogate pair (\\ud800 to \\udfff); write the whole character.")


def _refuse_depth() -> NoReturn:
    _refuse(f"The body is nested too deeply; at most {DEEPEST} levels are read.")


def _refuse(detail: str) -> NoReturn:
    raise Problem("malformed-json", detail, faults=(Fault("", "malformed-json", detail, ()),))
