"""One page: a Question becomes an Answer."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache

from forecast.answer import Answer, Provenance, Record, ScenarioAnswer
from forecast.data.assemble import TableSource, load_panel
from forecast.errors import ScenarioError
from forecast.evaluation.mixing import mix
from forecast.kernels._threads import side_by_side
from forecast.months import format_month
from forecast.panel import Panel
from forecast.prepared import Progress, draw, panel_of, prepare
from forecast.question import Question, question_fields
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.mixture import MIXTURE_NAME, mixture_weights
from forecast.scenarios.plausibility import ORDINARY
from forecast.scenarios.scenario import Scenario
from forecast.summary import record_answers, scenario_answer
from forecast.version import __version__

_LARGE = 10_000_000  #: values of a scenario beyond which one is held at a time
MIXTURE = Scenario(MIXTURE_NAME, "The scenarios asked, by their odds")
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
    ready = prepare(question, table=table, progress=progress)
    asked, panel = ready.question, ready.panel
    odds = mixture_weights(ready.scenarios)

    def answer_to(i: int) -> tuple[ScenarioAnswer, tuple[str, ...], Ensemble | None]:
        scenario = ready.scenarios[i]
        try:
            drawn = draw(ready, scenario)
        except ScenarioError as error:
            if error.pointer and not error.pointer.startswith("/conditions"):
                raise
            where = f"/scenarios/{i}{error.pointer}"
            raise ScenarioError(f"{scenario.name}: {error.message}", pointer=where, allowed=error.allowed) from None
        answer = scenario_answer(panel, scenario, drawn.ensemble, drawn.plausibility, asked)
        return answer, drawn.warnings, drawn.ensemble if odds else None

    large = ready.common.free.flows.size > _LARGE
    each = range(len(ready.scenarios))
    answered = [answer_to(i) for i in each] if large else side_by_side(answer_to, each)
    answers = [answer for answer, _, _ in answered]
    told = [warning for _, warnings, _ in answered for warning in warnings]
    if odds:
        members = [ensemble for _, _, ensemble in answered if ensemble is not None]
        answers.append(scenario_answer(panel, MIXTURE, mix(members, odds), ORDINARY, asked))
    as_of, through = panel.as_of, ready.common.through
    if table is None:
        history, outcome = _records(question.pair, as_of, ready.reporter, ready.origin, through)
    else:
        latest = load_panel(question.pair, table=table)
        history, outcome = record_answers(panel, latest, ready.reporter, ready.origin, through)
    return Answer(
        id=_identity(asked, ready.scenarios, panel),
        question=question_fields(asked),
        origin=format_month(ready.origin),
        provenance=Provenance(
            version=__version__,
            data_sha256=panel.data_sha256,
            vintage=as_of.isoformat(),
            seed=question.seed,
            paths=question.paths,
            model=ready.choice.name,
            why_this_model=ready.choice.why,
        ),
        scenarios=tuple(answers),
        history=history,
        outcome=outcome,
        warnings=(*ready.warnings, *dict.fromkeys(told)),
    )


def warm_up() -> None:
    """Compile or load every kernel that the two models of ``auto`` need, on the flagship's figures."""
    ask(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=100))
    ask(Question("CHN-RUS", as_of=date(2024, 2, 25), model="pool", paths=100))


@lru_cache(maxsize=32)
def _records(pair: str, as_of: date, reporter: str, origin: int, through: int) -> Records:
    """What was published of a pair that travels with Tradewind, by a day and since."""
    return record_answers(panel_of(pair, as_of), panel_of(pair, None), reporter, origin, through)


def _identity(question: Question, scenarios: tuple[Scenario, ...], panel: Panel) -> str:
    """Hash of the question with its defaults and its scenarios' conditions, the data and the version."""
    told = [json.dumps(question_fields(question), sort_keys=True), repr(scenarios), panel.data_sha256, __version__]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]
