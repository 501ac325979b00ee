"""Every error that Tradewind raises on purpose, drawn as a tree.

TradewindError
  InputError (422)        what the user gave cannot be answered
    SchemaError             a column, field or spelling is wrong
    GapError                too little history, or a hole where a figure is needed
    UnitError               a unit that cannot be read or converted
    ScenarioError           conditions that contradict each other or the data
  NotFoundError (404)     a pair, scenario or forecast that is not here
  ModelError (409)        the data are fine, the model cannot speak about them
    NotIdentifiedError      too few observations for the parameters asked
    ConvergenceError        the estimate did not settle
  NumericalError (500)    a matrix or a number broke: our fault, please report
"""

from __future__ import annotations


class TradewindError(Exception):
    """The root: says what was found, what was expected and what to do.

    Args:
        message: one or two sentences for a person.
        pointer: where in the input (JSON pointer, or "row 7"), empty when it concerns the whole.
        allowed: the values that would have been accepted, when they can be listed.
    """

    status = 500

    def __init__(self, message: str, *, pointer: str = "", allowed: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.allowed = allowed

    @property
    def code(self) -> str:
        """A stable word for programs: the class name in kebab case, without "Error"."""
        name = type(self).__name__.removesuffix("Error")
        return "".join("-" + c.lower() if c.isupper() else c for c in name).lstrip("-")


class InputError(TradewindError):
    """What the user gave cannot be answered as it stands."""

    status = 422


class SchemaError(InputError):
    """A column, a field or a spelling is wrong."""


class GapError(InputError):
    """Too little history, or a hole where a figure is needed."""


class UnitError(InputError):
    """A unit that cannot be read or converted."""


class ScenarioError(InputError):
    """Conditions that contradict each other, or the data."""


class NotFoundError(TradewindError):
    """A pair, scenario or forecast that is not here."""

    status = 404


class ModelError(TradewindError):
    """The data are well formed, but the model cannot speak about them."""

    status = 409


class NotIdentifiedError(ModelError):
    """Too few observations for the parameters asked."""


class ConvergenceError(ModelError):
    """The estimate did not settle."""


class NumericalError(TradewindError):
    """A matrix or a number broke inside: a defect to report."""

    status = 500
