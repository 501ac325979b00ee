"""Where a mistake is: JSON pointers of the library as options of the command line."""

from __future__ import annotations

import re

_OPTIONS = {
    "pair": "the pair",
    "as_of": "--as-of",
    "reporter": "--reporter",
    "through": "--through",
    "levels": "--levels",
    "seed": "--seed",
    "paths": "--paths",
    "model": "model",
    "targets": "--target",
    "scenarios": "--scenario",
    "chart": "--chart",
    "format": "--format",
    "output": "--output",
    "step": "--step",
    "origins": "--origins",
    "horizons": "--horizons",
    "models": "--models",
    "peers": "--peers",
    "given_oil": "--given-oil",
    "workers": "--workers",
    "store": "--store",
    "since": "--since",
    "reporters": "--reporters",
    "most": "--most",
    "quantity": "--quantity",
    "alpha": "--alpha",
    "base": "--base",
    "oil": "--oil",
    "severities": "--severities",
    "episode": "--episode",
    "start": "--start",
    "target": "--target",
}
_POINTER = re.compile(r"/(?P<field>[a-z_]+)(/(?P<position>\d+))?(?P<rest>/.*)?")


def place(pointer: str) -> str:
    """ "--target 2" for "/targets/1/span", "--scenario 1, /conditions/0"; what is no option stays as it is.

    A column of a table ("/flow") is named by the message itself, so it has no place of its own.
    """
    found = _POINTER.fullmatch(pointer)
    if not found:
        return pointer
    option = _OPTIONS.get(found["field"], "")
    if not option or found["position"] is None:
        return option
    text = f"{option} {int(found['position']) + 1}"
    return f"{text}, {found['rest']}" if found["field"] == "scenarios" and found["rest"] else text
