"""What differs between two scenarios, as few players: conditions that join, leave or take each other's place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forecast.scenarios.conditions.kinds import (
    Between,
    Condition,
    Crisis,
    Hazard,
    Odds,
    Pinned,
    Sanctions,
    Shift,
    Shock,
    Tariff,
)
from forecast.scenarios.conditions.wording import condition_words
from forecast.scenarios.scenario import Scenario

MOST_PLAYERS = 6

_KINDS: dict[type, str] = {
    Pinned: "path",
    Between: "range",
    Shock: "shock",
    Crisis: "crisis",
    Hazard: "crisis",
    Shift: "shift",
    Tariff: "tariff",
    Sanctions: "sanctions",
    Odds: "odds",
}
_FAMILIES = {
    "path": "paths",
    "range": "ranges and odds",
    "odds": "ranges and odds",
    "shock": "shocks",
    "crisis": "crises",
    "shift": "shifts, tariffs and sanctions",
    "tariff": "shifts, tariffs and sanctions",
    "sanctions": "shifts, tariffs and sanctions",
}


@dataclass(frozen=True, slots=True)
class Player:
    """Conditions that change together: ``removed`` of the first scenario make room for ``added`` of the second."""

    name: str
    removed: tuple[Condition, ...]
    added: tuple[Condition, ...]

    @property
    def words(self) -> str:
        """What changes, in plain words."""
        said = [condition_words(condition) for condition in self.added]
        gone = [condition_words(condition) for condition in self.removed]
        if gone:
            said.append(f"{'no longer' if not said else 'in place of'}: {'; '.join(gone)}")
        return "; ".join(said)


def players_between(before: Scenario, after: Scenario, most: int = MOST_PLAYERS) -> tuple[tuple[Player, ...], bool]:
    """The players whose joining turns one scenario into another, and whether they had to be grouped by kind.

    A condition that only one scenario has is a player of its own, unless the other speaks about the same thing (another
    path of the same driver, another crisis): these take each other's place at once. More than ``most`` are grouped.
    """
    removed, added = _only_in(before, after), _only_in(after, before)
    players: list[Player] = []
    for subject in dict.fromkeys(map(_subject, (*removed, *added))):
        gone = tuple(condition for condition in removed if _subject(condition) == subject)
        come = tuple(condition for condition in added if _subject(condition) == subject)
        if (gone and come) or _chained((*gone, *come)[0]):
            players.append(Player(subject, gone, come))
        else:
            players += [Player(subject, (condition,), ()) for condition in gone]
            players += [Player(subject, (), (condition,)) for condition in come]
    players = _numbered(players)
    if len(players) <= most:
        return tuple(players), False
    return _grouped(players, most), True


def with_players(before: Scenario, after: Scenario, players: Sequence[Player], inside: Sequence[bool]) -> Scenario:
    """The scenario in which the players ``inside`` have made their change; all of them: ``after`` itself."""
    if all(inside):
        return after
    if not any(inside):
        return before
    kept: list[Condition] = list(before.conditions)
    added = []
    for player, joined in zip(players, inside, strict=True):
        if joined:
            for condition in player.removed:
                kept.remove(condition)
            added += list(player.added)
    return Scenario(f"{before.name}-to-{after.name}"[:64], conditions=(*kept, *added))


def _only_in(one: Scenario, other: Scenario) -> list[Condition]:
    """Conditions of one scenario that another does not have, as often as it has more of them."""
    left = list(other.conditions)
    found = []
    for condition in one.conditions:
        if condition in left:
            left.remove(condition)
        else:
            found.append(condition)
    return found


def _subject(condition: Condition) -> str:
    """What a condition speaks about: "oil path", "crisis", "tariff on exports"."""
    match condition:
        case Pinned(driver=driver) | Between(driver=driver) | Shock(driver=driver):
            return f"{driver} {_KINDS[type(condition)]}"
        case Crisis() | Hazard():
            return "crisis"
        case Odds(event=event):
            return f"odds of {event.what}"
        case Shift(flow=flow) | Sanctions(flow=flow) | Tariff(flow=flow):
            word = {"shift": "shift of", "tariff": "tariff on", "sanctions": "sanctions on"}[_KINDS[type(condition)]]
            return f"{word} {flow}"


def _chained(condition: Condition) -> bool:
    """Whether conditions of this subject build on one another (paths that follow each other) and so move together."""
    return isinstance(condition, Pinned)


def _numbered(players: Sequence[Player]) -> list[Player]:
    """The players with names of their own: the second of a name is called so."""
    seen: dict[str, int] = {}
    found = []
    for player in players:
        seen[player.name] = seen.get(player.name, 0) + 1
        name = player.name if seen[player.name] == 1 else f"{player.name} ({seen[player.name]})"
        found.append(Player(name, player.removed, player.added))
    return found


def _grouped(players: Sequence[Player], most: int) -> tuple[Player, ...]:
    """The players put together by kind, by family where these are still too many, else all as one."""
    kinds = [_KINDS[type((*player.removed, *player.added)[0])] for player in players]
    for names in (kinds, [_FAMILIES[kind] for kind in kinds]):
        if len(set(names)) <= most:
            return tuple(
                Player(
                    name,
                    tuple(c for player, its in zip(players, names, strict=True) if its == name for c in player.removed),
                    tuple(c for player, its in zip(players, names, strict=True) if its == name for c in player.added),
                )
                for name in dict.fromkeys(names)
            )
    return (
        Player(
            "all conditions",
            tuple(c for player in players for c in player.removed),
            tuple(c for player in players for c in player.added),
        ),
    )
