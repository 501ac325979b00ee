"""The models that a backtest can call by name, each loaded when it is first asked."""

from __future__ import annotations

from collections.abc import Mapping

from forecast.backtests.situation import Situated, Situation
from forecast.data.background import load_background
from forecast.errors import SchemaError
from forecast.models.catalogue import REGULAR_MODELS, forecaster_named
from forecast.models.task import Ahead, Forecaster, Task

AUTO, STRUCTURAL, REFERENCE = "auto", "structural", "seasonal-naive"
MODELS = (AUTO, STRUCTURAL, *REGULAR_MODELS)

#: never look at the course of drivers that is given; others are asked with it, and dropped if it changes nothing
OIL_BLIND = frozenset(
    ("arima", "drift", "ets", "local-level", "theta", REFERENCE, "statsmodels-ets", "statsmodels-theta")
)
#: begun first, so that no process waits for them at the end
SLOW = frozenset((AUTO, STRUCTURAL, "bvar", "pool", "regimes", "statsmodels-sarimax"))


def peer_names() -> tuple[str, ...]:
    """Models of other libraries."""
    from forecast.interop.peers import PEERS

    return tuple(PEERS)


def may_read_oil(name: str) -> bool:
    """Whether the realised oil price could change what the model says."""
    return name not in OIL_BLIND


def model_named(name: str, own: Mapping[str, Forecaster]) -> Situated:
    """The model of that name; ``own`` are the caller's.

    Raises:
        SchemaError: there is none.
    """
    if name in own:
        return _of_record(own[name])
    if name == AUTO:
        return _auto
    if name == STRUCTURAL:
        from forecast.backtests.structural import structural

        return structural
    if name in REGULAR_MODELS:
        return _of_pair(name)
    from forecast.interop.peers import PEERS

    if name not in PEERS:
        raise SchemaError(f"There is no model {name!r}.", pointer="/models", allowed=(*MODELS, *PEERS))
    return _of_record(PEERS[name])


def refuse_taken_names(own: Mapping[str, Forecaster]) -> None:
    """A model of the caller's own needs a name of its own.

    Raises:
        SchemaError: the name is taken, or empty.
    """
    for name in own:
        if not name or name != name.strip() or "," in name or name in (*MODELS, *peer_names()):
            raise SchemaError(
                f"A model of your own cannot be called {name!r}; choose a name without commas that is not taken.",
                pointer="/models",
            )


def _of_record(forecaster: Forecaster) -> Situated:
    def speak(situation: Situation, task: Task) -> Ahead:
        return forecaster(task)

    return speak


def _of_pair(name: str) -> Situated:
    """A forecaster of a record as an answer would call it: for a pair it knows moving holidays and past crises."""

    def speak(situation: Situation, task: Task) -> Ahead:
        return forecaster_named(name, None if situation.panel is None else load_background())(task)

    return speak


def _auto(situation: Situation, task: Task) -> Ahead:
    """The model that an answer would come from, for this record as it was known."""
    from forecast.models.auto import Choice, choose

    if situation.panel is None:
        name, why = "pool", "pool: a record without spans, reporters or oil of its own"
    else:
        exporters = load_background().oil_exporters
        choice = choose(situation.panel, situation.series, oil_exporters=exporters)
        if task.given:
            choice = Choice("structural", "structural: the oil price is given, and it reads it")
        name, why = choice.name, choice.why
    said = model_named(name, {})(situation, task)
    return Ahead(said.paths, said.point, f"{why}; {said.said}")
