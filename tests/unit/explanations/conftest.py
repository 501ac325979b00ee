"""The flagship, ready for scenarios, with few paths."""

from __future__ import annotations

from datetime import date

import pytest

from forecast.evaluation.target_reading import parse_target
from forecast.prepared import Prepared, prepare
from forecast.question import Question, Target


@pytest.fixture(scope="package")
def ready() -> Prepared:
    return prepare(Question("CHN-RUS", as_of=date(2018, 10, 12), paths=600), moves_oil=True)


@pytest.fixture(scope="package")
def hundred() -> Target:
    found = parse_target("turnover >= 110 in 2019")
    assert isinstance(found, Target)
    return found
