"""The flagship's numbers are those of flagship.json: a change of numbers that nobody meant is seen here.

The optimiser stops within a tolerance of its own, so another processor may move medians by some units of 1e-4 and a
path or two across a mark. After a change that was meant: python -m tests.golden.rewrite
"""

from __future__ import annotations

import json

import pytest

from tests.golden.rewrite import PATH, flagship_numbers


def test_flagship_numbers_are_those_written_down() -> None:
    written, found = json.loads(PATH.read_text()), flagship_numbers()
    assert found.keys() == written.keys()
    for case, numbers in written.items():
        assert found[case].keys() == numbers.keys()
        for what, value in numbers.items():
            near = pytest.approx(value, abs=0.002) if what.startswith("P ") else pytest.approx(value, rel=5e-4)
            assert found[case][what] == near, f"{case}: {what}"


def test_flagship_says_what_methods_found() -> None:
    """METHODS s1, prototype as of 2018-10-12: P(2018 >= 100) .93-.98, 80 % band about 101.5-107.6; 107.06 came."""
    base = json.loads(PATH.read_text())["CHN baseline"]
    assert 0.9 < base["P 2018 >= 100"] < 0.999
    assert base["turnover 2018 low"] == pytest.approx(101.5, abs=1.5)
    assert base["turnover 2018 high"] == pytest.approx(107.6, abs=1.5)
    assert base["turnover 2018 low"] < 107.06 < base["turnover 2018 high"]


def test_scenarios_are_ordered() -> None:
    written = json.loads(PATH.read_text())
    for reporter in ("CHN", "RUS"):
        names = ("baseline", "oil-slump", "global-crisis", "global-crisis-with-oil")
        base, slump, crisis, both = (written[f"{reporter} {name}"]["P 2019 >= 100"] for name in names)
        assert both < min(slump, crisis)
        assert max(slump, crisis) < base
