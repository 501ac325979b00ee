"""Tradewind: density forecasts and scenarios for the trade between two countries.

The public face. Names are fetched from their modules when first used, so that importing the package (and asking the
command for help) waits for no compiler and no data frames.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forecast.answer import Answer
    from forecast.backtests.run import backtest
    from forecast.data.assemble import load_panel
    from forecast.data.background import load_background
    from forecast.data.scenario_files import load_scenario, scenario_names
    from forecast.data.store import fixture_pairs, load_driver
    from forecast.errors import (
        ConvergenceError,
        GapError,
        InputError,
        ModelError,
        NotFoundError,
        NotIdentifiedError,
        NumericalError,
        ScenarioError,
        SchemaError,
        TradewindError,
        UnitError,
    )
    from forecast.evaluation.asked import Joint
    from forecast.evaluation.compared import Comparison
    from forecast.evaluation.diagnosed import Diagnosis
    from forecast.evaluation.explained import Explanation
    from forecast.evaluation.regular import regular_series
    from forecast.evaluation.score_card import ScoreCard
    from forecast.evaluation.stressed import Stress
    from forecast.explanations.between_days import explain_news
    from forecast.explanations.between_reporters import explain_reporters
    from forecast.explanations.between_scenarios import explain_scenarios, noise_ratio
    from forecast.explanations.comparison import compare
    from forecast.interop.diagnosis import diagnose, diagnose_panel
    from forecast.interop.forecaster import as_forecaster
    from forecast.interop.results import results_of
    from forecast.models.catalogue import forecaster_named
    from forecast.models.structural.estimate import fit
    from forecast.models.structural.fitted import Fitted
    from forecast.models.task import Ahead, Task
    from forecast.panel import Panel
    from forecast.prepared import Prepared, draw, prepare
    from forecast.question import Question, Target, parse_question, parse_target
    from forecast.reports.showing import print_report, write_chart
    from forecast.reports.tables import answer_frame, answer_json, write_answer
    from forecast.retrospect import replay
    from forecast.scenarios.algebra import (
        baseline,
        crisis,
        exports,
        hazard,
        imports,
        odds,
        oil,
        path,
        sanctions,
        shift,
        shock,
        tariff,
        turnover,
        within,
    )
    from forecast.scenarios.conditions.wording import condition_words
    from forecast.scenarios.document_schema import document_schema
    from forecast.scenarios.ensemble import Ensemble
    from forecast.scenarios.mixture import scenario_set
    from forecast.scenarios.scenario import Scenario, parse_scenario, scenario_fields
    from forecast.scenarios.simulate import Drawn, simulate
    from forecast.series import Series
    from forecast.stress.report import reverse_stress
    from forecast.version import __version__
    from forecast.workflow import ask, warm_up

__all__ = [
    "Ahead",
    "Answer",
    "Comparison",
    "ConvergenceError",
    "Diagnosis",
    "Drawn",
    "Ensemble",
    "Explanation",
    "Fitted",
    "GapError",
    "InputError",
    "Joint",
    "ModelError",
    "NotFoundError",
    "NotIdentifiedError",
    "NumericalError",
    "Panel",
    "Prepared",
    "Question",
    "Scenario",
    "ScenarioError",
    "SchemaError",
    "ScoreCard",
    "Series",
    "Stress",
    "Target",
    "Task",
    "TradewindError",
    "UnitError",
    "__version__",
    "answer_frame",
    "answer_json",
    "as_forecaster",
    "ask",
    "backtest",
    "baseline",
    "compare",
    "condition_words",
    "crisis",
    "diagnose",
    "diagnose_panel",
    "document_schema",
    "draw",
    "explain_news",
    "explain_reporters",
    "explain_scenarios",
    "exports",
    "fit",
    "fixture_pairs",
    "forecaster_named",
    "hazard",
    "imports",
    "load_background",
    "load_driver",
    "load_panel",
    "load_scenario",
    "noise_ratio",
    "odds",
    "oil",
    "parse_question",
    "parse_scenario",
    "parse_target",
    "path",
    "prepare",
    "print_report",
    "regular_series",
    "replay",
    "results_of",
    "reverse_stress",
    "sanctions",
    "scenario_fields",
    "scenario_names",
    "scenario_set",
    "shift",
    "shock",
    "simulate",
    "tariff",
    "turnover",
    "warm_up",
    "within",
    "write_answer",
    "write_chart",
]

_HOMES = {
    "answer": ("Answer",),
    "backtests.run": ("backtest",),
    "data.assemble": ("load_panel",),
    "data.background": ("load_background",),
    "data.scenario_files": ("load_scenario", "scenario_names"),
    "data.store": ("fixture_pairs", "load_driver"),
    "errors": tuple(name for name in __all__ if name.endswith("Error")),
    "evaluation.asked": ("Joint",),
    "evaluation.compared": ("Comparison",),
    "evaluation.diagnosed": ("Diagnosis",),
    "evaluation.explained": ("Explanation",),
    "evaluation.stressed": ("Stress",),
    "explanations.between_days": ("explain_news",),
    "explanations.between_reporters": ("explain_reporters",),
    "explanations.between_scenarios": ("explain_scenarios", "noise_ratio"),
    "explanations.comparison": ("compare",),
    "evaluation.regular": ("regular_series",),
    "evaluation.score_card": ("ScoreCard",),
    "interop.diagnosis": ("diagnose", "diagnose_panel"),
    "interop.forecaster": ("as_forecaster",),
    "interop.results": ("results_of",),
    "models.catalogue": ("forecaster_named",),
    "models.structural.estimate": ("fit",),
    "models.structural.fitted": ("Fitted",),
    "models.task": ("Ahead", "Task"),
    "panel": ("Panel",),
    "prepared": ("Prepared", "draw", "prepare"),
    "question": ("Question", "Target", "parse_question", "parse_target"),
    "retrospect": ("replay",),
    "reports.showing": ("print_report", "write_chart"),
    "reports.tables": ("answer_frame", "answer_json", "write_answer"),
    "scenarios.algebra": (
        *("baseline", "crisis", "exports", "hazard", "imports", "odds", "oil", "path", "sanctions"),
        *("shift", "shock", "tariff", "turnover", "within"),
    ),
    "scenarios.conditions.wording": ("condition_words",),
    "scenarios.document_schema": ("document_schema",),
    "scenarios.ensemble": ("Ensemble",),
    "scenarios.mixture": ("scenario_set",),
    "scenarios.scenario": ("Scenario", "parse_scenario", "scenario_fields"),
    "scenarios.simulate": ("Drawn", "simulate"),
    "series": ("Series",),
    "stress.report": ("reverse_stress",),
    "version": ("__version__",),
    "workflow": ("ask", "warm_up"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"forecast.{home}"), name)
    raise AttributeError(f"module 'forecast' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
