"""Every mistake of a scenario document at once, for those who write one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from forecast.errors import InputError
from forecast.scenarios.conditions.kinds import Condition
from forecast.scenarios.conditions.together.contradictions import find_contradictions
from forecast.scenarios.scenario import listed_conditions, parse_scenario, read_condition


def find_mistakes(given: Mapping[str, object], *, pointer: str = "") -> tuple[InputError, ...]:
    """Every mistake that can be told from the others; none when `parse_scenario` reads the document."""
    head = {name: value for name, value in given.items() if name != "conditions"}
    mistakes = _field_mistakes(
        lambda fields: parse_scenario(fields, pointer=pointer), head, pointer, {"name": "a-name"}
    )
    try:
        listed = listed_conditions(given, pointer=pointer)
    except InputError as error:
        return (*mistakes, error)
    read: list[Condition] = []
    for i, entry in enumerate(listed):
        where = f"{pointer}/conditions/{i}"
        try:
            read.append(read_condition(entry, pointer=where))
        except InputError as error:
            found = [error]
            if isinstance(entry, Mapping):
                found = _field_mistakes(partial(read_condition, pointer=where), entry, where, {})
            mistakes += found
    if len(read) == len(listed):
        mistakes += find_contradictions(read, pointer=pointer)
    return tuple(mistakes)


def _field_mistakes(
    read: Callable[[Mapping[str, object]], object],
    given: Mapping[str, object],
    pointer: str,
    needed: Mapping[str, object],
) -> list[InputError]:
    """Mistakes of one object, found by leaving out each field that was refused and reading again.

    needed: fields without which nothing is read, put in once one was refused.
    """
    left, found = dict(given), list[InputError]()
    while True:
        try:
            read(left)
        except InputError as error:
            field = error.pointer.removeprefix(f"{pointer}/").partition("/")[0]
            if field not in left or len(found) == len(given):  # what is missing may have been left out here
                return found or [error]
            found.append(error)
            del left[field]
            left = {**needed, **left}
        else:
            return found
