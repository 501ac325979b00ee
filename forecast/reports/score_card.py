"""A ScoreCard for the terminal: notes, targets, calibration, scores, and in short who was best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from forecast.evaluation.score_card import LEVELS, Comparison, ScoreCard, Scores, TargetScores
from forecast.reports.words import count_of, flow_between, unit_words

CONFIDENCE = 0.10  #: models with p of at least this are in the model confidence set

SCORE_HEADS = (
    *("months ahead", "model", "n", "CRPS", "to naive", "log CRPS", "falls", "log score", "MASE", "sMAPE"),
    *("DM p", "MCS p"),
)
CALIBRATION_HEADS = ("months ahead", "model", *(f"in {level}%" for level in LEVELS), "outcomes by tenth of the PIT, %")
TARGET_HEADS = (*("target", "months ahead", "model", "n", "met", "Brier", "miscal.", "discr.", "unc.", "tail"),)
_WIDE = 112  #: from here on every column of the scores has room
_NARROW_LEAVES = ("log CRPS", "falls")
_FOLD = ("model", "target")  #: columns that are broken where the console is too narrow
_SPAN = {1: "month", 3: "quarter", 12: "year"}


def title_of(card: ScoreCard) -> str:
    """ "Turnover between China and Russia by China's count, bn USD a year"."""
    if card.pair is None or card.flow is None or card.reporter is None:
        what = card.name
    else:
        what = f"{flow_between(card.flow, card.pair)} by {count_of(card.reporter)}"
    unit = f", {unit_words(card.unit)}" if card.unit else ""
    return f"{what[:1].upper()}{what[1:]}{unit} a {_SPAN[card.step]}"


def subtitle_of(card: ScoreCard) -> str:
    """Origins, paths and seed in a sentence."""
    ends = card.origins[0] if len(card.origins) == 1 else f"{card.origins[0]} to {card.origins[-1]}"
    return f"{len(card.origins)} origins, {ends}, with what was known at each; {card.paths:,} paths, seed {card.seed}"


def key_of(card: ScoreCard) -> str:
    """What the columns mean."""
    return (
        "n: forecasts, in brackets the most of them whose months from origin to outcome do not overlap (36 months "
        "ahead from 100 monthly origins leave 3). CRPS, falls (the CRPS of what lies below the year before) and MASE "
        f"are in mean changes of the record over a year; to naive: CRPS relative to {card.reference}, over common "
        "origins; log score: -log density. Smaller is better in all. DM p: Diebold-Mariano test of equal CRPS with the "
        "reference (Harvey, Leybourne & Newbold). MCS p: up to that level the model is in the model confidence set. "
        "-: cannot be told."
    )


def print_score_card(card: ScoreCard, console: Console) -> None:
    """Print the card, no wider than the console; details first, in short last."""
    _line(console, title_of(card), "bold")
    _line(console, subtitle_of(card), "dim")
    if card.target_scores:
        _line(console)
        _line(console, "Targets: the twelve months that end so many months ahead", "bold")
        console.print(_table(TARGET_HEADS, target_rows(card), left=("target", "model")))
        _line(console, _TARGET_KEY, "dim")
    _line(console)
    _line(console, "Calibration: outcomes in the bands, and where they fall", "bold")
    console.print(_table(CALIBRATION_HEADS, calibration_rows(card), left=("model", CALIBRATION_HEADS[-1])))
    _line(console)
    _line(console, "Scores", "bold")
    dropped = () if console.width >= _WIDE else _NARROW_LEAVES
    console.print(_table(SCORE_HEADS, score_rows(card), left=("model",), dropped=dropped))
    _line(console, key_of(card), "dim")
    if dropped:
        _line(console, f"{' and '.join(dropped)} do not fit this width; they are in --format json.", "dim")
    _line(console)
    _line(console, "What the models were at the last origin", "bold")
    for model in card.models:
        if model.said and not model.oil_given:
            _line(console, f"{model.name}: {model.said}", "dim")
    notes = notes_of(card)
    if notes:
        _line(console)
        for note in notes:
            _line(console, f"Note: {note}", "yellow")
    _line(console)
    _line(console, "In short", "bold")
    for sentence in verdicts(card):
        _line(console, sentence)


_TARGET_KEY = (
    "%: of the last twelve months known. Met: how often. Brier = miscalibration - discrimination + uncertainty (CORP). "
    "Tail: CRPS of what lies above the mark."
)


def score_rows(card: ScoreCard) -> list[tuple[str, ...]]:
    """Cells of SCORE_HEADS; the months ahead only in the first row of each horizon."""
    rows: list[tuple[str, ...]] = []
    against = {
        (test.horizon, name): test
        for test in card.comparisons
        for name in (test.model, test.against)
        if card.reference in (test.model, test.against)
    }
    for horizon, several in groupby(card.scores, key=lambda score: score.horizon):
        for i, score in enumerate(several):
            test = against.get((horizon, score.model)) if score.model != card.reference else None
            rows.append(
                (
                    str(horizon) if i == 0 else "",
                    score.model,
                    _count(score.n, score.n_eff),
                    f"{score.crps:.3f}",
                    _number(score.crps_ratio, 2),
                    _number(score.crps_log, 3),
                    _number(score.crps_falls, 3),
                    _number(score.log_score, 2),
                    f"{score.mase:.3f}",
                    f"{score.smape:.1f}",
                    _chance(test.p_value if test else None),
                    _chance(score.confidence_set_p),
                )
            )
    return rows


def calibration_rows(card: ScoreCard) -> list[tuple[str, ...]]:
    """Cells of CALIBRATION_HEADS."""
    rows = []
    for horizon, several in groupby(card.scores, key=lambda score: score.horizon):
        for i, score in enumerate(several):
            tenths = " ".join(f"{100.0 * mass / score.n:2.0f}" for mass in score.pit)
            cells = [f"{100.0 * score.coverage[str(level)]:.0f}%" for level in LEVELS]
            rows.append((str(horizon) if i == 0 else "", score.model, *cells, tenths))
    return rows


def target_rows(card: ScoreCard) -> list[tuple[str, ...]]:
    """Cells of TARGET_HEADS."""
    rows: list[tuple[str, ...]] = []
    last: tuple[str, int] | None = None
    for score in card.target_scores:
        new_target = last is None or last[0] != score.target
        new = last != (score.target, score.horizon)
        rows.append((score.target if new_target else "", str(score.horizon) if new else "", *_target_cells(score)))
        last = (score.target, score.horizon)
    return rows


def _target_cells(score: TargetScores) -> tuple[str, ...]:
    parts = (score.brier, score.miscalibration, score.discrimination, score.uncertainty, score.tail_crps)
    return (
        score.model,
        _count(score.n, score.n_eff),
        f"{100.0 * score.base_prob:.0f}%",
        *(f"{part:.3f}" for part in parts),
    )


def notes_of(card: ScoreCard) -> list[str]:
    """What was left out, and which models said nothing where."""
    found = [f"{each.origin}: {each.why}" if each.origin else each.why for each in card.left_out]
    for model in card.models:
        reasons: dict[str, list[str]] = {}
        for each in model.missing:
            reasons.setdefault(each.why, []).append(each.origin)
        for why, origins in reasons.items():
            where = f"{len(origins)} of {len(card.origins)} origins" if len(origins) > 3 else ", ".join(origins)
            found.append(f"{model.name} said nothing at {where}: {why}")
    return found


def verdicts(card: ScoreCard) -> list[str]:
    """One sentence a horizon: the best model by CRPS, how sure that is, and what the realised oil price adds.

    A model that is given the oil price knows more than any forecaster could, so it is held against itself alone.
    """
    given = {model.name for model in card.models if model.oil_given}
    found = []
    for horizon, several in groupby(card.scores, key=lambda score: score.horizon):
        scores = list(several)
        forecasts = [score for score in scores if score.model not in given]
        parts = [_best(card, forecasts)] if forecasts else []
        moves = [_with_oil(score, forecasts) for score in scores if score.model in given]
        if any(moves):
            parts.append(f"given the oil price, {', '.join(move for move in moves if move)}")
        ahead = f"{horizon} {'month' if horizon == 1 else 'months'} ahead"
        found.append(f"{ahead}: {'; '.join(parts)}.")
    return found


def _best(card: ScoreCard, scores: list[Scores]) -> str:
    most = max(score.n for score in scores)
    best = min((score for score in scores if score.n == most), key=lambda score: score.crps)
    text = f"{best.model} has the lowest CRPS"
    if best.model != card.reference and best.crps_ratio is not None:
        test = _test(card.comparisons, best.horizon, best.model, card.reference)
        sure = f" (p {_chance(test.p_value)})" if test and test.p_value is not None else ""
        text += f", {100.0 * (1.0 - best.crps_ratio):.0f}% under {card.reference}{sure}"
    told = [score for score in scores if score.confidence_set_p is not None]
    if not told:
        cases = f"{best.n_eff} independent case{'' if best.n_eff == 1 else 's'}"
        return f"{text}; {cases} cannot tell who is best" if len(scores) > 1 else text
    inside = [score.model for score in told if (score.confidence_set_p or 0.0) >= CONFIDENCE]
    if len(inside) == len(told):
        return f"{text}; none of the {len(told)} is shown to be worse"
    where = f"the confidence set at {100.0 * CONFIDENCE:.0f}%"
    outside = [score.model for score in told if score.model not in inside]
    if len(outside) < len(inside):
        return f"{text}; outside {where} {'is' if len(outside) == 1 else 'are'} {', '.join(outside)}"
    return f"{text}; {where} holds {', '.join(inside)}"


def _with_oil(given: Scores, forecasts: list[Scores]) -> str:
    """How the CRPS of a model moves with the oil price, "pool -4%"; nothing where the two spoke at other origins."""
    plain = next((score for score in forecasts if given.model.startswith(f"{score.model},")), None)
    if plain is None or plain.n != given.n or not plain.crps > 0.0:
        return ""
    return f"{plain.model} {round(100.0 * (given.crps / plain.crps - 1.0)):+d}%"


def _test(comparisons: Sequence[Comparison], horizon: int, model: str, against: str) -> Comparison | None:
    pair = {model, against}
    return next((c for c in comparisons if c.horizon == horizon and {c.model, c.against} == pair), None)


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, left: Sequence[str], dropped: Sequence[str] = ()
) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    kept = [i for i, head in enumerate(heads) if head not in dropped]
    for i in kept:
        folds = "\n".join(heads[i].split(" ", 1)) if heads[i] == "months ahead" else heads[i]
        justify: Literal["left", "right"] = "left" if heads[i] in left else "right"
        table.add_column(folds, justify=justify, no_wrap=heads[i] not in _FOLD, overflow="fold")
    for row in rows:
        table.add_row(*(row[i] for i in kept))
    return table


def _count(n: int, independent: int) -> str:
    return str(n) if n == independent else f"{n} ({independent})"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _chance(value: float | None) -> str:
    return "-" if value is None else "<.001" if value < 0.0005 else f"{value:.3f}"


def _line(console: Console, text: str = "", style: str = "") -> None:
    console.print(Text(text, style), highlight=False)
