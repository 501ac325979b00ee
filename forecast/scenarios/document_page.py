"""The page on scenario documents: every field of every kind of condition, from the table that the readers use."""

from __future__ import annotations

from forecast.scenarios.conditions.table import (
    EVENT,
    KINDS,
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
)

_HEAD = """# The scenario document

A scenario is one TOML or JSON document, read alike by HTTP, Python and the shell. `tradewind scenarios check FILE`
says what it says and names every mistake; `tradewind scenarios schema` prints its JSON Schema; `tradewind scenarios
show oil-slump` is one to start from. This page is made by `make readme` from the table that the readers use.

```toml
version = 1
name = "mine"                # small letters, digits and hyphens; a file without it takes the file's name
title = "One line"
story = "Who says so, and why these numbers."
source = "What the numbers rest on."
odds = 0.25                  # in a set of scenarios whose odds add up to 1: their mixture is answered too

[[conditions]]
kind = "path"
ramp_to = 45
over_months = 6
```

Conditions hold together and their order does not matter; two that contradict each other are refused by name. Months
are written `2019-01`, spans `2019` or `2019-01/2019-06`. A `start` that is left out is, of a path, a range and a shock,
the first month not yet known of what it speaks of; of a crisis, a shift, a tariff and sanctions the month after the day
of knowledge. `next-january` is the first January after that day. Amounts of flows are USD bn unless `unit` says
otherwise, oil is USD a barrel, activity per cent from trend, a rate the currency for one USD. Bounds of
amounts: {bounds}.
"""


def document_page() -> str:
    """The page, as Markdown."""
    parts = [_HEAD.replace("{bounds}", _bounds())]
    for name, kind in KINDS.items():
        parts.append(f"## {name}\n\n{kind.what}\n\n{_rules(kind)}{_fields(kind)}")
    parts.append(
        f"## event\n\n{EVENT.what} Or as text: `oil >= 80 in 2019`, `crisis`.\n\n{_rules(EVENT)}{_fields(EVENT)}"
    )
    return "\n".join(parts)


def _rules(kind: Kind) -> str:
    said = []
    if kind.required:
        said.append(f"Needed: {_named(kind.required, 'and')}.")
    if kind.one_of:
        said.append(f"Exactly one of {_named(kind.one_of, 'or')}.")
    if kind.some_of:
        said.append(f"At least one of {_named(kind.some_of, 'or')}.")
    said += [f"`{name}` only with {_named(beside, 'or')}." for name, beside in kind.only_with.items()]
    said += [f"`{name}` not with {_named(beside, 'or')}." for name, beside in kind.never_with.items()]
    return f"{' '.join(said)}\n\n" if said else ""


def _named(names: tuple[str, ...], last: str) -> str:
    quoted = [f"`{name}`" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"


def _fields(kind: Kind) -> str:
    rows = [f"| `{name}` | {_type(field)} | {field.what} |\n" for name, field in kind.fields.items()]
    return "| field | holds | meaning |\n|---|---|---|\n" + "".join(rows)


def _type(field: Field) -> str:
    match field:
        case Number(low=low, high=high, open_low=above, open_high=below):
            return f"number, {'above ' if above else ''}{low:,g} to {'below ' if below else ''}{high:,g}"
        case Whole(low=low, high=high):
            return f"whole number, {low:,} to {high:,}"
        case Word(words=words):
            return _named(words, "or")
        case Words(words=words):
            return f"list of {_named(words, 'and')}"
        case Doubtful(low=low, high=high):
            return f"number, {low:,g} to {high:,g}, or `{{mean = , sd = }}`"
        case Flag():
            return "`true`"
        case Level():
            return "amount"
        case Text():
            return "text"


def _bounds() -> str:
    """Bounds of the amounts of each sort of driver."""
    said = []
    for subject in UNITS_OF:
        low, high = level_bounds(subject, "", summed=False)
        said.append(f"{'fx:AAA' if subject == 'fx' else subject} {low:,g} to {high:,g}")
    return "; ".join(said)
