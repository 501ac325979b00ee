"""The library as the service sees it: seven verbs of forecast, which a test may replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import forecast


@dataclass(frozen=True, slots=True)
class Library:
    """What the service asks of forecast; the defaults are forecast's own public functions."""

    parse_question: Callable[[Mapping[str, object]], forecast.Question] = forecast.parse_question
    ask: Callable[[forecast.Question], forecast.Answer] = forecast.ask
    answer_json: Callable[[forecast.Answer], bytes] = forecast.answer_json
    write_answer: Callable[[forecast.Answer, str], bytes] = forecast.write_answer
    pairs: Callable[[], Sequence[str]] = forecast.fixture_pairs
    warm_up: Callable[[], None] = forecast.warm_up
    version: str = forecast.__version__
