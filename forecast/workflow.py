"""One page: a Question becomes an Answer."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache

from forecast.answer import Answer, Provenance, Record
from forecast.data.assemble import TableSource, load_panel
from forecast.data.background import load_background
from forecast.data.scenario_files import load_scenario
from forecast.data.store import drivers_of, load_driver
from forecast.errors import SchemaError
from forecast.evaluation.record import gaps
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.months import format_month, month_of
from forecast.panel import Panel
from forecast.question import LONGEST_HORIZON, Question, question_fields
from forecast.scenarios.scenario import Scenario
from forecast.speakers import record_answers_of, speaker_of, structural_answers
from forecast.summary import record_answers, scenario_answer
from forecast.version import __version__

Progress = Callable[[str], None]
Records = tuple[dict[str, Record], dict[str, Record]]  #: known on a day, and since


def ask(question: Question, *, table: TableSource | None = None, progress: Progress | None = None) -> Answer:
    """Answer a question from the figures that travel with Tradewind, or from a table of the user's own.

    Args:
        question: what is asked; its defaults are filled in (``as_of`` None is today, UTC).
        table: path of a CSV or Parquet file, or a polars frame, in the schema of the README.
        progress: told in a few words what goes on.

    Raises:
        InputError: the question or the table cannot be answered as it stands.
        NotFoundError: an unknown pair or scenario.
        ModelError: the model cannot speak about this record.
    """
    tell = progress or (lambda _: None)
    scenarios = tuple(
        entry if isinstance(entry, Scenario) else load_scenario(entry, pointer=f"/scenarios/{i}")
        for i, entry in enumerate(question.scenarios)
    )
    as_of = question.as_of or datetime.now(UTC).date()
    tell("reading the figures")
    panel = _panel(question.pair, as_of) if table is None else load_panel(question.pair, as_of=as_of, table=table)
    reporter = question.reporter or panel.first
    speaker = speaker_of(panel, load_background(), reporter, question.model, scenarios)
    origin = speaker.origin
    through = _default_horizon(as_of, origin) if question.through is None else question.through
    _refuse_horizon(origin, through)
    asked = dataclasses.replace(question, as_of=as_of, reporter=reporter, through=through)
    if speaker.records:
        tell(f"forecasting by {speaker.choice.name} (the first time kernels are compiled, up to a minute)")
        drawn, remarks, choice = record_answers_of(
            panel, load_background(), speaker, scenarios, asked, drivers_of(panel)
        )
        warnings = (*_record_warnings(panel, reporter, origin), *remarks)
    else:
        fitted = _fitted(panel, question.seed, tell)
        tell(f"drawing {question.paths:,} paths")
        choice = speaker.choice
        drawn, remarks = structural_answers(fitted, speaker, scenarios, asked, load_driver("oil"))
        warnings = (*_record_warnings(panel, reporter, origin), *_fit_warnings(fitted), *remarks)
    answers = [scenario_answer(panel, *one, asked) for one in drawn]
    if table is None:
        history, outcome = _records(question.pair, as_of, reporter, origin, through)
    else:
        history, outcome = record_answers(panel, load_panel(question.pair, table=table), reporter, origin, through)
    return Answer(
        id=_identity(asked, scenarios, panel),
        question=question_fields(asked),
        origin=format_month(origin),
        provenance=Provenance(
            version=__version__,
            data_sha256=panel.data_sha256,
            vintage=as_of.isoformat(),
            seed=question.seed,
            paths=question.paths,
            model=choice.name,
            why_this_model=choice.why,
        ),
        scenarios=tuple(answers),
        history=history,
        outcome=outcome,
        warnings=warnings,
    )


def warm_up() -> None:
    """Compile or load every kernel that the two models of ``auto`` need, on the flagship's figures."""
    ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=100))
    ask(Question("CHN-RUS", as_of=date(2024, 2, 25), model="pool", paths=100))


@lru_cache(maxsize=32)
def _panel(pair: str, as_of: date | None) -> Panel:
    """The panel of a pair that travels with Tradewind; the fixtures do not change while a process lives."""
    return load_panel(pair, as_of=as_of)


@lru_cache(maxsize=32)
def _records(pair: str, as_of: date, reporter: str, origin: int, through: int) -> Records:
    """What was published of a pair that travels with Tradewind, by a day and since."""
    return record_answers(_panel(pair, as_of), _panel(pair, None), reporter, origin, through)


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


def _identity(question: Question, scenarios: tuple[Scenario, ...], panel: Panel) -> str:
    """Hash of the question with its defaults and its scenarios' conditions, the data and the version."""
    told = [json.dumps(question_fields(question), sort_keys=True), repr(scenarios), panel.data_sha256, __version__]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
