"""Every result shown from Python: printed as the shell prints it, drawn as the shell draws it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from forecast.answer import Answer
from forecast.errors import SchemaError
from forecast.evaluation.compared import Comparison
from forecast.evaluation.diagnosed import Diagnosis
from forecast.evaluation.explained import Explanation
from forecast.evaluation.replayed import Replay
from forecast.evaluation.score_card import ScoreCard
from forecast.evaluation.stressed import Stress
from forecast.reports.charts import chart_format, fan_spec, render
from forecast.reports.comparison_table import print_comparison
from forecast.reports.diagnosis import print_diagnosis
from forecast.reports.diagnosis_chart import diagnosis_spec
from forecast.reports.explanation_chart import waterfall_spec
from forecast.reports.explanation_table import print_explanation
from forecast.reports.files import refuse_unwritable, write_whole
from forecast.reports.replay_table import print_replay
from forecast.reports.score_card import print_score_card
from forecast.reports.score_card_chart import score_card_spec
from forecast.reports.stress_chart import stress_spec
from forecast.reports.stress_table import print_stress
from forecast.reports.terminal import print_answer

if TYPE_CHECKING:
    from rich.console import Console

Shown = Answer | Comparison | Diagnosis | Explanation | Replay | ScoreCard | Stress
Drawn = Answer | Diagnosis | Explanation | ScoreCard | Stress

_WIDTH = 100


def print_report(found: Shown, console: Console | None = None) -> None:
    """Print any result as the shell does, plain, in lines of 100 letters unless a console of rich's is given."""
    from rich.console import Console

    page = console or Console(width=_WIDTH, color_system=None, force_jupyter=False)
    match found:
        case Answer():
            print_answer(found, page)
        case Comparison():
            print_comparison(found, page)
        case Diagnosis():
            print_diagnosis(found, page)
        case Explanation():
            print_explanation(found, page)
        case Replay():
            print_replay(found, page)
        case ScoreCard():
            print_score_card(found, page)
        case Stress():
            print_stress(found, page)


def write_chart(
    found: Drawn, path: str | Path, *, flow: str | None = None, theme: str = "light", width: int = 1000
) -> Path:
    """Draw a result into a file whose suffix says how, .svg or .png; the file appears whole or not at all.

    flow: of an Answer's fan, None for the flow of its first target.

    Raises:
        SchemaError: another suffix, a folder that is not there, or a flow for what has none.
    """
    path = Path(path)
    format_ = chart_format(path)
    refuse_unwritable(path, pointer="/chart")
    if flow is not None and not isinstance(found, Answer):
        raise SchemaError(f"'flow' is for the chart of an answer, not of {type(found).__name__}.", pointer="/flow")
    match found:
        case Answer():
            spec = fan_spec(found, flow=flow, theme=theme, width=width)
        case Diagnosis():
            spec = diagnosis_spec(found, theme=theme, width=width)
        case Explanation():
            spec = waterfall_spec(found, theme=theme, width=width)
        case ScoreCard():
            spec = score_card_spec(found, theme=theme, width=width)
        case Stress():
            spec = stress_spec(found, theme=theme, width=width)
    write_whole({path: render(spec, format_)})
    return path
