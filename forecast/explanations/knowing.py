"""States of knowledge: what a question's paths are with these figures, those drivers and these parameters."""

from __future__ import annotations

import dataclasses
from datetime import date

from forecast.data.background import load_background
from forecast.data.store import drivers_of
from forecast.evaluation.record import last_month_known
from forecast.models.structural.carried import carry_over
from forecast.models.structural.estimate import fit
from forecast.models.structural.fitted import Fitted
from forecast.panel import Driver, Panel
from forecast.prepared import Prepared
from forecast.question import Question
from forecast.scenarios.common import CommonDraws
from forecast.scenarios.ensemble import Ensemble
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate_on
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.law import StructuralLaw
from forecast.scenarios.structural.stage import set_stage
from forecast.speakers import record_draws, speaker_of


@dataclasses.dataclass(frozen=True, slots=True)
class State:
    """What is known, and the draws given it.

    panel: the figures. known: the drivers that the model reads, by name. fitted: the structural model's estimate, None
    for other models. carried: whether its parameters are those of an earlier state.
    """

    panel: Panel
    known: dict[str, Driver]
    common: CommonDraws
    fitted: Fitted | None
    carried: bool

    def paths_of(self, scenario: Scenario, realised_oil: Driver) -> Ensemble:
        """The paths of a scenario."""
        return simulate_on(self.common, scenario, realised_oil=realised_oil).ensemble

    def paths_by(self, reporter: str, realised_oil: Driver) -> Ensemble | None:
        """The plain forecast by another reporter's count; None where the model cannot tell, or has nothing to tell."""
        if self.fitted is None or reporter not in self.panel.reporters:
            return None
        if self.panel.reporters.index(reporter) not in self.fitted.layout.reporters:
            return None
        origin = last_month_known(self.panel, reporter)
        if origin >= self.common.through:
            return None
        stage = set_stage(self.fitted, reporter=reporter, origin=origin, through=self.common.through)
        common = structural_draws(stage, paths=self.common.paths, seed=self.common.seed)
        return simulate_on(common, BASELINE, realised_oil=realised_oil).ensemble


def drivers_read(panel: Panel, model: str, day: date) -> dict[str, Driver]:
    """The drivers that a model reads, as known on a day: oil and rates; world activity for the Bayesian VAR alone."""
    found = drivers_of(dataclasses.replace(panel, as_of=day))
    return found if model == "bvar" else {name: driver for name, driver in found.items() if name != "activity"}


def state_of(prepared: Prepared, day: date) -> State:
    """The state that a Prepared of some day stands on."""
    common, panel = prepared.common, prepared.panel
    fitted = common.law.stage.fitted if isinstance(common.law, StructuralLaw) else None
    return State(panel, drivers_read(panel, common.model, day), common, fitted, False)


def know(
    panel: Panel,
    drivers: date,
    asked: Question,
    model: str,
    *,
    scenario: Scenario,
    reporter: str,
    before: Fitted | None,
) -> State:
    """The state in which a panel is known; the structural model keeps the parameters of ``before`` where it can.

    drivers: the day on which the drivers are known. asked: with every default filled in. model: who answers; where the
    question says "auto" and that would choose another, it is asked for by name.

    Raises:
        GapError: the reporter has published too little.
        ModelError: the model cannot speak about this record.
    """
    background = load_background()
    speaker = speaker_of(panel, background, reporter, asked.model)
    if speaker.choice.name != model:
        speaker = speaker_of(panel, background, reporter, model)
    through = asked.through or speaker.origin
    known = drivers_read(panel, model, drivers)
    if not speaker.records:
        kept = None if before is None else carry_over(before, panel, seed=asked.seed)
        fitted = fit(panel, background, seed=asked.seed) if kept is None else kept
        stage = set_stage(fitted, reporter=reporter, origin=speaker.origin, through=through)
        common = structural_draws(stage, paths=asked.paths, seed=asked.seed)
        return State(panel, known, common, fitted, kept is not None)
    of_oil = fit(panel, background, seed=asked.seed) if scenario.conditions and model != "bvar" else None
    here = dataclasses.replace(asked, as_of=panel.as_of, reporter=reporter)
    common, _, _ = record_draws(
        panel, background, speaker, here, drivers_of(dataclasses.replace(panel, as_of=drivers)), of_oil
    )
    return State(panel, known, common, None, False)
