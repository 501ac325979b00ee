"""Which conditions are players of their own, and which take each other's place."""

from __future__ import annotations

from forecast.explanations.players import players_between, with_players
from forecast.scenarios.conditions.kinds import Crisis, Hazard, Pinned, Ramp, Shift, Shock, Tariff
from forecast.scenarios.scenario import Scenario

OIL45 = Pinned("oil", Ramp(45.0, 6))
OIL90 = Pinned("oil", Ramp(90.0, 6))


def scenario(name: str, *conditions: object) -> Scenario:
    return Scenario(name, conditions=tuple(conditions))  # type: ignore[arg-type]


def test_shared_conditions_are_no_players() -> None:
    players, grouped = players_between(scenario("a", OIL45), scenario("b", OIL45, Crisis("2008-09")))
    assert [player.added for player in players] == [(Crisis("2008-09"),)]
    assert not grouped


def test_another_path_of_the_same_driver_takes_the_place_of_the_first() -> None:
    before, after = scenario("a", OIL45, Crisis("2008-09")), scenario("b", OIL90, Hazard(0.0))
    players, _ = players_between(before, after)
    assert [player.name for player in players] == ["oil path", "crisis"]
    half = with_players(before, after, players, [True, False])
    assert set(half.conditions) == {OIL90, Crisis("2008-09")}
    assert with_players(before, after, players, [True, True]) is after
    assert with_players(before, after, players, [False, False]) is before
    assert "in place of" in players[0].words


def test_a_condition_that_stands_twice_is_told_once_more() -> None:
    shift = Shift("exports", percent=5.0)
    players, _ = players_between(scenario("a", shift), scenario("b", shift, shift))
    assert len(players) == 1


def test_more_than_most_are_grouped_by_kind() -> None:
    many = (
        *(Shift("exports", percent=float(k)) for k in range(1, 5)),
        *(Shock("oil", float(k), start=24240 + k) for k in range(1, 4)),
        Tariff("imports", 10.0, 25.0),
    )
    players, grouped = players_between(scenario("a"), scenario("b", *many))
    assert grouped
    assert [player.name for player in players] == ["shift", "shock", "tariff"]
    assert sorted(len(player.added) for player in players) == [1, 3, 4]
    two, _ = players_between(scenario("a"), scenario("b", *many), most=2)
    assert [player.name for player in two] == ["shifts, tariffs and sanctions", "shocks"]
    one, _ = players_between(scenario("a"), scenario("b", *many), most=1)
    assert len(one) == 1
    assert len(one[0].added) == 8
