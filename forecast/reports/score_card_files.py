"""A ScoreCard in files: JSON of everything, CSV of every forecast, Markdown of the scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from forecast.errors import SchemaError
from forecast.evaluation.score_card import LEVELS, ScoreCard
from forecast.reports.score_card import (
    CALIBRATION_HEADS,
    SCORE_HEADS,
    TARGET_HEADS,
    calibration_rows,
    key_of,
    notes_of,
    score_rows,
    subtitle_of,
    target_rows,
    title_of,
    verdicts,
)

if TYPE_CHECKING:
    import polars as pl

FORMATS = ("json", "csv", "markdown")

_PLAIN = ("model", "origin", "known_on", "horizon", "outcome", "point", "median")
_SCORES = ("scale", "crps", "crps_log", "crps_falls", "log_score", "mase", "smape", "pit_low", "pit_high")
COLUMNS = (
    *_PLAIN,
    *(f"{side}_{level}" for level in LEVELS for side in ("lower", "upper")),
    *_SCORES,
)


def write_score_card(card: ScoreCard, format: str) -> bytes:
    """The card as bytes of one format of FORMATS.

    Raises:
        SchemaError: another format.
    """
    if format == "json":
        return msgspec.json.encode(card)
    if format == "csv":
        return score_card_frame(card).write_csv().encode()
    if format == "markdown":
        return score_card_markdown(card).encode()
    raise SchemaError(
        f"{format!r} is no format of a score card; use {', '.join(FORMATS)}.", pointer="/format", allowed=FORMATS
    )


def read_score_card(content: bytes) -> ScoreCard:
    """The card that `write_score_card` wrote as JSON.

    Raises:
        SchemaError: it is none.
    """
    try:
        return msgspec.json.decode(content, type=ScoreCard)
    except msgspec.MsgspecError as error:
        raise SchemaError(f"This is no score card in JSON: {error}.") from None


def score_card_frame(card: ScoreCard) -> pl.DataFrame:
    """One row for each model, origin and horizon, columns COLUMNS, in the units of `Case`."""
    import polars as pl

    kinds = [pl.Int64 if name == "horizon" else pl.String if name in _PLAIN[:3] else pl.Float64 for name in COLUMNS]
    rows = [
        (
            *(getattr(case, name) for name in _PLAIN),
            *(side[str(level)] for level in LEVELS for side in (case.lower, case.upper)),
            *(getattr(case, name) for name in _SCORES),
        )
        for case in card.cases
    ]
    return pl.DataFrame(rows, schema=dict(zip(COLUMNS, kinds, strict=True)), orient="row")


def score_card_markdown(card: ScoreCard) -> str:
    """Verdicts, scores, calibration, targets and notes."""
    lines = [f"## {title_of(card)}", "", f"{subtitle_of(card)}.", ""]
    lines += [f"- {sentence}" for sentence in verdicts(card)]
    lines += ["", *_rows(SCORE_HEADS, score_rows(card), ("model",)), "", key_of(card)]
    lines += ["", *_rows(CALIBRATION_HEADS, calibration_rows(card), ("model", CALIBRATION_HEADS[-1]))]
    if card.target_scores:
        lines += ["", *_rows(TARGET_HEADS, target_rows(card), ("target", "model"))]
    notes = notes_of(card)
    if notes:
        lines += ["", *(f"- {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[str]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' if head in left else '---:' for head in heads)}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
