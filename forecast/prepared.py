"""prepare(): a Question, made ready for as many scenarios as wanted: figures read, model chosen, draws made once."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from forecast.data.assemble import TableSource, load_panel
from forecast.data.background import load_background
from forecast.data.scenario_files import load_scenario
from forecast.data.store import drivers_of, load_driver
from forecast.errors import SchemaError
from forecast.evaluation.record import gaps
from forecast.models.auto import Choice
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.months import format_month, month_of
from forecast.panel import Driver, Panel
from forecast.question import LONGEST_HORIZON, Question
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.conditions.kinds import Crisis, Hazard, Sanctions, Shift, Tariff
from forecast.scenarios.mixture import MIXTURE_NAME, mixture_weights
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import Drawn, simulate_on
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.stage import set_stage
from forecast.speakers import Speaker, record_draws, speaker_of

Progress = Callable[[str], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """What every answer to one question starts from.

    question: with every default filled in. scenarios: those of the question, read. common: the draws that all
    scenarios share. choice: the model, and why. warnings: what a reader should know before trusting the numbers.
    """

    question: Question
    scenarios: tuple[Scenario, ...]
    panel: Panel
    common: CommonDraws
    choice: Choice
    realised_oil: Driver
    warnings: tuple[str, ...]

    @property
    def reporter(self) -> str:
        """By whose count."""
        return self.common.reporter

    @property
    def origin(self) -> int:
        """Last month known."""
        return self.common.origin


def prepare(
    question: Question,
    *,
    table: TableSource | None = None,
    progress: Progress | None = None,
    moves_oil: bool | None = None,
) -> Prepared:
    """Read the figures, choose and estimate the model, and draw its paths.

    Args:
        question: what is asked; its defaults are filled in (``as_of`` None is today, UTC).
        table: path of a CSV or Parquet file, or a polars frame, in the schema of the README.
        progress: told in a few words what goes on.
        moves_oil: whether scenarios will move the oil price; None: as those of the question do.

    Raises:
        InputError: the question or the table cannot be answered as it stands.
        NotFoundError: an unknown pair or scenario.
        ScenarioError: odds of scenarios that do not add up.
        ModelError: the model cannot speak about this record.
    """
    tell = progress or (lambda _: None)
    scenarios = tuple(_scenario(entry, f"/scenarios/{i}") for i, entry in enumerate(question.scenarios))
    _refuse_taken_names(scenarios)
    as_of = question.as_of or datetime.now(UTC).date()
    tell("reading the figures")
    panel = panel_of(question.pair, as_of) if table is None else load_panel(question.pair, as_of=as_of, table=table)
    reporter = question.reporter or panel.first
    speaker = speaker_of(panel, load_background(), reporter, question.model)
    origin = speaker.origin
    through = _default_horizon(as_of, origin) if question.through is None else question.through
    _refuse_horizon(origin, through)
    asked = dataclasses.replace(question, as_of=as_of, reporter=reporter, through=through)
    moves = any(map(_reads_oil, scenarios)) if moves_oil is None else moves_oil
    common, choice, warnings = _draws(panel, speaker, asked, moves, tell)
    return Prepared(asked, scenarios, panel, common, choice, load_driver("oil"), warnings)


def draw(prepared: Prepared, scenario: Scenario) -> Drawn:
    """The paths of one scenario.

    Raises:
        ScenarioError: it contradicts what is known or itself, or hardly any path shows it.
    """
    return simulate_on(prepared.common, scenario, realised_oil=prepared.realised_oil)


def _scenario(entry: object, pointer: str) -> Scenario:
    if isinstance(entry, Scenario):
        return entry
    if isinstance(entry, str):
        return load_scenario(entry, pointer=pointer)
    raise SchemaError(
        f"A scenario is its name or a Scenario; found {type(entry).__name__}. A condition becomes one by 'baseline + "
        "condition'.",
        pointer=pointer,
    )


def _refuse_taken_names(scenarios: tuple[Scenario, ...]) -> None:
    """Refuse a scenario with conditions under the plain forecast's name, and one under that of the mixture.

    Raises:
        SchemaError: such a name.
        ScenarioError: odds of scenarios that do not add up.
    """
    mixed = mixture_weights(scenarios) is not None
    for i, scenario in enumerate(scenarios):
        if scenario.name == BASELINE.name and scenario.conditions:
            raise SchemaError(
                f"{BASELINE.name!r} is the name of the forecast without conditions; give this scenario another.",
                pointer=f"/scenarios/{i}/name",
            )
        if scenario.name == MIXTURE_NAME and mixed:
            raise SchemaError(
                f"{MIXTURE_NAME!r} is what the scenarios together are called; give this one another name.",
                pointer=f"/scenarios/{i}/name",
            )


def _reads_oil(scenario: Scenario) -> bool:
    """Whether a scenario says anything to which the answer of trade to oil matters."""
    return not all(isinstance(one, Crisis | Hazard | Shift | Tariff | Sanctions) for one in scenario.conditions)


@lru_cache(maxsize=32)
def panel_of(pair: str, as_of: date | None) -> Panel:
    """The panel of a pair that travels with Tradewind; the fixtures do not change while a process lives."""
    return load_panel(pair, as_of=as_of)


def _draws(
    panel: Panel, speaker: Speaker, asked: Question, moves_oil: bool, tell: Progress
) -> tuple[CommonDraws, Choice, tuple[str, ...]]:
    reporter, through = asked.reporter or panel.first, asked.through or speaker.origin
    warnings = _record_warnings(panel, reporter, speaker.origin)
    if speaker.records:
        tell(f"forecasting by {speaker.choice.name} (the first time kernels are compiled, up to a minute)")
        fitted = _fitted(panel, asked.seed, tell) if moves_oil and speaker.choice.name != "bvar" else None
        common, choice, aside = record_draws(panel, load_background(), speaker, asked, drivers_of(panel), fitted)
        return common, choice, (*warnings, *aside)
    fitted = _fitted(panel, asked.seed, tell)
    tell(f"drawing {asked.paths:,} paths")
    stage = set_stage(fitted, reporter=reporter, origin=speaker.origin, through=through)
    common = structural_draws(stage, paths=asked.paths, seed=asked.seed)
    return common, speaker.choice, (*warnings, *_fit_warnings(fitted))


_KEPT_FITS = 8
_fits: OrderedDict[tuple[str, str, date, int], Fitted] = OrderedDict()


def _fitted(panel: Panel, seed: int, tell: Progress) -> Fitted:
    """The estimate on a panel, from those of the last questions when it is there."""
    key = (panel.pair, panel.data_sha256, panel.as_of, seed)
    if key not in _fits:
        tell("estimating the structural model (the first time kernels are compiled, up to a minute)")
        _fits[key] = fit(panel, load_background(), seed=seed)
        if len(_fits) > _KEPT_FITS:
            _fits.popitem(last=False)
    _fits.move_to_end(key)
    return _fits[key]


def _default_horizon(as_of: date, origin: int) -> int:
    """December of the year after the day of knowledge (or after the last month known), if that is not too far."""
    december = 12 * (max(as_of.year, origin // 12) + 1) + 11
    return min(december, origin + LONGEST_HORIZON)


def _refuse_horizon(origin: int, through: int) -> None:
    if not origin < through <= origin + LONGEST_HORIZON:
        raise SchemaError(
            f"'through' is {format_month(through)}, but figures are known up to {format_month(origin)}; ask for "
            f"{format_month(origin + 1)} to {format_month(origin + LONGEST_HORIZON)}.",
            pointer="/through",
        )


def _record_warnings(panel: Panel, reporter: str, origin: int) -> tuple[str, ...]:
    """What a reader should know of the record before trusting the numbers."""
    found = []
    behind = month_of(panel.as_of) - origin
    if behind > 12:
        found.append(
            f"The last month known is {format_month(origin)}, {behind} months before {panel.as_of}; newer figures "
            "would change the answer."
        )
    holes = gaps(panel, reporter, origin)
    if holes:
        named = ", ".join(str(hole) for hole in holes[:5]) + (f" and {len(holes) - 5} more" if len(holes) > 5 else "")
        found.append(f"{reporter} has no figure for {named}; what trade was then is estimated from what lies around.")
    return tuple(found)


def _fit_warnings(fitted: Fitted) -> tuple[str, ...]:
    """What a reader should know of the structural model's estimate."""
    found = []
    if int(fitted.panel.observations.start.min()) < fitted.layout.start:
        found.append(
            f"Figures before {format_month(fitted.layout.start)} are left out: the oil price is not known for them."
        )
    if fitted.proposal_efficiency < 0.05:
        found.append(
            f"The parameter draws are worth {fitted.proposal_efficiency:.0%} of their number; bands are rougher than "
            "usual."
        )
    return tuple(found)
